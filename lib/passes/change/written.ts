import { fileName, toYaml } from '../../emit/manifest';
import { compareKeys } from '../../order';
import { lockText } from '../../pins/lock';
import { targetOf } from '../collect';
import type { PlannedCluster } from '../plan';
import type { Files } from '../render';
import type { FirstStep } from './step';

/** What is written where some clusters make a first step: all else of them stays as it runs. */
export function filesWith(steps: ReadonlyMap<string, FirstStep>, files: Files, running: Files): Files {
  const targetOfPath = (path: string): string => path.split('/')[0] ?? '';
  const others = [...files].filter(([path]) => !steps.has(targetOfPath(path)));
  const own = [...running].flatMap(([path, text]): [string, string][] => {
    const step = steps.get(targetOfPath(path));
    if (!step) return [];
    const moved = movedManifests(step).find((manifest) => path.endsWith(`/${fileName(manifest)}`));
    return [[path, moved ? toYaml(moved) : text]];
  });
  return new Map([...others, ...own].sort(compareKeys));
}

function movedManifests({ manifests, graphs }: FirstStep): FirstStep['manifests'] {
  const moved = new Set(graphs);
  return manifests.filter(
    ({ kind, metadata }) =>
      kind === 'DynamoGraphDeployment' && moved.has(`${metadata.namespace ?? ''}/${metadata.name}`),
  );
}

/** Locks after that: where a first step was made, what it moved and nothing else. */
export function locksWith(
  steps: ReadonlyMap<string, FirstStep>,
  locks: ReadonlyMap<string, string>,
  planned: readonly PlannedCluster[],
): ReadonlyMap<string, string> {
  const own = planned.flatMap(({ cluster }) => {
    const { lockFile } = cluster.construct;
    const step = steps.get(targetOf(cluster));
    return lockFile !== undefined && step?.lock ? [[lockFile, lockText(step.lock)] as const] : [];
  });
  return new Map([...locks, ...own]);
}
