import { relative, sep } from 'node:path';
import type { Where } from '../diagnostics/diagnostic';

/** The folder of this library: frames inside it are not the user's. */
const library = __dirname.slice(0, __dirname.lastIndexOf(sep));

/**
 * The line of the user's code that is making a construct right now: the nearest stack frame outside this library,
 * node_modules and Node itself. Empty where there is none. Only ever printed, never written to dist.
 */
export function sourceOfCaller(): Pick<Where, 'file' | 'line' | 'column'> {
  for (const frame of stackFrames()) {
    const match = /\(?((?:file:\/\/)?[^()\s][^()]*):(\d+):(\d+)\)?$/.exec(frame.trim());
    const file = match?.[1]?.replace(/^at (?:async )?/, '').replace(/^file:\/\//, '');
    if (!match || !file || !isUserFile(file)) continue;
    return { file: fromWorkingFolder(file), line: Number(match[2]), column: Number(match[3]) };
  }
  return {};
}

function stackFrames(): string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  Error.stackTraceLimit = limit;
  return frames;
}

function isUserFile(file: string): boolean {
  const inside = file.startsWith(library + sep);
  return !inside && !file.startsWith('node:') && !file.includes(`${sep}node_modules${sep}`) && file.includes(sep);
}

function fromWorkingFolder(file: string): string {
  const path = relative(process.cwd(), file);
  return path.startsWith('..') ? file : path;
}
