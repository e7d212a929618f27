import type { ExitCode } from '../../lib/diagnostics/exit';
import type { Io } from '../../lib/cli/io';
import { bayplan } from '../../lib/cli/program';

/** What a command line did. */
export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export interface Surroundings {
  readonly env?: Io['env'];
  readonly input?: string | Buffer;
  readonly isTTY?: boolean;
}

/** Runs one command line in this process, as `main.ts` would. */
export async function run(
  args: readonly string[],
  { env = {}, input = '', isTTY = false }: Surroundings = {},
): Promise<Ran> {
  const { io, written } = fakeIo({ env, input, isTTY });
  const code = await bayplan(args, io, '1.2.3');
  return { code, ...written() };
}

/** Streams that keep what is written to them. */
export function fakeIo({ env = {}, input = '', isTTY = false }: Surroundings): {
  io: Io;
  written: () => Omit<Ran, 'code'>;
} {
  let out = '';
  let err = '';
  const bytes = typeof input === 'string' ? Buffer.from(input) : input;
  const io: Io = {
    env,
    isTTY,
    out: (text) => (out += text),
    err: (text) => (err += text),
    input: () => Promise.resolve(bytes),
    // Cut in two, as a pipe would do at some place.
    pieces: () => Promise.resolve([bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)]),
  };
  return { io, written: () => ({ out, err }) };
}
