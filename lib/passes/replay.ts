import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { podGroupName } from '../model/graph';
import type { DynamoGraph } from '../constructs/dynamo-graph';
import { placeOf, targetOf } from './collect';
import type { LoweredObject } from './lower';
import type { PlannedCluster } from './plan';
import { grownManifests, mostDeclared } from './replay/growth';
import { replay as replayWorld, scenarios, type Mishap, type Planned } from './replay/scenarios';
import { worldOf, type ReplayedWorld } from './replay/world';

/**
 * What KAI does with the manifests of every cluster: a start, arrivals in other orders, restarts and the loss of a
 * node. Whatever does not land as planned is an error. Run:ai's scheduler is closed and not replayed.
 */
export function replay(planned: readonly PlannedCluster[], objects: readonly LoweredObject[]): Outcome<void> {
  const diagnostics = planned.filter(isReplayed).flatMap((cluster) => replayCluster(cluster, objects));
  return { ok: true, value: undefined, diagnostics };
}

export function isReplayed({ cluster }: PlannedCluster): boolean {
  return cluster.construct.stack.profile.gang !== 'runai';
}

function replayCluster(planned: PlannedCluster, objects: readonly LoweredObject[]): Diagnostic[] {
  const first = new Map<string, { mishap: Mishap; times: number }>();
  for (const mishap of mishapsOf(planned, objects)) {
    const key = `${mishap.owner} ${mishap.kind}`;
    const found = first.get(key);
    if (found) found.times++;
    else first.set(key, { mishap, times: 1 });
  }
  return [...first.values()].map(({ mishap, times }) => mishapFinding(planned, mishap, times));
}

/** With what is made at first; and where something in the cluster makes more, with all that it may. */
function mishapsOf(planned: PlannedCluster, objects: readonly LoweredObject[]): Mishap[] {
  const { graphs, inventory, use } = planned.cluster;
  const nodes = plannedNodes(planned);
  const first = replayWorld(replayedWorld(planned, objects), nodes);
  if (first.length > 0 || !graphs.some(({ spec }) => spec.components.some(({ scaled }) => scaled))) return [...first];
  const grown = grownManifests(manifestsOf(planned, objects), mostDeclared(graphs));
  return scenarios(worldOf(grown, inventory.nodes, use), nodes).map((mishap) => ({
    ...mishap,
    when: `${mishap.when}, with every component at its most`,
  }));
}

/** A cluster as KAI will see it, from the objects as they will be written. */
export function replayedWorld(planned: PlannedCluster, objects: readonly LoweredObject[]): ReplayedWorld {
  const { cluster } = planned;
  return worldOf(manifestsOf(planned, objects), cluster.inventory.nodes, cluster.use);
}

/** The manifests of a cluster. */
export function manifestsOf({ cluster }: PlannedCluster, objects: readonly LoweredObject[]): readonly Manifest[] {
  const name = targetOf(cluster);
  return objects.filter(({ target }) => target === name).map(({ manifest }) => manifest);
}

/** Names of the nodes that the plan gives to a component. */
function plannedNodes({ cluster, pins }: PlannedCluster): Planned {
  const names = new Map<string, string[]>();
  for (const { hostname, name } of cluster.inventory.nodes) names.set(hostname, [...(names.get(hostname) ?? []), name]);
  const byOwner = new Map<string, ReadonlyMap<string, ReadonlySet<string>>>(
    cluster.graphs.map((graph) => {
      const components = [...(pins.get(graph.node.path) ?? [])];
      const nodes = components.map(([component, hosts]) => {
        return [component, new Set(hosts.flatMap((host) => names.get(host) ?? []))] as const;
      });
      return [ownerOf(graph), new Map(nodes)] as const;
    }),
  );
  return ({ owner, component }) => (component === undefined ? undefined : byOwner.get(owner)?.get(component));
}

/** Namespace and name of a graph's object. */
export function ownerOf({ spec }: DynamoGraph): string {
  return `${spec.namespace}/${spec.name}`;
}

const outcomes: Readonly<Record<Mishap['kind'], string>> = {
  'never starts': 'never start it',
  'no gang': 'not hold it together',
  elsewhere: 'put it elsewhere',
  evicted: 'delete it',
};

function mishapFinding({ cluster }: PlannedCluster, mishap: Mishap, times: number): Diagnostic {
  const graph = cluster.graphs.find((each) => ownerOf(each) === mishap.owner);
  const what = graph ? `graph "${graph.spec.name}"` : mishap.owner;
  const where = graph ? placeOf(graph) : placeOf(cluster.construct);
  return diagnostic('BAY4040', {
    message: `${what} is feasible, but KAI would ${outcomes[mishap.kind]} ${mishap.when}`,
    where: mishap.component === undefined ? where : { ...where, pointer: mishap.component },
    notes: [
      graph ? mishap.detail.replaceAll(podGroupName(graph.spec), graph.spec.name) : mishap.detail,
      ...(times > 1 ? [`so it goes in ${times} of the situations that were replayed`] : []),
    ],
    help:
      mishap.kind === 'evicted'
        ? 'let KAI wait for ever: stalenessGracePeriod "-1s" on the PodGroup, or default-staleness-grace-period for its scheduler'
        : 'look at the patches on its objects; where there are none, please report it with the output of `bayplan export kai-snapshot`',
    data: { kind: mishap.kind, times },
  });
}
