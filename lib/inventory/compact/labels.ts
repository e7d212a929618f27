import { HOSTNAME_LABEL } from '../../model/node';
import { compareText } from '../../order';
import { DOMAIN_LABEL, type InventoryNode } from '../cluster';

/**
 * Keys that say where a node is, in any of the dialects: Kubernetes, topograph old and new, EKS, GKE, OKE, CoreWeave and
 * the NVLink clique of NVIDIA's GPU operator.
 */
const topology = [
  /^(?:topology|failure-domain\.beta)\.(?:kubernetes\.io|k8s\.aws)\//,
  /^(?:fabric|accelerator)\.topograph\.run\//,
  /^network\.topology\.nvidia\.com\//,
  /^cloud\.google\.com\/gce-topology-/,
  /^oci\.oraclecloud\.com\/(?:rdma|host)\./,
  /^(?:backend|ib|node)\.coreweave\.cloud\//,
  /^nvidia\.com\/gpu\.clique$/,
];

/** True for labels by which nodes are told to be near each other; the hostname included. */
export function isTopologyKey(key: string): boolean {
  return key === HOSTNAME_LABEL || topology.some((pattern) => pattern.test(key));
}

/** Long hexadecimal or decimal numbers, UUIDs, MAC and IP addresses: made by machines, for machines. */
const identifier =
  /(?:^|[^0-9a-z])(?=[a-z]*\d)[0-9a-f]{8,}(?:[^0-9a-z]|$)|^\d{1,3}(?:\.\d{1,3}){3}$|^(?:[0-9a-f]{2}[-.:]){5}[0-9a-f]{2}$/i;

/**
 * Keys whose values are dropped, in order: each node has another value and every value is an identifier, such as a
 * cloud's instance id or an address. No selector names them, and each would take a line of the file. Keys that say where a
 * node is are kept whatever their values.
 */
export function droppedKeys(nodes: readonly InventoryNode[]): string[] {
  const seen = new Map<string, Set<string>>();
  const kept = new Set<string>([DOMAIN_LABEL]);
  for (const { labels } of nodes) {
    for (const key in labels) {
      if (kept.has(key)) continue;
      const value = labels[key] ?? '';
      const values = seen.get(key);
      // Of a key it is asked once whether it says where a node is.
      if ((values ? values.has(value) : isTopologyKey(key)) || !identifier.test(value)) kept.add(key);
      else if (values) values.add(value);
      else seen.set(key, new Set([value]));
    }
  }
  return [...seen].flatMap(([key, values]) => (values.size > 1 && !kept.has(key) ? [key] : [])).sort(compareText);
}
