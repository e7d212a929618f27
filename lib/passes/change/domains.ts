import type { TopologyConstraint, WorldTopology } from '../../replay/world';
import type { ReplayedWorld } from '../replay/world';
import { holdKey, type Staying } from './holds';

/** New pods that have to share a domain with old ones, and are pinned to another. */
export interface DomainChange {
  readonly kind: 'domain';
  /** Components with such pods, in order. */
  readonly waiting: readonly string[];
  /** Label of the required level. */
  readonly level: string;
  /** Domains where old pods run, and those of the new pins, such as `zone-a/rack-1`; in order. */
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/**
 * KAI keeps what comes to a subgroup in the required domain where its pods run. Replicas of several pods with Grove go
 * as a whole, so that nothing runs in their subgroup when the new pods come.
 */
export function domainChanges(world: ReplayedWorld, staying: readonly Staying[]): DomainChange[] {
  return world.podGroups.flatMap((group) => {
    const members = world.pods.filter(({ podGroup }) => podGroup === group.name);
    const scopes = [
      { constraint: group.constraint, pods: members },
      ...group.subGroups
        .filter(({ parent }) => parent === undefined)
        .map(({ name, constraint }) => ({ constraint, pods: members.filter(({ subGroup }) => subGroup === name) })),
    ];
    return scopes.flatMap(({ constraint, pods }) => {
      const keys = new Set(pods.map(holdKey));
      const own = staying.filter(({ key }) => keys.has(key));
      return constraint?.required === undefined ? [] : changeOf(world, constraint, own);
    });
  });
}

function changeOf(world: ReplayedWorld, constraint: TopologyConstraint, own: readonly Staying[]): DomainChange[] {
  const topology = world.topologies.find(({ name }) => name === constraint.topology);
  const labels = topology && levelsDownTo(topology, constraint.required);
  const level = labels?.at(-1);
  if (labels === undefined || level === undefined) return [];
  const domains = (nodes: readonly string[]): string[] => [...new Set(nodes.map(domainOf(world, labels)))].sort();
  const isAlive = (name: string): boolean => world.nodes.some((node) => node.name === name && node.ready);
  const running = own.filter(({ kind }) => kind !== 'recreates');
  const from = domains(running.flatMap(({ before }) => [...(before?.most.keys() ?? [])].filter(isAlive)));
  const coming = own.filter(({ kind }) => kind !== 'kept');
  const to = domains(coming.flatMap(({ after }) => [...(after?.most.keys() ?? [])]));
  const isSame = from.length === 0 || to.length === 0 || new Set([...from, ...to]).size === 1;
  return isSame ? [] : [{ kind: 'domain', waiting: coming.map(({ key }) => key), level, from, to }];
}

/** Labels from the broadest level down to one that is named by label or alias. */
function levelsDownTo({ levels }: WorldTopology, name: string | undefined): string[] | undefined {
  const depth = levels.findIndex(({ label, alias }) => label === name || alias === name);
  return depth < 0 ? undefined : levels.slice(0, depth + 1).map(({ label }) => label);
}

function domainOf({ nodes }: ReplayedWorld, labels: readonly string[]): (name: string) => string {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return (name) => labels.map((label) => byName.get(name)?.labels[label] ?? '').join('/');
}
