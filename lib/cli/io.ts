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
  /** The same in the pieces in which it comes: it may be larger than what is joined lightly. */
  readonly pieces: () => Promise<readonly Buffer[]>;
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
    input: async () => Buffer.concat(await piecesOf(process.stdin)),
    pieces: async () =>
      (await piecesOf(process.stdin)).map((piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.length)),
  };
}

async function piecesOf(stream: NodeJS.ReadStream): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  // Bytes, because the stream was given no encoding.
  for await (const piece of stream) pieces.push(piece as Uint8Array);
  return pieces;
}
