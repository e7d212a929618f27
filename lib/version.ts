import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Version of this package. */
export function version(): string {
  return manifest()?.version ?? 'unknown';
}

/**
 * The exact versions of packages that this one depends on or is developed with: what a new stack repository starts from.
 *
 * @throws Error for a package that it does not name
 */
export function versionsOf<Name extends string>(...names: readonly Name[]): Record<Name, string> {
  const { dependencies, devDependencies } = manifest() ?? {};
  const known: Readonly<Record<string, string>> = { ...devDependencies, ...dependencies };
  const entries = names.map((name) => {
    const found = known[name];
    if (found === undefined) throw new Error(`package.json names no version of ${name}`);
    return [name, found];
  });
  return Object.fromEntries(entries) as Record<Name, string>; // a key for each name, by the line above
}

/** What we read of package.json. */
interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Modules run from lib as well as from build/lib. */
function manifest(): Manifest | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const found = manifestIn(join(folder, 'package.json'));
    if (found?.version !== undefined) return found;
  }
  return undefined;
}

function manifestIn(file: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Manifest; // our own, as it was published
  } catch {
    return undefined;
  }
}
