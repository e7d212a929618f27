import { HOSTNAME_LABEL } from '../model/node';

/** A node label that tells where a node is, as one dialect has it. */
export interface LevelKey {
  readonly label: string;
  /** A word or two for people, such as `rack`. */
  readonly name: string;
}

/** Labels that differ by a number at the end, as many as the network is deep. */
export interface LevelFamily {
  /** All of the label but its number. */
  readonly prefix: string;
  /** A word for people, which the number follows. */
  readonly name: string;
  /** Where the numbers grow: `inward` has the broadest level at the least number, `outward` at the greatest. */
  readonly numbered: 'inward' | 'outward';
}

/** Labels that one tool or provider writes, as facts: what each means, and which of them is the broader. */
export interface Dialect {
  /** Stable, in lower case. */
  readonly id: string;
  /** Who writes these labels, for people. */
  readonly title: string;
  /** Levels of the network or of the building, broadest first; the host is never among them. */
  readonly levels: readonly (LevelKey | LevelFamily)[];
  /** Domains of multi-node NVLink, broadest first. */
  readonly accelerator: readonly LevelKey[];
  /** Where this was read. */
  readonly source: string;
}

/** `<ClusterUUID>.<CliqueID>`: all of it is one NVLink partition, its first part one NVLink domain, usually a rack. */
export const CLIQUE_LABEL = 'nvidia.com/gpu.clique';

/** A reservation, which is an NVLink domain on UltraServers alone. */
export const CAPACITY_BLOCK_LABEL = 'topology.k8s.aws/capacity-block-id';

export const REGION_LABEL = 'topology.kubernetes.io/region';
export const ZONE_LABEL = 'topology.kubernetes.io/zone';
export const RACK_LABEL = 'topology.kubernetes.io/rack';

/**
 * Every dialect that is known. Where labels of two have the same domains, the one that stands first here is kept; a
 * provider's own labels stand before those of Topograph, which are made from them.
 */
export const dialects: readonly Dialect[] = [
  {
    id: 'kubernetes',
    title: 'Kubernetes',
    // `rack` is no key that Kubernetes registers; documentation of KAI and Grove uses it, and so do their users.
    levels: [
      { label: REGION_LABEL, name: 'region' },
      { label: ZONE_LABEL, name: 'zone' },
      { label: RACK_LABEL, name: 'rack' },
    ],
    accelerator: [],
    source: 'kubernetes.io/docs/reference/labels-annotations-taints; docs/topology/README.md of KAI for rack',
  },
  {
    id: 'aws',
    title: 'AWS',
    // Layer 1 is the top. Instances have three layers or four.
    levels: [{ prefix: 'topology.k8s.aws/network-node-layer-', name: 'layer', numbered: 'inward' }],
    accelerator: [
      { label: 'topology.k8s.aws/ultraserver-id', name: 'ultraserver' },
      { label: CAPACITY_BLOCK_LABEL, name: 'capacity block' },
    ],
    source:
      'docs.aws.amazon.com/eks/latest/userguide/ml-workload-topology.md; NVIDIA/topograph e2b62507 docs/reference/node-labels.md',
  },
  {
    id: 'gke',
    title: 'Google Cloud',
    levels: [
      { label: 'cloud.google.com/gce-topology-block', name: 'block' },
      // On A4X (GB200) one sub-block is one NVLink domain.
      { label: 'cloud.google.com/gce-topology-subblock', name: 'sub-block' },
      { label: 'cloud.google.com/gce-topology-host', name: 'physical host' },
    ],
    accelerator: [],
    source: 'NVIDIA/topograph e2b62507 docs/reference/node-labels.md',
  },
  {
    id: 'oci',
    title: 'Oracle Cloud',
    levels: [
      { label: 'oci.oraclecloud.com/rdma.hpc_island_id', name: 'HPC island' },
      { label: 'oci.oraclecloud.com/rdma.network_block_id', name: 'network block' },
      { label: 'oci.oraclecloud.com/rdma.local_block_id', name: 'local block' },
      { label: 'oci.oraclecloud.com/rdma.host_id', name: 'physical host' },
    ],
    accelerator: [{ label: 'oci.oraclecloud.com/host.gpu_memory_fabric_id', name: 'GPU memory fabric' }],
    source: 'oracle-quickstart/oci-hpc-oke 61d210ac docs/oci-hpc-oke-utils.md',
  },
  {
    id: 'oci-host',
    title: 'Oracle Cloud, labels of the host',
    levels: [
      { label: 'oci.oraclecloud.com/host.network_block_id', name: 'network block' },
      { label: 'oci.oraclecloud.com/host.rack_id', name: 'rack' },
    ],
    accelerator: [],
    source: 'NVIDIA/topograph e2b62507 docs/reference/node-labels.md',
  },
  {
    id: 'coreweave',
    title: 'CoreWeave',
    levels: [
      { label: 'backend.coreweave.cloud/fabric', name: 'fabric' },
      { label: 'backend.coreweave.cloud/superpod', name: 'superpod' },
      { label: 'backend.coreweave.cloud/leafgroup', name: 'leaf group' },
      { label: 'node.coreweave.cloud/rack', name: 'rack' },
    ],
    accelerator: [{ label: 'ds.coreweave.com/nvlink.domain', name: 'NVLink domain' }],
    source:
      'docs.coreweave.com/products/networking/hpc-interconnect/infiniband-roce-labels; …/sunk/optimize_workloads/topology-scheduling for the NVLink domain',
  },
  {
    id: 'coreweave-infiniband',
    title: 'CoreWeave, labels of InfiniBand nodes',
    levels: [
      { label: 'ib.coreweave.cloud/fabric', name: 'fabric' },
      { label: 'ib.coreweave.cloud/superpod', name: 'superpod' },
      { label: 'ib.coreweave.cloud/leafgroup', name: 'leaf group' },
    ],
    accelerator: [],
    source: 'docs.coreweave.com/docs/products/networking/reference/infiniband-labels',
  },
  {
    id: 'topograph',
    title: 'Topograph 1.0 and newer',
    // Tier 0 is next to the node; there is no greatest tier.
    levels: [{ prefix: 'fabric.topograph.run/tier-', name: 'tier', numbered: 'outward' }],
    accelerator: [
      { label: 'accelerator.topograph.run/domain', name: 'NVLink domain' },
      { label: 'accelerator.topograph.run/sub-domain', name: 'NVLink sub-domain' },
    ],
    source: 'NVIDIA/topograph e2b62507 docs/reference/node-labels.md',
  },
  {
    id: 'topograph-0.2',
    title: 'Topograph 0.2 to 0.5',
    levels: [
      { label: 'network.topology.nvidia.com/core', name: 'core' },
      { label: 'network.topology.nvidia.com/spine', name: 'spine' },
      { label: 'network.topology.nvidia.com/leaf', name: 'leaf' },
    ],
    accelerator: [{ label: 'network.topology.nvidia.com/accelerator', name: 'NVLink domain' }],
    source: 'docs.nvidia.com/topograph/reference/node-labels-and-annotations; CHANGELOG.md of NVIDIA/topograph v1.0.0',
  },
  {
    id: 'topograph-0.1',
    title: 'Topograph 0.1',
    levels: [
      { label: 'network.topology.nvidia.com/datacenter', name: 'datacenter' },
      { label: 'network.topology.nvidia.com/spine', name: 'spine' },
      { label: 'network.topology.nvidia.com/block', name: 'block' },
    ],
    accelerator: [{ label: 'network.topology.nvidia.com/accelerator', name: 'NVLink domain' }],
    source: 'NVIDIA/topograph v0.1.0 docs/engines/k8s.md',
  },
  {
    // Last, so that it is kept only where it says more than another: it is absent until Fabric Manager is done.
    id: 'nvidia',
    title: 'GPU Feature Discovery',
    levels: [],
    accelerator: [{ label: CLIQUE_LABEL, name: 'NVLink partition' }],
    source: 'NVIDIA/topograph e2b62507 docs/reference/node-labels.md; NVIDIA/k8s-dra-driver-gpu issues 1244 and 1247',
  },
];

