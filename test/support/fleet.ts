import { parse } from 'yaml';
import {
  Backend,
  Cluster,
  DiagnosticError,
  DynamoGraph,
  type Fleet,
  Inventory,
  Level,
  Model,
  Queue,
  Stack,
  Topology,
  type ClusterProps,
  type Compilation,
  type Diagnostic,
  type DynamoGraphProps,
} from '../../lib';
import type { CompileOptions } from '../../lib/compile';
import { compareKeys } from '../../lib/order';
import { testFleet } from './pins';

/** A node as `kubectl get nodes -o json` has it, with what tests vary. */
export interface TestNode {
  readonly zone?: string;
  readonly rack?: string;
  readonly gpus?: number;
  readonly cpu?: number | string;
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly { key: string; value?: string; effect: string }[];
  readonly unschedulable?: boolean;
  readonly ready?: boolean;
  readonly resources?: Readonly<Record<string, string>>;
}

export function node(name: string, spec: TestNode = {}): Record<string, unknown> {
  const { zone = 'z1', rack = 'r1', gpus = 8 } = spec;
  const levels = { 'topology.kubernetes.io/zone': zone, 'topology.kubernetes.io/rack': rack };
  const allocatable = {
    cpu: String(spec.cpu ?? 64),
    memory: spec.memory ?? '512Gi',
    pods: '110',
    ...(gpus > 0 ? { 'nvidia.com/gpu': String(gpus) } : {}),
    ...spec.resources,
  };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...levels, ...spec.labels } },
    spec: {
      ...(spec.unschedulable ? { unschedulable: true } : {}),
      ...(spec.taints ? { taints: spec.taints } : {}),
    },
    status: { allocatable, conditions: [{ type: 'Ready', status: spec.ready === false ? 'False' : 'True' }] },
  };
}

/** Nodes of one kind, such as `nodes(['n1', 'n2'], { rack: 'r1' })`. */
export function nodes(names: readonly string[], spec: TestNode = {}): Record<string, unknown>[] {
  return names.map((name) => node(name, spec));
}

/** A running pod as `kubectl get pods -A -o json` has it. */
export function pod(
  name: string,
  nodeName: string,
  requests: Readonly<Record<string, string>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'other', ...metadata },
    spec: { nodeName, schedulerName: 'kai-scheduler', containers: [{ name: 'main', resources: { requests } }] },
    status: { phase: 'Running' },
  };
}

export function list(items: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { apiVersion: 'v1', kind: 'List', items };
}

/** Zone, rack and host, as the nodes above are labelled. */
export const topology = (): Topology => new Topology('topology-1', [Level.zone(), Level.rack(), Level.host()]);

export interface TestCluster {
  readonly fleet: Fleet;
  readonly cluster: Cluster;
  readonly queue: Queue;
  /** Adds a graph; what is left out is a public model on vLLM in namespace `inference`. */
  readonly graph: (id: string, props?: Partial<DynamoGraphProps>) => DynamoGraph;
}

/** A fleet of one cluster with a queue without bounds. */
export function testCluster(
  items: readonly Record<string, unknown>[],
  pods: readonly Record<string, unknown>[] = [],
  props: Partial<ClusterProps> = {},
): TestCluster {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: list(items), pods: list(pods) }),
    topology: topology(),
    ...props,
  });
  const queue = new Queue(cluster, 'team-a');
  const graph = (id: string, props: Partial<DynamoGraphProps> = {}): DynamoGraph =>
    new DynamoGraph(cluster, id, { ...graphDefaults(queue), ...props });
  return { fleet, cluster, queue, graph };
}

/** A graph without workers: one frontend, a public model at a revision, vLLM. */
export function graphDefaults(queue: Queue): Omit<DynamoGraphProps, 'worker' | 'prefill' | 'decode'> {
  return {
    namespace: 'inference',
    queue,
    backend: Backend.vllm(),
    model: Model.huggingFace('example/model', { revision: '0123456789abcdef0123456789abcdef01234567' }),
    frontend: {},
  };
}

/** The spec in a file of a compile that has to succeed; empty where there is none. */
export function specOf(fleet: Fleet, path: string): Readonly<Record<string, unknown>> {
  const text = fleet.compile().files.get(path) ?? '';
  return (parse(text) as { spec: Record<string, unknown> } | null)?.spec ?? {}; // what we write has a spec
}

/** The findings of a compile that has to fail. */
export function failure(fleet: Fleet, options?: CompileOptions): readonly Diagnostic[] {
  try {
    fleet.compile(options);
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  throw new Error('the fleet compiled, and was expected not to');
}

/** Codes of the errors of a compile that has to fail, in the order in which they are printed. */
export function errorCodes(fleet: Fleet): string[] {
  return failure(fleet)
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code);
}

/** Hostnames of each written component of a graph in the plan, as `{ prefill: ['n1'] }`. */
export function pins(compilation: Compilation, path: string): Record<string, readonly string[]> {
  const all = compilation.clusters.flatMap((cluster) => [...(cluster.pins.get(path) ?? [])]);
  return Object.fromEntries(all.sort(compareKeys));
}
