import type { Diagnostic, Outcome } from '../../../lib/diagnostics/diagnostic';
import {
  openRegistries,
  type Registries,
  type ResolvedChart,
  type ResolvedImage,
} from '../../../lib/pins/registry/registries';
import type { RegistryOptions } from '../../../lib/pins/registry/settings';

export const where = { construct: 'test/g' };

/** Registries that know nothing of this machine's user, and wait for nobody. */
export async function withRegistries<T>(
  options: RegistryOptions,
  use: (registries: Registries) => Promise<T>,
): Promise<T> {
  const env = { DOCKER_CONFIG: '/nonexistent', PATH: process.env['PATH'] };
  const opened = openRegistries({ env, backoff: 5, requestTimeout: 5_000, timeout: 10_000, ...options });
  if (!opened.ok) throw new Error(opened.diagnostics.map(({ message }) => message).join('\n'));
  try {
    return await use(opened.value);
  } finally {
    await opened.value.close();
  }
}

export async function image(reference: string, options: RegistryOptions = {}): Promise<Outcome<ResolvedImage>> {
  return withRegistries(options, (registries) => registries.resolveImage(reference, where));
}

export async function chart(
  address: string,
  version: string,
  options: RegistryOptions = {},
): Promise<Outcome<ResolvedChart>> {
  return withRegistries(options, (registries) => registries.resolveChart(address, version, where));
}

/** The one finding of a look-up that failed. */
export function refusal(outcome: Outcome<unknown>): Diagnostic {
  expect(outcome).toMatchObject({ ok: false, diagnostics: [expect.anything()] });
  const [found] = outcome.diagnostics;
  if (found === undefined) throw new Error('no finding');
  return found;
}
