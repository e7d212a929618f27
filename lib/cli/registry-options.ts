import type { Options } from 'yargs';
import type { OnProgress } from '../pins/registry/registries';
import type { RegistryOptions } from '../pins/registry/settings';
import { text, texts, type Arguments } from './command';
import type { Io } from './io';
import { UsageError } from './usage-error';

/** Options of commands that ask registries. */
export const registryOptions = {
  mirror: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Registry and a mirror to ask before it, as HOST=MIRROR[/PATH]; may be given often',
  },
  insecure: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'Host that may be asked without TLS; may be given often',
  },
  ca: {
    type: 'string',
    array: true,
    requiresArg: true,
    describe: 'File with certificates to trust beside the usual ones; may be given often',
  },
  timeout: { type: 'string', requiresArg: true, describe: 'Seconds that all look-ups may take [default: 300]' },
} as const satisfies Readonly<Record<string, Options>>;

/** Milliseconds that one request may take, where all of them may take longer. */
const LONGEST_REQUEST = 30_000;

/** How registries are to be asked. @throws UsageError for a mirror or a time that cannot be read */
export function registryOptionsOf(args: Arguments, env: Io['env']): RegistryOptions {
  const timeout = timeoutOf(text(args, 'timeout'));
  return {
    env,
    mirrors: mirrorsOf(texts(args, 'mirror')),
    insecure: texts(args, 'insecure'),
    caFiles: texts(args, 'ca'),
    ...(timeout === undefined ? {} : { timeout, requestTimeout: Math.min(timeout, LONGEST_REQUEST) }),
  };
}

function mirrorsOf(given: readonly string[]): Record<string, string[]> {
  const mirrors: Record<string, string[]> = {};
  for (const one of given) {
    const [, host, mirror] = /^([^=]+)=(.+)$/.exec(one) ?? [];
    if (host === undefined || mirror === undefined) {
      throw new UsageError(
        `--mirror is ${JSON.stringify(one)}`,
        'write HOST=MIRROR, such as nvcr.io=registry.example/nvcr',
      );
    }
    mirrors[host] = [...(mirrors[host] ?? []), mirror];
  }
  return mirrors;
}

function timeoutOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  if (/^\d{1,6}$/.test(given) && Number(given) > 0) return Number(given) * 1000;
  throw new UsageError(`--timeout is ${JSON.stringify(given)}`, 'write a whole number of seconds');
}

/** Shows on a terminal how far the look-ups are, on one line that is cleared at the end; says nothing elsewhere. */
export function progressOn({ isTTY, err, env }: Io): { readonly step: OnProgress; readonly clear: () => void } {
  const shows = isTTY && env['BAYPLAN_FORMAT'] !== 'json';
  const line = (content: string): void => {
    if (shows) err(`\r\u001b[K${content}`);
  };
  return {
    step: (done, total, name) => line(`${done} of ${total}  ${name.slice(0, 100)}`),
    clear: () => line(''),
  };
}
