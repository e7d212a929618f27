import { type ApiObject, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import type { Construct, IConstruct } from 'constructs';
import { dirname, join } from 'node:path';
import type { ChartSources, Verifications } from '../backends/flux/controllers';
import type { Decryption } from '../backends/flux/kustomization';
import { topologyBindingSpec } from '../backends/grove/topology-binding';
import { topologySpec } from '../backends/kai/topology';
import { diagnostic } from '../diagnostics/diagnostic';
import { DiagnosticError } from '../diagnostics/error';
import type { Inventory } from '../inventory/inventory';
import { Platform } from './platform';
import { freeId, noteDuplicate } from './ids';
import { Layer } from './layer';
import { lazy } from './lazy';
import { OwnObject } from './own-object';
import { sourceOfCaller } from './source';
import type { Stack } from './stack';
import type { Topology } from './topology';

/** Where Flux finds what is written. */
export interface FluxOptions {
  /**
   * The Flux source that holds the repository.
   *
   * @default { kind: 'GitRepository', name: 'flux-system' } - what `flux bootstrap` makes
   */
  readonly source?: { readonly kind: 'GitRepository' | 'OCIRepository' | 'Bucket'; readonly name: string };
  /**
   * Folder of `dist` in that source.
   *
   * @default './dist'
   */
  readonly path?: string;
  /**
   * Namespace of the Flux objects.
   *
   * @default 'flux-system'
   */
  readonly namespace?: string;
  /**
   * By whom the charts of KAI and Grove have to be signed: Flux refuses others. Dynamo's come from a plain HTTP
   * repository, which Flux cannot verify.
   *
   * @default {} - any chart of the version is taken
   */
  readonly verify?: Verifications;
  /**
   * Folders of OCI registries to take charts from that their publishers have in a plain HTTP repository only, which
   * holds nothing that could be pinned by digest.
   *
   * @default {} - the publishers' own repositories
   */
  readonly charts?: ChartSources;
}

/** What a cluster is made of. */
export interface ClusterProps {
  /** Versions of what runs there. */
  readonly stack: Stack;
  /** Its nodes, and what already runs on them. */
  readonly inventory: Inventory;
  /** Its network topology. */
  readonly topology: Topology;
  /**
   * The KAI node pool that the graphs run in: only its nodes are planned with, and a SchedulingShard places there.
   *
   * @default - the default shard: nodes that carry no label of a pool
   */
  readonly nodePool?: string;
  /**
   * File with the cluster's own CRDs, as `bayplan schemas import` writes it: everything that is written for the cluster
   * is held against them. Relative names start from the working folder.
   *
   * @default - only the kinds that the library writes are checked, against schemas of its own
   */
  readonly schemas?: string;
  /**
   * File that says where the graphs are, written by synth and kept in Git: they stay there unless they have to move.
   * Relative names start from the working folder; `false` for none.
   *
   * @default - `<id>.lock.yaml` beside the inventory; none where the inventory is no file
   */
  readonly lock?: string | false;
  /** @default - the repository that `flux bootstrap` set up, folder ./dist */
  readonly flux?: FluxOptions;
  /**
   * By what Flux decrypts the Secrets that are declared as `SopsSecret`, such as `{ secret: 'sops-age' }`.
   *
   * @default - there is none to decrypt
   */
  readonly sops?: Decryption;
}

const CLUSTER = Symbol.for('bayplan.Cluster');

/** Objects that are only written where the user writes none of that name. */
const ensured = new WeakSet<ApiObject>();

/**
 * A Kubernetes cluster: graphs, queues and constructs of any other kind are put beneath it, and are written to
 * `dist/<id>/`. Constructs that belong to no graph and no other layer go to its platform folder.
 */
export class Cluster extends Chart {
  /** True for a cluster, also one made by another copy of this library. */
  public static isCluster(construct: IConstruct): construct is Cluster {
    return CLUSTER in construct;
  }

  /** The cluster that a construct lies in. Throws where there is none; `what` is what the message calls the construct. */
  public static override of(construct: IConstruct, what = 'construct'): Cluster {
    const cluster = construct.node.scopes.find((scope) => Cluster.isCluster(scope));
    if (cluster) return cluster;
    const where = { construct: construct.node.path, ...sourceOfCaller() };
    const message = `a ${what} has to lie in a cluster, but "${construct.node.path || 'the fleet'}" lies in none`;
    throw new DiagnosticError([diagnostic('BAY2001', { message, where, help: 'pass the cluster as its scope' })]);
  }

  /** True for an object that gives way to one of the user's of the same name. */
  public static isEnsured(object: ApiObject): boolean {
    return ensured.has(object);
  }

  public readonly name: string;
  public readonly stack: Stack;
  public readonly inventory: Inventory;
  public readonly topology: Topology;
  public readonly nodePool?: string;
  public readonly schemas?: string;
  /** Where the lock is, if there is one. */
  public readonly lockFile?: string;
  public readonly fluxOptions: Required<FluxOptions>;
  public readonly sops?: Decryption;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();
  /** Folders that hold Secrets encrypted with SOPS. */
  private readonly encrypted = new Set<string>();

  /** Flux Kustomizations and sources: the entry point. */
  public readonly flux: Layer;
  /** Helm releases. */
  public readonly controllers: Layer;
  /** Namespaces, priority classes, queues, the topology, and whatever the user puts right into the cluster. */
  public readonly platform: Layer;

  public constructor(scope: Construct, id: string, props: ClusterProps) {
    super(scope, freeId(scope, id), { disableResourceNameHashes: true });
    noteDuplicate(this, id);
    Object.defineProperty(this, CLUSTER, { value: true });
    this.name = id;
    this.stack = props.stack;
    this.inventory = props.inventory;
    this.topology = props.topology;
    this.nodePool = props.nodePool;
    this.schemas = props.schemas;
    this.sops = props.sops;
    this.lockFile = lockFileOf(id, props);
    this.fluxOptions = {
      source: props.flux?.source ?? { kind: 'GitRepository', name: 'flux-system' },
      path: props.flux?.path ?? './dist',
      namespace: props.flux?.namespace ?? 'flux-system',
      verify: props.flux?.verify ?? {},
      charts: props.flux?.charts ?? {},
    };
    this.flux = new Layer(this, 'flux', 'flux');
    this.controllers = new Layer(this, 'controllers', 'controllers');
    this.platform = new Layer(this, 'platform', 'platform');
    new Platform(this);
    this.writeTopology();
    this.writeShard();
  }

  /** The scheduler of the node pool, where there is one. */
  private writeShard(): void {
    if (this.nodePool === undefined || this.stack.profile.gang === 'runai') return;
    new OwnObject(this.platform, 'scheduling-shard', {
      apiVersion: 'kai.scheduler/v1',
      kind: 'SchedulingShard',
      metadata: { name: this.nodePool },
      spec: { partitionLabelValue: this.nodePool },
    });
  }

  /** KAI's Topology, and what Grove reads of it; in Run:ai topologies live in the control plane. */
  private writeTopology(): void {
    const { name, levels } = this.topology;
    const { gang } = this.stack.profile;
    if (gang !== 'runai') {
      new OwnObject(this.platform, 'topology', {
        apiVersion: 'kai.scheduler/v1alpha1',
        kind: 'Topology',
        metadata: { name },
        spec: lazy(() => topologySpec(levels.map(({ label }) => label))),
      });
    }
    if (gang === 'grove') {
      new OwnObject(this.platform, 'topology-binding', {
        apiVersion: 'grove.io/v1alpha1',
        kind: 'ClusterTopologyBinding',
        metadata: { name },
        spec: lazy(() => topologyBindingSpec(name, levels)),
      });
    }
  }

  /**
   * Makes sure that a Namespace is written, once; one of the user's own takes its place. Flux never prunes it: with it
   * would go everything inside, of whatever origin.
   */
  public ensureNamespace(name: string): void {
    const id = `namespace-${name}`;
    if (this.platform.node.tryFindChild(id)) return;
    const annotations = { 'kustomize.toolkit.fluxcd.io/prune': 'disabled' };
    ensured.add(new k8s.KubeNamespace(this.platform, id, { metadata: { name, annotations } }));
  }

  /**
   * Notes that a folder holds Secrets encrypted with SOPS.
   *
   * @internal called by the constructs that put them there
   */
  public noteEncrypted(folder: string): void {
    this.encrypted.add(folder);
  }

  /**
   * How Flux decrypts what is in a folder; undefined where nothing of it is encrypted.
   *
   * @internal called when the folder's Flux Kustomization is written
   */
  public decryptionOf(folder: string): Decryption | undefined {
    return this.encrypted.has(folder) ? (this.sops ?? {}) : undefined;
  }
}

function lockFileOf(id: string, { lock, inventory }: ClusterProps): string | undefined {
  if (lock !== undefined) return lock === false ? undefined : lock;
  const [nodes] = inventory.sources;
  return nodes === undefined ? undefined : join(dirname(nodes), `${id}.lock.yaml`);
}
