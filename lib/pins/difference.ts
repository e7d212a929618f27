import { readLock, type Lock } from './lock';

/** What a lock says otherwise than it should, in words, in the order of the file; empty where the texts are the same. */
export function lockDifferences(have: string, want: string): readonly string[] {
  if (have === want) return [];
  if (have === '') return ['there is none yet'];
  const [old, fresh] = [readLock('', have), readLock('', want)];
  const found = old.ok && fresh.ok ? differences(old.value, fresh.value) : [];
  return found.length > 0 ? found : ['it was edited by hand'];
}

function differences(old: Lock, fresh: Lock): string[] {
  return [
    ...(old.compiler === fresh.compiler
      ? []
      : [`it was written by Bayplan ${old.compiler}, and this is ${fresh.compiler}`]),
    ...changed(old.inputs, fresh.inputs).map((file) => `${file} has changed`),
    ...changed(old.placements, fresh.placements).map((graph) => {
      if (!fresh.placements[graph]) return `graph ${graph} is gone`;
      return old.placements[graph]
        ? `graph ${graph} has another place, or asks for other things`
        : `graph ${graph} is new`;
    }),
  ];
}

function changed(old: Readonly<Record<string, unknown>>, fresh: Readonly<Record<string, unknown>>): string[] {
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])].sort();
  return names.filter((name) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]));
}
