import { dirname, sep } from 'node:path';
import type { Diagnostic } from './diagnostic';
import { renderText } from './render-text';

/**
 * Thrown where a finding cannot be returned, as in a constructor. Its `stack` is the rendered text and the frames
 * of the caller's own code, so that Node prints what is wrong, and where it was written, if nobody catches it.
 */
export class DiagnosticError extends Error {
  declare readonly diagnostics: readonly Diagnostic[];

  static {
    // On the prototype: Node prints own properties of an uncaught error below its stack.
    Object.defineProperty(this.prototype, 'name', { value: 'DiagnosticError' });
  }

  constructor(diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.message).join('; '));
    const stack = renderText(diagnostics) + callerFrames(this.stack);
    Object.defineProperty(this, 'diagnostics', { value: diagnostics });
    Object.defineProperty(this, 'stack', { value: stack, writable: true, configurable: true });
  }
}

const library = dirname(__dirname) + sep;

/** The frames of a stack that are neither ours nor Node's nor of an installed package. */
function callerFrames(stack: string | undefined): string {
  const foreign = [library, `${sep}node_modules${sep}`, 'node:'];
  const frames = (stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line));
  return frames.filter((frame) => !foreign.some((part) => frame.includes(part))).join('\n');
}
