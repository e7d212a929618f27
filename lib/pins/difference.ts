import { compareText } from '../order';
import { entryOf, readLock, type Lock, type LockedGraph } from './lock';

/** An entry of a lock that is not as it should be. */
export interface LockDifference {
  /** Its place, such as `images.vllm-runtime:1.5.0`; absent where it is the file as a whole. */
  readonly entry?: string;
  /** What is the matter with it. */
  readonly message: string;
  /** The command of `bayplan` that mends it. */
  readonly command: 'lock' | 'synth';
}

/** What a lock says otherwise than it should, entry by entry; empty where the texts are the same. */
export function lockDifferences(have: string, want: string): readonly LockDifference[] {
  if (have === want) return [];
  if (have === '') return [{ message: 'there is none yet', command: 'synth' }];
  const [old, fresh] = [readLock('', have), readLock('', want)];
  const found = old.ok && fresh.ok ? differences(old.value, fresh.value) : [];
  return found.length > 0 ? found : [{ message: 'it is not as synth writes it', command: 'synth' }];
}

function differences(old: Lock, fresh: Lock): LockDifference[] {
  const pins = (['images', 'charts', 'models'] as const).flatMap((section) =>
    changed<unknown>(old[section], fresh[section]).map(({ name, before, after }): LockDifference => {
      const entry = `${section}.${name}`;
      return { entry, message: `${section.slice(0, -1)} ${name} ${inWords(before, after)}`, command: 'lock' };
    }),
  );
  return [
    ...(['cluster', 'compiler'] as const).flatMap((entry): LockDifference[] => {
      if (old[entry] === fresh[entry]) return [];
      const said = old[entry] === undefined ? 'is missing' : `is ${JSON.stringify(old[entry])}`;
      return [{ entry, message: `${entry} ${said}, and has to be ${JSON.stringify(fresh[entry])}`, command: 'synth' }];
    }),
    ...pins,
    ...changed(old.inputs, fresh.inputs).map(({ name, before, after }): LockDifference => {
      return { entry: `inputs.${name}`, message: `input ${name} ${inWords(before, after)}`, command: 'synth' };
    }),
    ...changed(old.placements, fresh.placements).flatMap(({ name, before, after }) => graphs(name, before, after)),
  ];
}

function graphs(name: string, before: LockedGraph | undefined, after: LockedGraph | undefined): LockDifference[] {
  const entry = `placements.${name}`;
  const parts = before && after ? changed(before.components, after.components) : [];
  if (parts.length === 0) {
    return [{ entry, message: `graph ${name} ${inWords(before, after)}`, command: 'synth' }];
  }
  return parts.map((part) => ({
    entry: `${entry}.components.${part.name}`,
    message: `component ${part.name} of graph ${name} ${inWords(part.before, part.after)}`,
    command: 'synth',
  }));
}

function inWords(before: unknown, after: unknown): string {
  if (before === undefined) return 'is missing';
  return after === undefined ? 'is there no more' : 'has changed';
}

interface Changed<T> {
  readonly name: string;
  readonly before?: T;
  readonly after?: T;
}

/** Entries that differ, in the order of their names. */
export function changed<T>(old: Readonly<Record<string, T>>, fresh: Readonly<Record<string, T>>): Changed<T>[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort(compareText);
  return names
    .map((name) => ({ name, before: entryOf(old, name), after: entryOf(fresh, name) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
}
