import * as fc from 'fast-check';
import {
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  Queue,
  Stack,
  type DynamoGraphProps,
  type PlacementProps,
  type WorkerProps,
} from '../../lib';
import { graphDefaults, list, node, pod, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/**
 * Random fleets of one cluster as a user would declare them: nodes of several sizes in zones and racks, some in use,
 * some not to be used; up to three graphs of either shape with what can be said of where their pods go. Many have no
 * plan; what is asked about is those that have one.
 */

export type StackKind = 'PodGroups of ours' | 'Grove';

interface RawNode {
  readonly zone: number;
  readonly rack: number;
  readonly gpus: number;
  readonly cpu: number;
  readonly taken: number;
  readonly state: 'fine' | 'cordoned' | 'not ready' | 'tainted' | 'another kind' | 'no rack';
}

interface RawPool {
  readonly gpus: number;
  readonly replicas: number;
  readonly pinning: 'set' | 'replica';
  readonly placement: PlacementProps;
  readonly cpu: number;
  readonly selective: boolean;
  /** Nodes of each replica, on Grove. */
  readonly nodes: 1 | 2;
}

interface RawGraph {
  readonly frontends: number;
  readonly frontendGpus: number;
  readonly first: RawPool;
  /** Decode beside it, or none. */
  readonly second: RawPool | null;
  readonly placement: PlacementProps;
  readonly rollout: 'rolling' | 'recreate';
  readonly preemptible: boolean;
  readonly namespace: string;
}

export interface RawFleet {
  readonly nodes: readonly RawNode[];
  readonly graphs: readonly RawGraph[];
  /** Of GPUs: none, as many as all graphs ask for, or one less. */
  readonly quota: 'none' | 'enough' | 'short';
}

const rawNode: fc.Arbitrary<RawNode> = fc.record({
  zone: fc.constantFrom(1, 1, 1, 2),
  rack: fc.integer({ min: 1, max: 2 }),
  gpus: fc.constantFrom(0, 4, 8, 8, 8, 8),
  cpu: fc.constantFrom(8, 64, 64, 64),
  taken: fc.constantFrom(0, 0, 0, 1, 4),
  state: fc.constantFrom('fine', 'fine', 'fine', 'fine', 'fine', 'fine', 'cordoned', 'not ready', 'tainted', 'another kind', 'no rack'), // prettier-ignore
});

const placement: fc.Arbitrary<PlacementProps> = fc.constantFrom(
  {},
  {},
  {},
  { required: Level.zone() },
  { preferred: Level.rack() },
  { required: Level.zone(), preferred: Level.rack() },
  { required: Level.rack() },
  { preferred: Level.zone() },
);

const rawPool: fc.Arbitrary<RawPool> = fc.record({
  gpus: fc.constantFrom(1, 2, 4, 8),
  replicas: fc.constantFrom(1, 1, 2, 2, 3),
  pinning: fc.constantFrom('set', 'set', 'set', 'replica'),
  placement: fc.constantFrom<PlacementProps>({}, {}, {}, {}, { required: Level.rack() }, { preferred: Level.rack() }),
  cpu: fc.constantFrom(1, 4, 6),
  selective: fc.constantFrom(false, false, false, true),
  nodes: fc.constantFrom(1, 1, 2),
});

const rawGraph: fc.Arbitrary<RawGraph> = fc.record({
  frontends: fc.constantFrom(1, 1, 2),
  frontendGpus: fc.constantFrom(0, 0, 0, 1),
  first: rawPool,
  second: fc.option(rawPool),
  placement,
  rollout: fc.constantFrom('rolling', 'recreate'),
  preemptible: fc.constantFrom(false, false, true),
  namespace: fc.constantFrom('one', 'two'),
});

export const rawFleets: fc.Arbitrary<RawFleet> = fc.record({
  nodes: fc.array(rawNode, { minLength: 8, maxLength: 24 }),
  graphs: fc.array(rawGraph, { minLength: 1, maxLength: 3 }),
  quota: fc.constantFrom('none', 'none', 'none', 'none', 'enough', 'enough', 'enough', 'short'),
});

const KIND = 'example.com/kind';

export function fleetOf({ nodes, graphs, quota }: RawFleet, stack: StackKind): Fleet {
  const fleet = testFleet();
  const grove = stack === 'Grove' ? { grove: '0.1.0-alpha.13' } : {};
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0', ...grove }),
    inventory: Inventory.fromObjects({
      nodes: list(nodes.map(nodeObject)),
      pods: list(
        nodes.flatMap(({ gpus, taken }, i) =>
          gpus > 0 && taken > 0 ? [pod(`p${i}`, nameOf(i), { 'nvidia.com/gpu': String(taken) })] : [],
        ),
      ),
    }),
    topology: topology(),
  });
  const bound = graphs.reduce((sum, graph) => sum + gpusOf(graph, stack), 0) - (quota === 'short' ? 1 : 0);
  const queue = new Queue(cluster, 'team-a', quota === 'none' ? {} : { gpu: { quota: bound, limit: bound } });
  graphs.forEach((raw, i) => new DynamoGraph(cluster, `g${i}`, graphProps(raw, queue, stack)));
  return fleet;
}

function nameOf(i: number): string {
  return `n${String(i).padStart(2, '0')}`;
}

function gpusOf({ frontends, frontendGpus, first, second }: RawGraph, stack: StackKind): number {
  const pools = second ? [first, second] : [first];
  const pods = ({ replicas, nodes }: RawPool): number => replicas * (stack === 'Grove' ? nodes : 1);
  return frontends * frontendGpus + pools.reduce((sum, pool) => sum + pods(pool) * pool.gpus, 0);
}

function nodeObject({ zone, rack, gpus, cpu, state }: RawNode, i: number): Record<string, unknown> {
  const item = node(nameOf(i), {
    zone: `z${zone}`,
    rack: `z${zone}-r${rack}`,
    gpus,
    cpu,
    unschedulable: state === 'cordoned',
    ready: state !== 'not ready',
    taints: state === 'tainted' ? [{ key: 'maintenance', effect: 'NoSchedule' }] : [],
    labels: { [KIND]: state === 'another kind' ? 'b' : 'a' },
  }) as { metadata: { labels: Record<string, string> } };
  if (state === 'no rack') delete item.metadata.labels['topology.kubernetes.io/rack'];
  return { ...item };
}

function graphProps(raw: RawGraph, queue: Queue, stack: StackKind): DynamoGraphProps {
  const { frontends, frontendGpus, first, second, placement: where, rollout, preemptible, namespace } = raw;
  const gpu: Record<string, number> = frontendGpus > 0 ? { 'nvidia.com/gpu': frontendGpus } : {};
  const workers = second
    ? { prefill: worker(first, stack), decode: worker(second, stack) }
    : { worker: worker(first, stack) };
  const frontend = { replicas: frontends, cpu: 1, resources: gpu };
  return { ...graphDefaults(queue), namespace, frontend, ...workers, placement: where, rollout, preemptible };
}

function worker(
  { gpus, replicas, pinning, placement: where, cpu, selective, nodes }: RawPool,
  stack: StackKind,
): WorkerProps {
  const multinode = stack === 'Grove' && nodes > 1 ? { multinode: { nodes } } : {};
  const nodeSelector: Record<string, string> = selective ? { [KIND]: 'a' } : {};
  return { gpus, replicas, pinning, placement: where, cpu, nodeSelector, ...multinode };
}
