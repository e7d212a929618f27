import { HOSTNAME_LABEL, type Taint } from '../model/node';
import { compareNatural } from '../natural';
import { compareText } from '../order';
import type { ClusterInventory, InventoryNode, NamespacedName, RunningPod } from './cluster';
import { isTopologyKey } from './compact/labels';

/** An inventory with made names, and what of it still is the user's own. */
export interface Anonymous {
  readonly inventory: ClusterInventory;
  /** Keys of labels and taints that are nobody's but the user's: they are kept, since topologies and graphs name them. */
  readonly keptKeys: readonly string[];
}

/**
 * Replaces names by made ones: of nodes, namespaces, graphs, PodGroups, subgroups, queues, claims, priority classes and
 * schedulers, and label values that are names, such as zones and racks. One name becomes the same everywhere; new names
 * stand in the natural order of the old ones, so that plans are the same up to the names and ranges stay ranges. Values
 * that everybody's nodes have, such as instance types and GPU products, are kept.
 *
 * @param droppedKeys of labels that are left out
 */
export function anonymous(
  { files, nodes: all, pods }: ClusterInventory,
  droppedKeys: readonly string[] = [],
): Anonymous {
  const nodes = withoutLabels(all, droppedKeys);
  const names = new Names(nodes, pods);
  return {
    inventory: {
      files,
      nodes: nodes.map((node) => names.node(node)).sort((a, b) => compareText(a.name, b.name)),
      pods: pods.map((pod) => names.pod(pod)),
    },
    keptKeys: [...labelValues(nodes).keys()].filter((key) => !isPublic(key)).sort(compareText),
  };
}

function withoutLabels(nodes: readonly InventoryNode[], keys: readonly string[]): readonly InventoryNode[] {
  if (keys.length === 0) return nodes;
  const kept = ([key]: readonly [string, string]): boolean => !keys.includes(key);
  return nodes.map((node) => ({ ...node, labels: Object.fromEntries(Object.entries(node.labels).filter(kept)) }));
}

/** Keys of Kubernetes, NVIDIA and clouds, which say nothing of whose cluster it is. */
const publicKey =
  /^(?:[\w-]+\.)*(?:kubernetes\.io|k8s\.io|k8s\.aws|nvidia\.com|topograph\.run|kai\.scheduler|run\.ai|cloud\.google\.com|oraclecloud\.com|coreweave\.cloud|amazonaws\.com|azure\.com|eksctl\.io|karpenter\.sh)\//;

function isPublic(key: string): boolean {
  return publicKey.test(key);
}

/** Public keys whose values are names all the same. */
const namingKey = /^kai\.scheduler\/|^run\.ai\/|^resource\.nvidia\.com\/|nodegroup|nodepool|node-pool|cluster|pool$/;

/** Words that are no names. */
const word = /^(?:true|false|yes|no|enabled|disabled|present)?$/;

function holdsNames(key: string): boolean {
  return isTopologyKey(key) || !isPublic(key) || namingKey.test(key);
}

/** Values by the key of a label or taint, where they are names. */
function labelValues(nodes: readonly InventoryNode[]): Map<string, Set<string>> {
  const values = new Map<string, Set<string>>();
  const add = (key: string, value: string | undefined): void => {
    if (!holdsNames(key) || key === HOSTNAME_LABEL) return;
    const own = values.get(key) ?? new Set<string>();
    if (value !== undefined && !word.test(value)) own.add(value);
    values.set(key, own);
  };
  for (const { labels, taints } of nodes) {
    for (const [key, value] of Object.entries(labels)) add(key, value);
    for (const { key, value } of taints) add(key, value);
  }
  return values;
}

/** Old names and new. */
class Names {
  private readonly nodes: ReadonlyMap<string, string>;
  private readonly hosts: ReadonlyMap<string, string>;
  private readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
  private readonly owners: Readonly<Record<Owner, ReadonlyMap<string, string>>>;

