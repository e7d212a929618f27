import { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct, IConstruct } from 'constructs';
import { computeDomainSpec } from '../backends/dynamo/compute-domain';
import { engineConfigData, engineConfigName } from '../backends/dynamo/engine-config';
import { graphAnnotations, graphDeploymentSpec, keptAnnotations } from '../backends/dynamo/graph-deployment';
import { cacheClaim, downloadJob, downloadJobName } from '../backends/dynamo/model-cache';
import { smokeTestName, smokeTestSpec, type SmokeTestSpec } from '../backends/dynamo/smoke-test';
import { replacedByFlux } from '../backends/flux/kustomization';
import { poolLabels } from '../backends/kai/node-pool';
import { podGroupMetadata, podGroupSpec } from '../backends/kai/pod-group';
import type { Diagnostic } from '../diagnostics/diagnostic';
import type { GraphPins, GraphSpec, ModelCacheSpec } from '../model/graph';
import { Cluster } from './cluster';
import { adoptedGraph, type AdoptedGraph } from './adopted-spec';
import type { AdoptedGraphProps, DynamoGraphProps } from './graph-props';
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
  /** The graph as plain data, as it was declared. */
  public readonly declared: GraphSpec;
  /** Flux may delete it and make it anew. */
  public readonly recreate: boolean;
  /** The test after its start, where one is asked for. */
  public readonly smokeTest?: SmokeTestSpec;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();
  /** What of a manifest is not counted. */
  public readonly readings: readonly Diagnostic[];
  private pins: GraphPins | undefined;
  /** As declared, with the commit of its model that the cluster's lock has. */
  private locked: GraphSpec | undefined;
  /** The Flux Kustomization of the graph's folder; those of the folders within have names that begin with it. */
  private readonly kustomization: string;
  /** Flux Kustomizations that have to be ready before the graph, and before its cache. */
  private readonly prerequisites = ['platform'];

  /** A graph that is declared, or one that exists already as a manifest. */
  public constructor(scope: Construct, id: string, props: DynamoGraphProps | AdoptedGraphProps) {
    super(scope, freeId(scope, id), `graphs/${id}`);
    noteDuplicate(this, id);
    Object.defineProperty(this, GRAPH, { value: true });
    this.kustomization = `graph-${id}`;
    this.cluster = Cluster.of(scope, 'graph');
    this.queue = props.queue;
    this.recreate = props.recreate ?? false;
    this.smokeTest = 'manifests' in props ? undefined : smokeTestOf(props.smokeTest);
    const { spec, beside, diagnostics } = this.read(id, props);
    this.declared = spec;
    this.readings = diagnostics;
    this.cluster.ensureNamespace(this.declared.namespace);
    this.deployment = this.writeDeployment();
    if (this.cluster.stack.profile.gang === 'pod-group') this.podGroup = this.writePodGroup();
    this.writeParts();
    for (const [index, object] of beside.entries()) new ApiObject(this, `beside-${index}`, object);
    const cache = this.writeCache();
    const state = this.cluster.stack.profile.graphApi === 'v1alpha1' ? this.declared : undefined;
    fluxKustomization(this.cluster, this.kustomization, {
      folder: this.folder,
      dependsOn: () => [...this.prerequisites, ...cache],
      graph: state,
    });
    if (this.smokeTest) this.writeSmokeTest(this.smokeTest);
  }

  private read(id: string, props: DynamoGraphProps | AdoptedGraphProps): AdoptedGraph {
    const path = this.node.path;
    if ('manifests' in props) return adoptedGraph(path, this.cluster, props, this.source);
    return { spec: graphSpec(path, props.name ?? id, this.cluster, props), beside: [], diagnostics: [] };
  }

  /** The graph as plain data, at the revision of its model that is locked. */
  public get spec(): GraphSpec {
    return this.locked ?? this.declared;
  }

  /**
   * Hands the graph the commit that its model is locked to; undefined where there is none.
   *
   * @internal called by the compiler when it reads the lock
   */
  public lockRevision(revision: string | undefined): void {
    const { declared } = this;
    this.locked = revision === undefined ? undefined : { ...declared, model: { ...declared.model, revision } };
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
    const { name, namespace, manifest } = this.declared;
    const { profile } = this.cluster.stack;
    const annotations = {
      ...(manifest ? keptAnnotations(manifest) : {}),
      ...graphAnnotations(this.declared, this.cluster.topology.name, profile),
      ...this.forced(),
    };
    return new OwnObject(this, 'Resource', {
      apiVersion: `nvidia.com/${manifest?.graphApi ?? profile.graphApi}`,
      kind: 'DynamoGraphDeployment',
      metadata: { name, namespace, annotations, ...(manifest ? { labels: { ...manifest.labels } } : {}) },
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
      metadata: { ...podGroupMetadata(this.declared), labels: poolLabels(this.cluster.nodePool) },
      spec: lazy(() => podGroupSpec(this.spec, topology.name, levels, stack.profile)),
    });
  }

  /** What the pods of some graphs need beside: engine options, and a domain that shares memory over NVLink. */
  private writeParts(): void {
    const { name, namespace, components, computeDomain } = this.declared;
    for (const component of components) {
      if (component.engineConfig === undefined) continue;
      const metadata = { name: engineConfigName(this.declared, component), namespace };
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
    const { declared } = this;
    const { cache } = declared;
    if (!cache || (!cache.volume && !cache.download)) return [];
    const layer = new Layer(this, 'model-cache', `${this.folder}/model-cache`);
    if (cache.volume) new k8s.KubePersistentVolumeClaim(layer, 'claim', cacheClaim(declared, cache, cache.volume));
    if (cache.download) new k8s.KubeJob(layer, 'download', this.downloadJob(cache));
    const name = `${this.kustomization}-model-cache`;
    fluxKustomization(this.cluster, name, { folder: layer.folder, dependsOn: () => this.prerequisites });
    return [name];
  }

  /** Its name and arguments hold the revision, which is known only when the lock was read. */
  private downloadJob(cache: ModelCacheSpec): k8s.KubeJobProps {
    const { metadata, spec } = downloadJob(this.declared, cache);
    return {
      // cdk8s resolves lazy values when it reads the object; its types know of none
      metadata: { ...metadata, name: lazy(() => downloadJobName(this.spec)) as string },
      spec: { ...spec, template: lazy(() => downloadJob(this.spec, cache).spec?.template) as k8s.PodTemplateSpec },
    };
  }

  /** A folder and a Kustomization of its own for the test, which waits for the graph; nothing waits for it. */
  private writeSmokeTest(test: SmokeTestSpec): void {
    const layer = new Layer(this, 'smoke-test', `${this.folder}/smoke-test`);
    const { namespace } = this.declared;
    new OwnObject(layer, 'job', {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: smokeTestName(this.declared), namespace, annotations: { ...replacedByFlux } },
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
