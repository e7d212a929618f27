import type { GangDocument, NodeDocument, ProblemDocument } from '../lib/placement/document';
import { Draw } from './random';

/** How many of each there are in one of the level above; nodes = zones x blocks x racks x hosts. */
export interface ClusterSize {
  readonly zones: number;
  readonly blocks: number;
  readonly racks: number;
  readonly hosts: number;
}

const zone = 'topology.kubernetes.io/zone';
const block = 'cloud.provider.com/block';
const rack = 'cloud.provider.com/rack';
const hostname = 'kubernetes.io/hostname';
const gpu = 'nvidia.com/gpu';
const product = 'nvidia.com/gpu.product';

/** The topology of every generated cluster. */
export const topology = {
  name: 'fabric',
  levels: [zone, block, rack, hostname],
  bandwidth: { none: 1, [zone]: 5, [block]: 25, [rack]: 50, [hostname]: 500 },
};

interface NodeClass {
  readonly product: string;
  readonly gpus: number;
  readonly cpu: number;
  readonly memory: number;
}

const h100: NodeClass = { product: 'NVIDIA-H100-80GB-HBM3', gpus: 8, cpu: 190, memory: 2029 };
const h200: NodeClass = { product: 'NVIDIA-H200', gpus: 8, cpu: 190, memory: 2029 };
const l40s: NodeClass = { product: 'NVIDIA-L40S', gpus: 4, cpu: 62, memory: 500 };

/** GPUs in use on a node of eight, by how full its rack is: nearly empty, as most are, nearly full. Mean: 70 %. */
const fullness: readonly (readonly [number, readonly (readonly [number, number])[]])[] = [
  [
    10,
    [
      [80, 0],
      [10, 4],
      [10, 8],
    ],
  ],
  [
    55,
    [
      [16, 0],
      [4, 1],
      [7, 2],
      [2, 3],
      [12, 4],
      [1, 5],
      [5, 6],
      [1, 7],
      [52, 8],
    ],
  ],
  [
    35,
    [
      [2, 0],
      [3, 2],
      [8, 4],
      [7, 6],
      [80, 8],
    ],
  ],
];

/**
 * Nodes of a cluster that is 70 % full: three classes of nodes, one for each block; what is in use lies in racks that
 * are nearly empty, mixed or nearly full, so that free GPUs are fragmented as on a cluster that has run for a while.
 */
function generateNodes(size: ClusterSize, seed: number): NodeDocument[] {
  const draw = new Draw(seed);
  const nodes: NodeDocument[] = [];
  for (let z = 0; z < size.zones; z++) {
    for (let b = 0; b < size.blocks; b++) {
      const kind = b === 0 ? h100 : draw.weighted([[60, h100], [28, h200], [12, l40s]], h100); // prettier-ignore
      for (let r = 0; r < size.racks; r++) {
        const used = draw.weighted(fullness, []);
        for (let h = 0; h < size.hosts; h++) nodes.push(node([z, b, r, h], kind, draw.weighted(used, 0)));
      }
    }
  }
  return nodes;
}

function node([z, b, r, h]: readonly [number, number, number, number], kind: NodeClass, ofEight: number): NodeDocument {
  const name = `gpu-z${z}-b${b}-r${r}-h${h}`;
  const gpus = Math.floor((ofEight * kind.gpus) / 8);
  return {
    name,
    labels: {
      [zone]: `z${z}`,
      [block]: `z${z}-b${b}`,
      [rack]: `z${z}-b${b}-r${r}`,
      [hostname]: name,
      [product]: kind.product,
    },
    taints: [{ key: gpu, value: 'present', effect: 'NoSchedule' }],
    allocatable: { cpu: kind.cpu, memory: `${kind.memory}Gi`, pods: 110, [gpu]: kind.gpus },
    used: { cpu: `${1500 + gpus * 16_000}m`, memory: `${4 + gpus * 160}Gi`, pods: 9 + gpus, [gpu]: gpus },
  };
}

type Group = GangDocument['groups'][number];

function group(name: string, replicas: number, gpus: number, more: Partial<Group> = {}): Group {
  const requests: Record<string, string | number> =
    gpus === 0 ? { cpu: 4, memory: '8Gi' } : { cpu: 8 * gpus, memory: `${96 * gpus}Gi`, [gpu]: gpus };
  const kind = gpus === 0 ? {} : { nodeSelector: { [product]: h100.product } };
  return {
    name,
    replicas,
    pod: { requests, ...kind, tolerations: [{ key: gpu, operator: 'Exists' }] },
    ...more,
  };
}

