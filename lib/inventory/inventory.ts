import type { Outcome, Where } from '../diagnostics/diagnostic';
import type { ClusterInventory, RunningPod } from './cluster';
import type { Place } from './fields';
import { bytesSource, type ListSource } from './items';
import { loadFile, loadLists } from './load';
import { fileSource, type ByteSource } from './source';

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
  /**
   * A list of ResourceSlices of resource.k8s.io.
   * @default - no devices are known but those that nodes report
   */
  readonly resourceSlices?: unknown;
}

/** Options of `Inventory.fromKubectl`. */
export interface KubectlOptions {
  /**
   * File with the output of `kubectl get pods -A -o json`, or `-o yaml`.
   * @default - nothing runs on the nodes
   */
  readonly pods?: string;
  /**
   * File with the output of `kubectl get resourceslices -o json`, or `-o yaml`.
   * @default - no devices are known but those that nodes report
   */
  readonly resourceSlices?: string;
}

/** Lists of a cluster as bytes, such as those of standard input. */
export interface InventoryBytes {
  readonly nodes: ByteSource;
  readonly pods?: ByteSource;
  readonly resourceSlices?: ByteSource;
}

/**
 * The nodes of a cluster, and what already runs on them.
 *
 * @example Inventory.fromFile('topologies/eu-west/inventory.yaml')
 * @example Inventory.fromKubectl('topologies/eu-west/nodes.json', { pods: 'topologies/eu-west/pods.json' })
 */
export class Inventory {
  /**
   * Reads an inventory file, which `bayplan inventory import` wrote or a person did, when it is loaded and not before.
   * docs/inventory.md describes the format. Relative names start from the working folder.
   */
  static fromFile(file: string): Inventory {
    return new Inventory([file], (isOwn) => loadFile(fileSource(file), isOwn));
  }

  /**
   * Reads what `kubectl get nodes -o json` (or `-o yaml`) wrote, when it is loaded and not before. Relative names start
   * from the working folder.
   */
  static fromKubectl(nodesFile: string, { pods, resourceSlices }: KubectlOptions = {}): Inventory {
    const lists = {
      nodes: fileSource(nodesFile),
      pods: pods === undefined ? undefined : fileSource(pods),
      resourceSlices: resourceSlices === undefined ? undefined : fileSource(resourceSlices),
    };
    return Inventory.ofLists(
      [nodesFile, pods, resourceSlices].filter((name) => name !== undefined),
      lists,
    );
  }

  /** Takes lists that are already in memory; places in diagnostics begin with `nodes`, `pods` or `resourceSlices`. */
  static fromObjects({ nodes, pods, resourceSlices }: InventoryObjects): Inventory {
    const lists = {
      nodes: objectSource('nodes', nodes),
      pods: pods === undefined ? undefined : objectSource('pods', pods),
      slices: resourceSlices === undefined ? undefined : objectSource('resourceSlices', resourceSlices),
    };
    return new Inventory([], (isOwn) => loadLists(lists, isOwn));
  }

  /** Takes lists, or an inventory file in place of the nodes, as the bytes that were piped to a command. */
  static fromBytes(bytes: InventoryBytes): Inventory {
    return isInventoryFile(bytes.nodes)
      ? new Inventory([], (isOwn) => loadFile(bytes.nodes, isOwn))
      : Inventory.ofLists([], bytes);
  }

  private static ofLists(names: readonly string[], { nodes, pods, resourceSlices }: InventoryBytes): Inventory {
    const lists = {
      nodes: bytesSource(nodes),
      pods: pods && bytesSource(pods),
      slices: resourceSlices && bytesSource(resourceSlices),
    };
    return new Inventory(names, (isOwn) => loadLists(lists, isOwn));
  }

  private constructor(
    /** Files that are read, as they were named, the one with the nodes first; none for lists in memory. */
    readonly sources: readonly string[],
    private readonly read: (isOwn: (pod: RunningPod) => boolean) => Outcome<ClusterInventory>,
  ) {}

  /**
   * Reads and checks all lists. Every call reads anew; everything that is wrong is told at once.
   *
   * @param isOwn pods that are about to be placed anew: nothing is asked of how they run now
   */
  load(isOwn: (pod: RunningPod) => boolean = () => false): Outcome<ClusterInventory> {
    return this.read(isOwn);
  }
}

/** Keys by which a document is told, at the begin of a line or of a JSON map. */
const ofFile = /^\s*\{\s*"(?:format|classes)"|^(?:format|classes|exceptions)\s*:/m;

/** True for what begins as an inventory file does, and not as a list of kubectl. What cannot be read is neither. */
export function isInventoryFile(source: ByteSource): boolean {
  try {
    for (const piece of source.pieces()) return ofFile.test(piece.toString('utf8', 0, 65_536));
  } catch {
    // Loading it tells why.
  }
  return false;
}

function objectSource(name: string, value: unknown): ListSource {
  const place: Place = (pointer): Where => ({ pointer: pointer === '' ? name : `${name}.${pointer}` });
  return { read: () => ({ ok: true, value: { value, place }, diagnostics: [] }) };
}
