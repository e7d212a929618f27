import type { Diagnostic, Outcome, Where } from '../diagnostics/diagnostic';
import { hasErrors } from '../diagnostics/diagnostic';
import { checkNodes, checkPods, checkRunning, hasHostname } from './checks';
import type { ClusterInventory, InventoryNode, RunningPod } from './cluster';
import { readDocument, shownName } from './document';
import { readItems, type ListSource } from './items';
import { readNode } from './nodes';
import { readPod } from './pods';
import { compareNames, compareText } from '../order';

export type { ClusterInventory, InventoryNode, RunningPod } from './cluster';

/** Lists as kubectl writes them with `-o json`, as values. */
export interface InventoryObjects {
  /** A list of core/v1 Nodes. */
  readonly nodes: unknown;
  /**
   * A list of core/v1 Pods of all namespaces.
   * @default - nothing runs on the nodes
   */
  readonly pods?: unknown;
}

/** Options of `Inventory.fromKubectl`. */
export interface KubectlOptions {
  /**
   * File with the output of `kubectl get pods -A -o json`, or `-o yaml`.
   * @default - nothing runs on the nodes
   */
  readonly pods?: string;
}

/** Where a list comes from. */
interface Source extends ListSource {
  readonly file?: string;
  /** The file as it was named. */
  readonly name?: string;
}

/**
 * The nodes of a cluster, and what already runs on them.
 *
 * @example Inventory.fromKubectl('topologies/eu-west/nodes.json', { pods: 'topologies/eu-west/pods.json' })
 */
export class Inventory {
  /**
   * Reads what `kubectl get nodes -o json` (or `-o yaml`) wrote, when it is loaded and not before. Relative names start
   * from the working folder.
   */
  static fromKubectl(nodesFile: string, options: KubectlOptions = {}): Inventory {
    return new Inventory(fileSource(nodesFile), options.pods === undefined ? undefined : fileSource(options.pods));
  }

  /** Takes lists that are already in memory; places in diagnostics begin with `nodes` or `pods`. */
  static fromObjects(objects: InventoryObjects): Inventory {
    const { nodes, pods } = objects;
    return new Inventory(objectSource('nodes', nodes), pods === undefined ? undefined : objectSource('pods', pods));
  }

  private constructor(
    private readonly nodes: Source,
    private readonly pods?: Source,
  ) {}

  /** Files that are read, as they were named, the one with the nodes first; none for lists in memory. */
  get sources(): readonly string[] {
    return [this.nodes, this.pods].flatMap((source) => source?.name ?? []);
  }

  /**
   * Reads and checks both lists. Every call reads anew; everything that is wrong is told at once.
   *
   * @param isOwn pods that are about to be placed anew: nothing is asked of how they run now
   */
  load(isOwn: (pod: RunningPod) => boolean = () => false): Outcome<ClusterInventory> {
    const nodes = loadNodes(this.nodes);
    const pods = this.pods ? loadPods(this.pods) : { ok: true as const, value: [], diagnostics: [] };
    const diagnostics = [...nodes.diagnostics, ...pods.diagnostics];
    if (!nodes.ok || !pods.ok) return { ok: false, diagnostics };
    const files = { nodes: this.nodes.file, pods: this.pods?.file };
    const inventory = { files, nodes: nodes.value, pods: pods.value };
    const warnings = this.pods ? checkRunning(inventory, this.pods.place, isOwn) : [];
    return { ok: true, value: inventory, diagnostics: [...diagnostics, ...warnings] };
  }
}

function fileSource(name: string): Source {
  const file = shownName(name);
  return {
    read: () => readDocument(name),
    place: (pointer): Where => (pointer === '' ? { file } : { file, pointer }),
    file,
    name,
  };
}

function objectSource(name: 'nodes' | 'pods', value: unknown): Source {
  return {
    read: () => ({ ok: true, value, diagnostics: [] }),
    place: (pointer): Where => ({ pointer: pointer === '' ? name : `${name}.${pointer}` }),
  };
}

function loadNodes(source: Source): Outcome<readonly InventoryNode[]> {
  const items = readItems(source, 'Node', readNode);
  if (!items.ok) return items;
  const diagnostics = [...items.diagnostics, ...checkNodes(items.value, source.place)];
  const nodes = items.value.filter(hasHostname).sort(compareNames);
  return checked(nodes, diagnostics);
}

function loadPods(source: Source): Outcome<readonly RunningPod[]> {
  const items = readItems(source, 'Pod', readPod);
  if (!items.ok) return items;
  const diagnostics = [...items.diagnostics, ...checkPods(items.value, source.place)];
  return checked([...items.value].sort(byNamespaceAndName), diagnostics);
}

function checked<T>(value: T, diagnostics: readonly Diagnostic[]): Outcome<T> {
  return hasErrors(diagnostics) ? { ok: false, diagnostics } : { ok: true, value, diagnostics };
}

function byNamespaceAndName(a: RunningPod, b: RunningPod): number {
  return compareText(a.namespace, b.namespace) || compareNames(a, b);
}
