import type { GroupDocument, NodeDocument, TopologyDocument } from '../placement/document';
import type { Cluster, PlacedGang } from './cluster';
import { domainTuple } from './domains';
import { amountOf } from './quantity';

/** Broken nodes, then, by topology and level from the narrowest, whole domains with a broken node. */
export function fragmentationOf(cluster: Cluster, placed: readonly PlacedGang[]): number[] {
  const accelerators = acceleratorsOf(cluster);
  const equipped = (cluster.document.nodes ?? []).filter((node) =>
    accelerators.some((name) => amountOf(node.allocatable, name) > 0n),
  );
  const whole = new Set(equipped.filter((node) => isWhole(node, accelerators)).map(({ name }) => name));
  const broken = new Set(acceleratedPods(placed, accelerators).filter((name) => whole.has(name)));
  const levels = (cluster.document.topologies ?? []).flatMap((topology) => {
    const indices = topology.levels
      .map((_, index) => index)
      .filter((index) => topology.levels[index] !== 'kubernetes.io/hostname');
    return indices.reverse().map((index) => brokenDomains(topology, index, equipped, whole, broken));
  });
  return [broken.size, ...levels];
}

/** Resources that any gang names, placed or not, other than the common ones. */
function acceleratorsOf({ document }: Cluster): string[] {
  const common = ['cpu', 'memory', 'pods', 'ephemeral-storage'];
  const named = new Set((document.gangs ?? []).flatMap((gang) => namedBy(gang.groups)));
  return [...named].filter((name) => !common.includes(name) && !name.startsWith('hugepages-'));
}

function namedBy(groups: readonly GroupDocument[]): string[] {
  return groups.flatMap((group) => [...Object.keys(group.pod?.requests ?? {}), ...namedBy(group.groups ?? [])]);
}

function isWhole(node: NodeDocument, accelerators: readonly string[]): boolean {
  return (
    node.ready !== false &&
    node.unschedulable !== true &&
    accelerators.every((name) => amountOf(node.used, name) === 0n)
  );
}

function acceleratedPods(placed: readonly PlacedGang[], accelerators: readonly string[]): string[] {
  return placed.flatMap(({ scopes }) => {
    return scopes.flatMap(({ group, pods }) => {
      const requests = group?.pod?.requests;
      return accelerators.some((name) => amountOf(requests, name) > 0n) ? pods : [];
    });
  });
}

/** Domains of a level all of whose nodes with accelerators are whole, and one of them is broken by the plan. */
function brokenDomains(
  topology: TopologyDocument,
  level: number,
  equipped: readonly NodeDocument[],
  whole: ReadonlySet<string>,
  broken: ReadonlySet<string>,
): number {
  const domains = new Map<string, { whole: boolean; broken: boolean }>();
  for (const node of equipped) {
    const tuple = domainTuple(topology, node, level);
    if (tuple === undefined) continue;
    const key = JSON.stringify(tuple);
    const domain = domains.get(key) ?? { whole: true, broken: false };
    domains.set(key, { whole: domain.whole && whole.has(node.name), broken: domain.broken || broken.has(node.name) });
  }
  return [...domains.values()].filter((domain) => domain.whole && domain.broken).length;
}
