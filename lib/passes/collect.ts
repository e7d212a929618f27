import { existsSync } from 'node:fs';
import { ApiObject, Chart } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { Cluster } from '../constructs/cluster';
import { DynamoGraph } from '../constructs/dynamo-graph';
import { duplicateId } from '../constructs/ids';
import { Layer } from '../constructs/layer';
import { ExternalSecret } from '../constructs/external-secret';
import { Queue } from '../constructs/queue';
import { PinWaiver } from '../constructs/pin-waiver';
import { SecretWaiver } from '../constructs/secret-waiver';
import { SopsSecret } from '../constructs/sops-secret';
import { diagnostic, type Diagnostic, type Outcome, type Where } from '../diagnostics/diagnostic';
import { ownPods } from './demand';
import { wantedModel } from './pin/models';
import { Waivers } from './pin/waivers';
import { readText, shownName } from '../inventory/document';
import { usage, type Usage } from '../inventory/usage';
import { emptyLock, readLock, type Lock } from '../pins/lock';
import { settleModel } from '../pins/wanted';
import { readBundle } from '../schemas/bundle';
import type { SchemaBundle } from '../schemas/schema';
import type { ClusterInventory } from '../inventory/inventory';
import { compareKeys } from '../order';

/** The construct tree, as the passes after this one need it. */
export interface FleetModel {
  /** In name order. */
  readonly clusters: readonly ClusterModel[];
  /** Every object that will be written, in order of construct path. */
  readonly objects: readonly PlacedObject[];
  /** Findings about the tree itself: validations that the user registered, ids that were taken. */
  readonly validations: readonly Diagnostic[];
  /** Values that look like secrets and are none, in order of construct path. */
  readonly waivers: readonly SecretWaiver[];
  /** Images, charts and models that need not be pinned, in order of construct path. */
  readonly pinWaivers: readonly PinWaiver[];
}

export interface ClusterModel {
  readonly construct: Cluster;
  readonly inventory: ClusterInventory;
  /** What runs beside the pods of the graphs that are compiled. */
  readonly use: Usage;
  /** What was decided before, where the cluster has a lock. */
  readonly lock?: Lock;
  /** CRDs of the cluster, where the user imported them. */
  readonly schemas?: SchemaBundle;
  /** In order of construct path. */
  readonly queues: readonly Queue[];
  readonly graphs: readonly DynamoGraph[];
  /** Secrets that somebody makes of what is written: the operator of an ExternalSecret, or Flux of an encrypted file. */
  readonly secrets: readonly DeclaredSecret[];
  /** Those of the fleet. */
  readonly waivers: readonly SecretWaiver[];
}

/** A Secret that is there before the graphs are, and whose values nothing here knows. */
export interface DeclaredSecret {
  readonly construct: ExternalSecret | SopsSecret;
  readonly name: string;
  readonly namespace: string;
  readonly keys: readonly string[];
  /** Text of the encrypted file, which is written as it is. */
  readonly text?: string;
}

/** An object and the folder below dist that it is written to. */
export interface PlacedObject {
  readonly object: ApiObject;
  readonly folder: string;
  /** Name of the cluster, or of the chart outside every cluster, that it is for. */
  readonly target: string;
}

/** One walk of the construct tree; inventories are read here, once each. */
export function collect(fleet: IConstruct): Outcome<FleetModel> {
  const constructs = fleet.node.findAll();
  const diagnostics: Diagnostic[] = [];
  const waivers = inOrder(constructs.filter((construct) => SecretWaiver.isSecretWaiver(construct)));
  const pinWaivers = inOrder(constructs.filter((construct) => PinWaiver.isPinWaiver(construct)));
  const clusters = inOrder(constructs.filter((construct) => Cluster.isCluster(construct)));
  const models = clusters.flatMap((construct) => {
    const isOwn = ownPods(graphsOf(construct).map(({ spec }) => spec));
    const inventory = construct.inventory.load(isOwn);
    const schemas = readSchemas(construct.schemas);
    const lock = readLockOf(construct.lockFile);
    const secrets = readSecrets(construct);
    const found = [...inventory.diagnostics, ...schemas.diagnostics, ...lock.diagnostics];
    diagnostics.push(...found.map((finding) => within(finding, placeOf(construct))), ...secrets.diagnostics);
    return inventory.ok && schemas.ok && lock.ok && secrets.ok
      ? [
          clusterModel(construct, {
            inventory: inventory.value,
            use: usage(inventory.value, isOwn),
            schemas: schemas.value,
            secrets: secrets.value,
            waivers,
            lock: lock.value,
          }),
        ]
      : [];
  });
  for (const model of models) lockRevisions(model, new Waivers(pinWaivers));
  if (clusters.length === 0) diagnostics.push(emptyFleet());
  if (models.length < clusters.length || clusters.length === 0) return { ok: false, diagnostics };
  const objects = inOrder(withoutSuperseded(constructs.filter((construct) => ApiObject.isApiObject(construct))));
  const validations = [...validate(constructs), ...constructs.flatMap(checkDuplicate)];
  const value = { clusters: models, objects: objects.map(placeObject), validations, waivers, pinWaivers };
  return { ok: true, value, diagnostics };
}

/** Where a construct was declared. */
export function placeOf(construct: IConstruct & { readonly source: Where }): Where {
  return { construct: construct.node.path, ...construct.source };
}

