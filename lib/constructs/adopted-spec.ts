import { domainName } from '../backends/grove/topology-binding';
import { diagnostic, hasErrors, type Diagnostic, type Where } from '../diagnostics/diagnostic';
import { CHANNEL } from '../inventory/cluster';
import type { ComponentSpec, GraphManifest, GraphSpec, PlacementSpec, Role } from '../model/graph';
import { HOSTNAME_LABEL } from '../model/node';
import { wholeUnits } from '../model/quantity';
import { formatAmount, type Resources } from '../model/resources';
import type { ManifestObject } from '../workloads/objects';
import { apartness } from '../workloads/apart';
import { readWorkloads } from '../workloads/read';
import {
  gpusOfReplica,
  runningComponents,
  type DeclaredTopology,
  type Workload,
  type WorkloadComponent,
} from '../workloads/workload';
import type { AdoptedGraphProps, ManifestProps } from './graph-props';
import type { GraphCluster } from './graph-spec';
import { PriorityClass } from './priority-class';

/** A graph as plain data, and what stands beside it. */
export interface AdoptedGraph {
  readonly spec: GraphSpec;
  /** Objects that are written with it. */
  readonly beside: readonly ManifestProps[];
  /** What of the manifest is not counted. */
  readonly diagnostics: readonly Diagnostic[];
}

const GRAPH = 'DynamoGraphDeployment';

/**
 * Reads a graph that exists as a manifest. One that cannot be read has no components, and errors among its findings: they
 * are told with all others, when the fleet is compiled.
 *
 * @param source the line that declares it
 */
export function adoptedGraph(
  path: string,
  cluster: GraphCluster,
  props: AdoptedGraphProps,
  source: Where,
): AdoptedGraph {
  const objects = props.manifests.map((manifest, index) => manifestObject(manifest, index, path, source));
  const graphs = props.manifests.filter(({ kind }) => kind === GRAPH);
  const { workloads, diagnostics } = readWorkloads(
    objects.filter(({ kind }) => kind === GRAPH || isClaimed(kind)),
    { operatorAddsAmounts: cluster.stack.profile.graphApi === 'v1alpha1' },
  );
  const [manifest] = graphs;
  const workload = workloads.find(({ kind }) => kind === GRAPH);
  const found = graphs.length === 1 ? diagnostics : [notOneGraph(path, source, graphs.length)];
  if (!manifest || !workload || hasErrors(found)) {
    return { spec: specOf(path, cluster, props, nothing(manifest), {}), beside: [], diagnostics: found };
  }
  return {
    spec: specOf(path, cluster, props, workload, manifest),
    beside: props.manifests.filter((each) => each !== manifest),
    diagnostics: found,
  };
}

/** What stands for a graph that cannot be read. */
function nothing(manifest: ManifestProps | undefined): Read {
  const { name = 'unread', namespace = 'default' } = manifest?.metadata ?? {};
  return { name, namespace, labels: {}, annotations: {}, topologies: [], components: [] };
}

/** What is needed of a graph that was read. */
type Read = Pick<Workload, 'name' | 'namespace' | 'labels' | 'annotations' | 'topologies' | 'components'>;

function notOneGraph(path: string, source: Where, count: number): Diagnostic {
  return diagnostic('BAY2100', {
    message: `${count === 0 ? 'no manifest' : `${count} manifests`} of "${path}" ${count === 0 ? 'is' : 'are'} of kind ${GRAPH}`,
    where: { construct: path, ...source, pointer: 'manifests' },
    help: 'give each graph a construct of its own, with one DynamoGraphDeployment among its manifests',
  });
}

/** Kinds that say what the claims of pods are for. */
function isClaimed(kind: string): boolean {
  return kind === 'ResourceClaimTemplate' || kind === 'ResourceClaim' || kind === 'ComputeDomain';
}

function manifestObject(manifest: ManifestProps, index: number, path: string, source: Where): ManifestObject {
  const { apiVersion, kind, metadata } = manifest;
  const { name, namespace } = metadata;
  const within = `manifests[${index}]`;
  const place = (pointer: string): Where => ({
    construct: path,
    ...source,
    pointer: pointer === '' ? within : `${within}.${pointer}`,
  });
  return { apiVersion, kind, name, namespace, document: manifest, where: place(''), place };
}

