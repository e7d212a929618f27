import { readManifests, type Manifests } from '../../lib/workloads/objects';
import { readWorkloads, type WorkloadOptions, type Workloads } from '../../lib/workloads/read';

/** Manifests of a text, as if it came from standard input. */
export function manifests(text: string | Buffer, file = 'test.yaml'): Manifests {
  return readManifests([{ file, bytes: typeof text === 'string' ? Buffer.from(text) : text }]);
}

/** Workloads of a text, with everything that was wrong with it. */
export function workloads(text: string, options?: WorkloadOptions): Workloads {
  const { objects, diagnostics } = manifests(text);
  const read = readWorkloads(objects, options);
  return { ...read, diagnostics: [...diagnostics, ...read.diagnostics] };
}

/** Findings in one line each: code, place, message. */
export function told({ diagnostics }: Pick<Manifests, 'diagnostics'>): string[] {
  return diagnostics.map(({ code, where: { line, column, pointer }, message }) => {
    const place = [line, column].filter((part) => part !== undefined).join(':');
    return [code, place, pointer, message].filter((part) => part !== undefined).join(' | ');
  });
}
