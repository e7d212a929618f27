import type { Diagnostic } from '../diagnostics/diagnostic';
import { renderFor } from '../diagnostics/render';
import type { TextOptions } from '../diagnostics/render-text';

/** What a command may touch of the process it runs in. Data goes to `out`, all else to `err`. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** True where `err` is a terminal. */
  readonly isTTY: boolean;
  /** All of standard input. */
  readonly input: () => Promise<Buffer>;
}

/** Prints findings on standard error, in the form that the environment asks for. */
export function report(io: Io, diagnostics: readonly Diagnostic[], options: Pick<TextOptions, 'source'> = {}): void {
  if (diagnostics.length === 0) return;
  io.err(renderFor(io, diagnostics, { cwd: process.cwd(), ...options }));
}

/** The streams of this process. */
export function processIo(): Io {
  return {
    env: process.env,
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    isTTY: process.stderr.isTTY,
    input: async () => {
      const chunks: Uint8Array[] = [];
      // Bytes, because the stream was given no encoding.
      for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
      return Buffer.concat(chunks);
    },
  };
}