/** A label that nodes have, and what it is in its dialect. */
export interface KnownLabel extends LevelKey {
  /** Absent for a label that the caller named. */
  readonly dialect?: Dialect;
  readonly accelerator: boolean;
  /** Among labels of one dialect and kind, the broader have the lesser. */
  readonly depth: number;
}

/** The level that every topology ends with; no dialect lists it. */
export const hostLevel: KnownLabel = { label: HOSTNAME_LABEL, name: 'host', accelerator: false, depth: 0 };

/**
 * What is known of these labels, in the order in which they are preferred where two have the same domains: those of
 * NVLink first, since no other label says so, then the levels of each dialect. A label that two dialects have goes to
 * the one of which more labels are there.
 */
export function knownLabels(present: ReadonlySet<string>): readonly KnownLabel[] {
  const found = dialects.map((dialect) => labelsOf(dialect, present));
  const bySize = found.map((labels) => labels.length);
  const taken = new Map<string, { readonly size: number; readonly known: KnownLabel }>();
  for (const [index, labels] of found.entries()) {
    const size = bySize[index] ?? 0;
    for (const known of labels) {
      const other = taken.get(known.label);
      if (other === undefined || other.size < size) taken.set(known.label, { size, known });
    }
  }
  const all = [...taken.values()].map(({ known }) => known);
  const order = (known: KnownLabel): number =>
    (known.accelerator ? 0 : 1000) + dialects.findIndex((dialect) => dialect === known.dialect);
  return all.sort((a, b) => order(a) - order(b) || a.depth - b.depth);
}

/** The labels of a dialect that are there, each kind broadest first. */
function labelsOf(dialect: Dialect, present: ReadonlySet<string>): KnownLabel[] {
  const expand = (keys: Dialect['levels'], accelerator: boolean): KnownLabel[] =>
    keys
      .flatMap((key) => ('label' in key ? (present.has(key.label) ? [key] : []) : membersOf(key, present)))
      .map((key, depth) => ({ ...key, dialect, accelerator, depth }));
  return [...expand(dialect.accelerator, true), ...expand(dialect.levels, false)];
}

/** The labels of a family that are there, broadest first. */
function membersOf({ prefix, name, numbered }: LevelFamily, present: ReadonlySet<string>): LevelKey[] {
  const numbers = [...present].flatMap((label) => {
    const number = label.startsWith(prefix) ? label.slice(prefix.length) : '';
    return /^\d{1,3}$/.test(number) ? [Number(number)] : [];
  });
  const sorted = numbers.sort((a, b) => (numbered === 'inward' ? a - b : b - a));
  return sorted.map((number) => ({ label: `${prefix}${number}`, name: `${name} ${number}` }));
}
