import { compareNatural } from '../../natural';
import { compareText } from '../../order';
import { formatQuantity } from '../../model/quantity';
import type { GpuShare, RunningPod } from '../cluster';
import type { PodUse } from '../file/schema';
import { termsOf } from '../ranges';
import { groupBy } from '../../groups';
import { quantitiesOf } from './order';

/** What runs, by owner: pods that differ in their names and nodes alone stand together, in order of their owners. */
export function usesOf(pods: readonly RunningPod[]): PodUse[] {
  const groups = [...groupBy(pods, (pod) => JSON.stringify(ownerOf(pod)))];
  return groups.sort(([a], [b]) => compareText(a, b)).flatMap(([, members]) => usesOfOwner(members));
}

/** Nodes with equally many pods stand together. */
function usesOfOwner(pods: readonly RunningPod[]): PodUse[] {
  const [first] = pods;
  if (!first) return [];
  const counts = new Map<string, number>();
  for (const { node } of pods) counts.set(node, (counts.get(node) ?? 0) + 1);
  const byCount = [...groupBy([...counts], ([, count]) => String(count))].sort(([a], [b]) => compareNatural(a, b));
  return byCount.map(([count, nodes]) => ({
    ...ownerOf(first),
    nodes: listText(termsOf(nodes.map(([node]) => node).sort(compareNatural))),
    ...(count !== '1' && { each: Number(count) }),
  }));
}

function ownerOf(pod: RunningPod): Omit<PodUse, 'nodes' | 'each'> {
  const said = {
    namespace: pod.namespace,
    graph: pod.graph?.name,
    podGroup: pod.podGroup?.name,
    subGroup: pod.subGroup,
    queue: pod.queue,
    scheduler: pod.schedulerName,
    priorityClass: pod.priorityClassName,
    requests: Object.keys(pod.requests).length > 0 ? quantitiesOf(pod.requests) : undefined,
    claims: pod.claims && [...pod.claims],
    gpuShare: pod.gpuShare && shareOf(pod.gpuShare),
    terminating: pod.terminating || undefined,
  };
  const { namespace, ...rest } = said;
  return { namespace, ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) };
}

function shareOf(share: GpuShare): PodUse['gpuShare'] {
  const devices = share.devices === 1n ? {} : { devices: Number(share.devices) };
  return 'fraction' in share
    ? { ...devices, fraction: formatQuantity(share.fraction) }
    : { ...devices, memoryMiB: Number(share.memoryMiB) };
}

/** Longest text of a list of names; of a longer one, each part stands on a line of its own. */
const longestList = 90;

/** Terms as one text, or as several that fit on a line each. */
export function listText(terms: readonly string[]): string | string[] {
  const lines: string[] = [];
  for (const term of terms) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + term.length < longestList) lines[lines.length - 1] = `${line},${term}`;
    else lines.push(term);
  }
  return lines.length === 1 ? (lines[0] ?? '') : lines;
}
