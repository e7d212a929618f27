import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct, IConstruct } from 'constructs';
import { computeDomainSpec } from '../backends/dynamo/compute-domain';
import { engineConfigData, engineConfigName } from '../backends/dynamo/engine-config';
import { graphAnnotations, graphDeploymentSpec } from '../backends/dynamo/graph-deployment';
import { cacheClaim, downloadJob, downloadJobName } from '../backends/dynamo/model-cache';
import { smokeTestName, smokeTestSpec, type SmokeTestSpec } from '../backends/dynamo/smoke-test';
import { replacedByFlux } from '../backends/flux/kustomization';
import { poolLabels } from '../backends/kai/node-pool';
import { podGroupMetadata, podGroupSpec } from '../backends/kai/pod-group';
import type { GraphPins, GraphSpec } from '../model/graph';
import { Cluster } from './cluster';
import type { DynamoGraphProps } from './graph-props';
import { graphSpec } from './graph-spec';
import { freeId, noteDuplicate } from './ids';
import { Layer } from './layer';
import { fluxKustomization } from './platform';
import type { Queue } from './queue';
import { lazy } from './lazy';
import { OwnObject } from './own-object';
import { sourceOfCaller } from './source';

const GRAPH = Symbol.for('bayplan.DynamoGraph');

/**
 * An NVIDIA Dynamo graph: frontends and workers that start together or not at all, on the nodes that the plan gives
 * them. What is put beneath it is written beside it and applied with it.
 */
export class DynamoGraph extends Layer {
  /** True for a graph, also one made by another copy of this library. */
  public static isGraph(construct: IConstruct): construct is DynamoGraph {
    return GRAPH in construct;
  }

  /** The DynamoGraphDeployment; patch it with `addJsonPatch`. */
  public readonly deployment: ApiObject;
  /** The KAI PodGroup, where the gang is ours to hold; patch it with `addJsonPatch`. */
  public readonly podGroup?: ApiObject;
  public readonly cluster: Cluster;
  public readonly queue: Queue;
  /** The graph as plain data. */
  public readonly spec: GraphSpec;
  /** Flux may delete it and make it anew. */
  public readonly recreate: boolean;
  /** The test after its start, where one is asked for. */
  public readonly smokeTest?: SmokeTestSpec;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();
  private pins: GraphPins | undefined;
  /** The Flux Kustomization of the graph's folder; those of the folders within have names that begin with it. */
  private readonly kustomization: string;
  /** Flux Kustomizations that have to be ready before the graph, and before its cache. */
  private readonly prerequisites = ['platform'];

  public constructor(scope: Construct, id: string, props: DynamoGraphProps) {
    super(scope, freeId(scope, id), `graphs/${id}`);
    noteDuplicate(this, id);
    Object.defineProperty(this, GRAPH, { value: true });
    this.kustomization = `graph-${id}`;
    this.cluster = Cluster.of(scope, 'graph');
    this.queue = props.queue;
    this.recreate = props.recreate ?? false;
    this.smokeTest = smokeTestOf(props.smokeTest);
    this.spec = graphSpec(this.node.path, props.name ?? id, this.cluster, props);
    this.cluster.ensureNamespace(this.spec.namespace);
    this.deployment = this.writeDeployment();
    if (this.cluster.stack.profile.gang === 'pod-group') this.podGroup = this.writePodGroup();
    this.writeParts();
    const cache = this.writeCache();
    const state = this.cluster.stack.profile.graphApi === 'v1alpha1' ? this.spec : undefined;
    fluxKustomization(this.cluster, this.kustomization, {
      folder: this.folder,
      dependsOn: () => [...this.prerequisites, ...cache],
      graph: state,
    });
    if (this.smokeTest) this.writeSmokeTest(this.smokeTest);
  }

  /**
   * Hands the graph the nodes of its plan.
   *
   * @internal called by the compiler between planning and writing
   */
  public pinTo(pins: GraphPins): void {
    this.pins = pins;
  }

  /**
   * The folder of Secrets that have to be there before the graph and the Job that fills its cache; it has a Flux
   * Kustomization of its own from the first call on.
   *
   * @internal called by the constructs that put Secrets there
   */
  public secretsFolder(): string {
    const name = `${this.kustomization}-secrets`;
    const folder = `${this.folder}/secrets`;
    if (!this.prerequisites.includes(name)) {
      this.prerequisites.push(name);
      fluxKustomization(this.cluster, name, { folder });
    }
    return folder;
  }