function specOf(
  path: string,
  { topology }: GraphCluster,
  props: AdoptedGraphProps,
  workload: Read,
  { apiVersion, spec = {} }: Partial<ManifestProps>,
): GraphSpec {
  const { name, namespace, labels, annotations, components } = workload;
  const priorityClass = props.priorityClass ?? PriorityClass.inference;
  const levels = topology.levels.map(({ label, name: level }) => ({ label, name: level }));
  const wish = props.placement && {
    required: props.placement.required?.label,
    preferred: props.placement.preferred?.label,
  };
  const manifest: GraphManifest = {
    graphApi: apiVersion === 'nvidia.com/v1beta1' ? 'v1beta1' : 'v1alpha1',
    labels,
    annotations,
    // read as a graph above, so it is a map
    spec: spec as GraphManifest['spec'],
  };
  return {
    path,
    name,
    namespace,
    queue: props.queue.name,
    priorityClass: { name: priorityClass.name, value: priorityClass.value },
    preemptible: props.preemptible ?? false,
    framework: frameworkOf(manifest),
    image: firstImage(manifest.spec) ?? '',
    model: { repository: firstModel(manifest.spec) ?? name },
    rollout: props.rollout ?? 'rolling',
    topology: { name: topology.name, levels },
    placement: wish ?? placementOf(workload.topologies, levels),
    routerMode: undefined,
    components: components.map((component) => componentOf(workload, component, levels)),
    manifest,
  };
}

function componentOf(
  workload: Read,
  component: WorkloadComponent,
  levels: GraphSpec['topology']['levels'],
): ComponentSpec {
  const { name, pointer, replicas, nodes, isScaled, topologies } = component;
  const [pod] = component.pods;
  const { required, preferred } = placementOf(topologies, levels);
  const isSpread = nodes > 1;
  const claimed = claimedBy(component);
  const { exclusive, requests: apart } = apartness(
    component,
    runningComponents(workload),
    `${workload.namespace}/${workload.name}/${name}`,
  );
  return {
    name,
    role: roleOf(component),
    pointer,
    replicas,
    scaled: isScaled ? { min: 1 } : undefined,
    nodes,
    // what Grove packs of a component with replicas of several pods is each replica
    replicaLevel: isSpread ? required : undefined,
    gpus: gpusOfReplica(component) / nodes,
    requests: amountsOf(asked(component)),
    ...(Object.keys(claimed).length > 0 ? { claimed } : {}),
    limits: {},
    nodeSelector: pod?.nodeSelector ?? {},
    nodeAffinity: pod?.nodeAffinity,
    tolerations: pod?.tolerations ?? [],
    env: {},
    args: [],
    placement: isSpread ? {} : { required, preferred },
    pinning: 'set',
    exclusive: exclusive === HOSTNAME_LABEL,
    ...(Object.keys(apart).length > 0 ? { apart } : {}),
  };
}

/** What resource claims ask for: devices, and the channel of a ComputeDomain, of which a node has one. */
function claimedBy({ pods: [pod] }: WorkloadComponent): Resources {
  return { ...pod?.claimed, ...(pod?.sharesMemory ? { [CHANNEL]: wholeUnits(1) } : {}) };
}

/** What the containers themselves ask for. */
function asked({ pods: [pod] }: WorkloadComponent): Resources {
  const left = Object.entries(pod?.requests ?? {}).map(
    ([name, amount]) => [name, amount - (pod?.claimed[name] ?? 0n)] as const,
  );
  return Object.fromEntries(left.filter(([, amount]) => amount > 0n));
}

function amountsOf(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
}

/** A graph of v1alpha1 before sub types has no other way than names to tell prefill from decode. */
function roleOf({ name, type }: WorkloadComponent): Role {
  if (type === 'frontend' || type === 'prefill' || type === 'decode' || type === 'planner') return type;
  if (type !== 'worker') return 'worker';
  return /prefill/i.test(name) ? 'prefill' : /decode/i.test(name) ? 'decode' : 'worker';
}

/** What manifests ask for, as levels of the topology: KAI's annotations name a label, Grove a domain. */
function placementOf(declared: readonly DeclaredTopology[], levels: GraphSpec['topology']['levels']): PlacementSpec {
  const label = ({ by }: DeclaredTopology, wish: string | undefined): string | undefined =>
    by === 'kai' ? wish : levels.find(({ name }) => domainName(name) === wish)?.label;
  const [required] = declared.flatMap((each) => label(each, each.required) ?? []);
  const [preferred] = declared.flatMap((each) => label(each, each.preferred) ?? []);
  return { required, preferred };
}

/** As declared, or by the names of images and modules. */
function frameworkOf({ spec }: GraphManifest): GraphSpec['framework'] {
  const text = JSON.stringify(spec);
  const said = /"backendFramework":"(vllm|sglang|trtllm)"/.exec(text)?.[1] ?? text;
  return (['sglang', 'trtllm'] as const).find((framework) => said.includes(framework)) ?? 'vllm';
}

/** The first image that is named anywhere in it. */
function firstImage(spec: unknown): string | undefined {
  return /"image":"([^"]+)"/.exec(JSON.stringify(spec))?.[1];
}

/** The first model that an argument names. */
function firstModel(spec: unknown): string | undefined {
  return /--model(?:-path)?(?:",\s*"|[= ])([^\s"\\]+)/.exec(JSON.stringify(spec))?.[1];
}