/** The cluster's own CRDs, where it names a file of them. */
function readSchemas(name: string | undefined): Outcome<SchemaBundle | undefined> {
  if (name === undefined) return { ok: true, value: undefined, diagnostics: [] };
  const text = readText(name);
  return text.ok ? readBundle(shownName(name), text.value) : text;
}

/** The Secrets that a cluster declares, in order of construct path; encrypted files are read here. */
function readSecrets(cluster: Cluster): Outcome<readonly DeclaredSecret[]> {
  const diagnostics: Diagnostic[] = [];
  const makers = cluster.node
    .findAll()
    .filter((construct) => ExternalSecret.isExternalSecret(construct) || SopsSecret.isSopsSecret(construct));
  const value = inOrder(makers).flatMap((construct): DeclaredSecret[] => {
    if (ExternalSecret.isExternalSecret(construct)) {
      const { name, namespace, keys } = construct;
      return [{ construct, name, namespace, keys }];
    }
    const file = construct.load();
    diagnostics.push(...file.diagnostics.map((finding) => within(finding, placeOf(construct))));
    return file.ok ? [{ construct, ...file.value }] : [];
  });
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

/** A cluster that was never compiled has no lock yet. */
function readLockOf(file: string | undefined): Outcome<Lock | undefined> {
  if (file === undefined || !existsSync(file)) return { ok: true, value: undefined, diagnostics: [] };
  const text = readText(file);
  return text.ok ? readLock(shownName(file), text.value) : text;
}

function clusterModel(
  construct: Cluster,
  read: Pick<ClusterModel, 'inventory' | 'use' | 'schemas' | 'lock' | 'secrets' | 'waivers'>,
): ClusterModel {
  const queues = construct.node.findAll().filter((child) => child instanceof Queue);
  return { construct, ...read, queues: inOrder(queues), graphs: graphsOf(construct) };
}

/** Hands each graph the commit of its model that is locked, before anything is made of it. */
function lockRevisions({ graphs, lock = emptyLock }: ClusterModel, waivers: Waivers): void {
  for (const graph of graphs) {
    const pin = settleModel(wantedModel(graph, waivers), lock);
    graph.lockRevision(pin && 'revision' in pin ? pin.revision : undefined);
  }
}

function graphsOf(cluster: Cluster): DynamoGraph[] {
  return inOrder(cluster.node.findAll().filter((child) => DynamoGraph.isGraph(child)));
}

/** A finding about a file is also one about the cluster that names the file. */
export function within(finding: Diagnostic, place: Where): Diagnostic {
  return { ...finding, where: finding.where.file ? { construct: place.construct, ...finding.where } : place };
}

/** A namespace that a graph asked for is not written where the user wrote one of that name. */
function withoutSuperseded(objects: readonly ApiObject[]): ApiObject[] {
  const key = (object: ApiObject): string => `${placeObject(object).target} ${object.kind} ${object.name}`;
  const own = new Set(objects.filter((object) => !Cluster.isEnsured(object)).map(key));
  return objects.filter((object) => !Cluster.isEnsured(object) || !own.has(key(object)));
}

function placeObject(object: ApiObject): PlacedObject {
  return { object, ...placement(object) };
}

/** Where what a construct makes is written. */
export function placement(construct: IConstruct): Omit<PlacedObject, 'object'> {
  const cluster = construct.node.scopes.find((scope) => Cluster.isCluster(scope));
  const target = folderName(cluster ?? Chart.of(construct));
  const folder = cluster ? `${target}/${Layer.of(construct)?.folder ?? cluster.platform.folder}` : target;
  return { folder, target };
}

/** What the objects of a cluster have as their target: the name of its folder in dist. */
export function targetOf({ construct }: Pick<ClusterModel, 'construct'>): string {
  return folderName(construct);
}

function folderName({ node }: IConstruct): string {
  return node.path.replaceAll('/', '-');
}

/** Each validation runs once; cdk8s itself would run them again for every chart. */
function validate(constructs: readonly IConstruct[]): Diagnostic[] {
  return constructs.flatMap((construct) =>
    construct.node
      .validate()
      .map((message) => diagnostic('BAY2002', { message, where: { construct: construct.node.path } })),
  );
}

function checkDuplicate(construct: IConstruct): Diagnostic[] {
  const id = duplicateId(construct);
  if (id === undefined) return [];
  const scope = construct.node.scope?.node.path ?? '';
  return [
    diagnostic('BAY2027', {
      message: `two constructs ${scope ? `below "${scope}"` : 'of the fleet'} have the id "${id}"`,
      where: { construct: construct.node.path, ...('source' in construct ? (construct.source as Where) : {}) },
      help: 'give one of them another id',
      data: { id },
    }),
  ];
}

function emptyFleet(): Diagnostic {
  return diagnostic('BAY2003', {
    message: 'the fleet has no cluster',
    where: { construct: '(fleet)' },
    help: "add one: new Cluster(fleet, 'name', { stack, inventory, topology })",
  });
}

/** In order of path, which constructs put together anew each time they are asked. */
function inOrder<T extends IConstruct>(constructs: readonly T[]): T[] {
  const paths = constructs.map((construct) => [construct.node.path, construct] as const);
  return paths.sort(compareKeys).map(([, construct]) => construct);
}