  private writeDeployment(): ApiObject {
    const { name, namespace } = this.spec;
    const { profile } = this.cluster.stack;
    const annotations = { ...graphAnnotations(this.spec, this.cluster.topology.name, profile), ...this.forced() };
    return new OwnObject(this, 'Resource', {
      apiVersion: `nvidia.com/${profile.graphApi}`,
      kind: 'DynamoGraphDeployment',
      metadata: { name, namespace, annotations },
      spec: lazy(() => graphDeploymentSpec(this.spec, this.plannedPins(), profile)),
    });
  }

  private forced(): Record<string, string> {
    return this.recreate ? { ...replacedByFlux } : {};
  }

  private writePodGroup(): ApiObject {
    const { topology, stack } = this.cluster;
    const levels = topology.levels.map(({ label }) => label);
    return new OwnObject(this, 'pod-group', {
      apiVersion: 'scheduling.run.ai/v2alpha2',
      kind: 'PodGroup',
      metadata: { ...podGroupMetadata(this.spec), labels: poolLabels(this.cluster.nodePool) },
      spec: lazy(() => podGroupSpec(this.spec, topology.name, levels, stack.profile)),
    });
  }

  /** What the pods of some graphs need beside: engine options, and a domain that shares memory over NVLink. */
  private writeParts(): void {
    const { name, namespace, components, computeDomain } = this.spec;
    for (const component of components) {
      if (component.engineConfig === undefined) continue;
      const metadata = { name: engineConfigName(this.spec, component), namespace };
      new k8s.KubeConfigMap(this, metadata.name, { metadata, data: engineConfigData(component.engineConfig) });
    }
    if (!computeDomain) return;
    new OwnObject(this, 'compute-domain', {
      apiVersion: 'resource.nvidia.com/v1beta1',
      kind: 'ComputeDomain',
      // its spec cannot be changed, and holds the number of pods
      metadata: { name, namespace, ...(this.recreate ? { annotations: this.forced() } : {}) },
      spec: lazy(() => computeDomainSpec(this.spec)),
    });
  }

  /** A folder and a Kustomization of its own for the cache, which the graph waits for. Returns its name. */
  private writeCache(): string[] {
    const { spec } = this;
    const { cache } = spec;
    if (!cache || (!cache.volume && !cache.download)) return [];
    const layer = new Layer(this, 'model-cache', `${this.folder}/model-cache`);
    if (cache.volume) new k8s.KubePersistentVolumeClaim(layer, 'claim', cacheClaim(spec, cache, cache.volume));
    if (cache.download) new k8s.KubeJob(layer, downloadJobName(spec), downloadJob(spec, cache));
    const name = `${this.kustomization}-model-cache`;
    fluxKustomization(this.cluster, name, { folder: layer.folder, dependsOn: () => this.prerequisites });
    return [name];
  }

  /** A folder and a Kustomization of its own for the test, which waits for the graph; nothing waits for it. */
  private writeSmokeTest(test: SmokeTestSpec): void {
    const layer = new Layer(this, 'smoke-test', `${this.folder}/smoke-test`);
    new OwnObject(layer, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: smokeTestName(this.spec), namespace: this.spec.namespace, annotations: { ...replacedByFlux } },
      spec: lazy(() => smokeTestSpec(this.spec, test, this.plannedPins(), this.deployment.toJson())),
    });
    fluxKustomization(this.cluster, `${this.kustomization}-smoke-test`, {
      folder: layer.folder,
      dependsOn: () => [this.kustomization],
    });
  }

  private plannedPins(): GraphPins {
    if (this.pins) return this.pins;
    throw new Error(`graph "${this.node.path}" has no plan yet: compile its fleet before reading its manifests`);
  }
}

function smokeTestOf(props: DynamoGraphProps['smokeTest']): SmokeTestSpec | undefined {
  if (props === undefined || props === false) return undefined;
  const { endpoint = 'chat', seconds = 300 } = props === true ? {} : props;
  return { endpoint, seconds };
}