  constructor(nodes: readonly InventoryNode[], pods: readonly RunningPod[]) {
    this.nodes = numbered('node', [...nodes.map(({ name }) => name), ...pods.map(({ node }) => node)]);
    const others = nodes.map(({ hostname }) => hostname).filter((hostname) => !this.nodes.has(hostname));
    this.hosts = new Map([...this.nodes, ...numbered('host', others)]);
    this.values = renamedValues(labelValues(nodes), this.hosts);
    this.owners = {
      namespace: numbered(
        'namespace',
        pods.map(({ namespace }) => namespace),
      ),
      graph: numbered(
        'graph',
        pods.flatMap(({ graph }) => graph?.name ?? []),
      ),
      group: numbered(
        'group',
        pods.flatMap(({ podGroup }) => podGroup?.name ?? []),
      ),
      subGroup: numbered(
        'part',
        pods.flatMap(({ subGroup }) => subGroup ?? []),
      ),
      queue: numbered(
        'queue',
        pods.flatMap(({ queue }) => queue ?? []),
      ),
      claim: numbered(
        'claim',
        pods.flatMap(({ claims }) => claims ?? []),
      ),
      priority: numbered(
        'priority',
        pods.flatMap(({ priorityClassName }) => ownOf(priorityClassName, /^system-/)),
      ),
      scheduler: numbered(
        'scheduler',
        pods.flatMap(({ schedulerName }) => ownOf(schedulerName, /^(?:default|kai)-scheduler$/)),
      ),
    };
  }

  node(node: InventoryNode): InventoryNode {
    const labels = Object.entries(node.labels).map(([key, value]) => [key, this.value(key, value)] as const);
    return {
      ...node,
      name: this.nodes.get(node.name) ?? node.name,
      hostname: this.hosts.get(node.hostname) ?? node.hostname,
      labels: Object.fromEntries(labels),
      taints: node.taints.map((taint) => this.taint(taint)),
    };
  }

  pod(pod: RunningPod): RunningPod {
    const to = (owner: Owner, name: string): string => this.owners[owner].get(name) ?? name;
    const within = (owner: Owner, of: NamespacedName | undefined): NamespacedName | undefined =>
      of && { namespace: to('namespace', of.namespace), name: to(owner, of.name) };
    const maybe = (owner: Owner, name: string | undefined): string | undefined =>
      name === undefined ? undefined : to(owner, name);
    return {
      ...pod,
      namespace: to('namespace', pod.namespace),
      node: this.nodes.get(pod.node) ?? pod.node,
      graph: within('graph', pod.graph),
      podGroup: within('group', pod.podGroup),
      subGroup: maybe('subGroup', pod.subGroup),
      queue: maybe('queue', pod.queue),
      claims: pod.claims?.map((claim) => to('claim', claim)),
      priorityClassName: maybe('priority', pod.priorityClassName),
      schedulerName: maybe('scheduler', pod.schedulerName),
    };
  }

  private value(key: string, value: string): string {
    return (key === HOSTNAME_LABEL ? this.hosts : this.values.get(key))?.get(value) ?? value;
  }

  private taint({ key, value, effect }: Taint): Taint {
    return value === undefined ? { key, effect } : { key, value: this.value(key, value), effect };
  }
}

type Owner = 'namespace' | 'graph' | 'group' | 'subGroup' | 'queue' | 'claim' | 'priority' | 'scheduler';

/** The name, unless it is everybody's. */
function ownOf(name: string | undefined, everybodys: RegExp): string[] {
  return name === undefined || everybodys.test(name) ? [] : [name];
}

/** New names in the natural order of the old ones, all of one width, so that every order has them alike. */
function numbered(noun: string, names: readonly string[]): Map<string, string> {
  const ordered = [...new Set(names)].sort(compareNatural);
  const width = String(ordered.length).length;
  return new Map(ordered.map((name, i) => [name, `${noun}-${String(i + 1).padStart(width, '0')}`]));
}

/** Keys that share a value share their names; one that stands for a host gets the host's. */
function renamedValues(
  values: ReadonlyMap<string, ReadonlySet<string>>,
  hosts: ReadonlyMap<string, string>,
): Map<string, ReadonlyMap<string, string>> {
  const renamed = new Map<string, ReadonlyMap<string, string>>();
  const waiting = new Set([...values.keys()].sort(compareText));
  for (const key of waiting) {
    const keys = new Set([key]);
    const all = new Set(values.get(key));
    // Keys join as long as one of them has a value in common with those before.
    for (let before = 0; before !== keys.size;) {
      before = keys.size;
      for (const other of waiting) {
        const theirs = values.get(other) ?? new Set<string>();
        if (keys.has(other) || ![...theirs].some((value) => all.has(value))) continue;
        keys.add(other);
        for (const value of theirs) all.add(value);
      }
    }
    const noun = key.slice(key.lastIndexOf('/') + 1).replace(/[^a-z0-9-]/gi, '-');
    const names = numbered(noun, [...all]);
    for (const value of all) names.set(value, hosts.get(value) ?? names.get(value) ?? value);
    for (const member of keys) {
      renamed.set(member, names);
      waiting.delete(member);
    }
  }
  return renamed;
}