const betweenPools = [{ between: ['prefill', 'decode'] as [string, string], weight: 1 }];

function constraint(required: string | undefined, preferred?: string): NonNullable<GangDocument['constraint']> {
  return { topology: topology.name, ...(required && { required }), ...(preferred && { preferred }) };
}

/** A replica of two nodes in one rack. */
const wideReplica: Partial<Group> = { count: 2, constraint: constraint(rack) };

type Shape = Omit<GangDocument, 'name'>;

/** Five shapes of 12 or 13 pods, 51 GPUs on average: disaggregated twice, wide expert parallel, one pool, one rack. */
const large: readonly Shape[] = [
  {
    constraint: constraint(zone, rack),
    groups: [group('frontend', 2, 0), group('prefill', 4, 4), group('decode', 6, 8)],
    traffic: betweenPools,
  },
  {
    constraint: constraint(block, rack),
    groups: [group('frontend', 1, 0), group('prefill', 8, 2), group('decode', 4, 8)],
    traffic: betweenPools,
  },
  {
    constraint: constraint(block),
    groups: [group('frontend', 1, 0), group('prefill', 4, 4), group('decode', 2, 8, { ...wideReplica, count: 4 })],
    traffic: betweenPools,
  },
  { constraint: constraint(undefined, rack), groups: [group('frontend', 1, 0), group('worker', 12, 4)] },
  { constraint: constraint(rack), groups: [group('router', 1, 0), group('worker', 8, 2), group('cache', 4, 1)] },
];

/** The same five with fewer GPUs, 13 on average, for rows with so many gangs that the large ones could not all fit. */
const small: readonly Shape[] = [
  {
    constraint: constraint(zone, rack),
    groups: [group('frontend', 5, 0), group('prefill', 6, 1), group('decode', 2, 4)],
    traffic: betweenPools,
  },
  {
    constraint: constraint(block, rack),
    groups: [group('frontend', 3, 0), group('prefill', 6, 1), group('decode', 4, 2)],
    traffic: betweenPools,
  },
  {
    constraint: constraint(block),
    groups: [group('frontend', 5, 0), group('prefill', 4, 1), group('decode', 2, 2, wideReplica)],
    traffic: betweenPools,
  },
  { constraint: constraint(undefined, rack), groups: [group('frontend', 3, 0), group('worker', 10, 1)] },
  { constraint: constraint(rack), groups: [group('router', 3, 0), group('worker', 4, 2), group('cache', 6, 1)] },
];

const shapes = { large, small };

export interface Workload {
  readonly size: ClusterSize;
  readonly gangs: number;
  readonly shapes?: keyof typeof shapes;
  /** Every group is written as one component, pinned to the nodes of all its pods. */
  readonly pinned?: boolean;
  readonly seed?: number;
}

/** A cluster and so many gangs, of each shape as many. */
export function generate({ size, gangs, shapes: set = 'large', pinned = false, seed = 1 }: Workload): ProblemDocument {
  const list = Array.from({ length: gangs }, (_, i): GangDocument => {
    const shape = shapes[set][i % shapes[set].length] ?? { groups: [] };
    const groups = shape.groups.map((one): Group => (pinned ? { ...one, pinned: 'set' } : one));
    return { name: `gang-${i}`, ...shape, groups };
  });
  return { version: 1, topologies: [topology], nodes: generateNodes(size, seed), gangs: list };
}

/** One gang of 32 prefill, 64 decode and 8 frontend pods: 640 GPUs in one zone. */
export function generateWide(size: ClusterSize, seed = 1): ProblemDocument {
  const gang: GangDocument = {
    name: 'wide',
    constraint: constraint(zone, block),
    groups: [group('frontend', 8, 0), group('prefill', 32, 4), group('decode', 64, 8)],
    traffic: betweenPools,
  };
  return { version: 1, topologies: [topology], nodes: generateNodes(size, seed), gangs: [gang] };
}

/** One gang that wants more whole nodes in one rack than a rack has. */
export function generateInfeasible(size: ClusterSize, seed = 1): ProblemDocument {
  const gang: GangDocument = {
    name: 'too-wide',
    constraint: constraint(rack),
    groups: [group('frontend', 2, 0), group('prefill', 4, 4), group('decode', size.hosts - 1, 8)],
    traffic: betweenPools,
  };
  return { version: 1, topologies: [topology], nodes: generateNodes(size, seed), gangs: [gang] };
}
