import { checkPlan } from '../../lib/checker/check';
import type { FaultCode } from '../../lib/checker/fault';
import type { GangDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Objective, Plan, PlacedGang } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';

/**
 * A problem and a plan of it that is sound, with every number worked out by hand.
 *
 *     zone         z1                 z2
 *     rack     r1       r2            r1
 *     node   n1  n2     n3            n4       8 GPUs each, n4 with 1 used
 *           [dd][dd]   [pp pp]
 *
 * g: prefill 2 x 1 pod of 4 GPUs, decode 1 x 2 pods of 8 GPUs in one rack; zone required, rack preferred.
 */
export const problem: ProblemDocument = {
  version: 1,
  topologies: [{ name: 't', levels: ['zone', 'rack', 'kubernetes.io/hostname'], bandwidth: { zone: 3, rack: 50 } }],
  nodes: [
    node('n1', 'z1', 'r1'),
    node('n2', 'z1', 'r1'),
    node('n3', 'z1', 'r2'),
    { ...node('n4', 'z2', 'r1'), used: { gpu: 1 } },
  ],
  queues: [
    { name: 'team', parent: 'root', resources: { gpu: { quota: 24 } } },
    { name: 'root', resources: { gpu: { limit: 30 } }, used: { gpu: 1 } },
  ],
  gangs: [gang()],
};

function node(name: string, zone: string, rack: string): NonNullable<ProblemDocument['nodes']>[number] {
  const labels = { zone, rack, 'kubernetes.io/hostname': name };
  return { name, labels, allocatable: { gpu: 8, cpu: '8', pods: 10 } };
}

function gang(): GangDocument {
  return {
    name: 'g',
    queue: 'team',
    priority: 125,
    preemptible: false,
    constraint: { topology: 't', required: 'zone', preferred: 'rack' },
    groups: [
      { name: 'prefill', replicas: 2, minReplicas: 1, pod: { requests: { gpu: 4, cpu: '500m' } } },
      { name: 'decode', count: 2, constraint: { topology: 't', required: 'rack' }, pod: { requests: { gpu: 8 } } },
    ],
    traffic: [
      // 4 pairs that share the zone: 1,000,000 / 3, rounded: 333,333, times 3
      { between: ['prefill', 'decode'], weight: 3 },
      // 1 pair that shares the rack: 20,000
      { between: ['decode', 'decode'], weight: 1 },
    ],
  };
}

const objective: Objective = {
  unplaced: [[125, 0, 0]],
  moved: [0, 0],
  extras: [[125, 0]],
  // zones 1 - 1, racks 2 - 1
  preferred: [0, 1, 0],
  distance: '1019999/1',
  spread: [
    [1, 2, 3],
    [2, 2, 3],
    [3, 3, 4],
  ],
  // nodes n1 to n3; racks z1/r1 and z1/r2; zone z1
  fragmentation: [3, 2, 1],
};

export const placedGang: PlacedGang = {
  name: 'g',
  status: 'placed',
  placements: { 'prefill/0': ['n3'], 'prefill/1': ['n3'], 'decode/0': ['n1', 'n2'] },
  domains: { '': { zone: 'z1' }, 'decode/0': { rack: 'r1' } },
  moved: [],
};

export const plan: Plan = {
  version: 1,
  status: 'placed',
  gangs: [placedGang],
  objective,
  bound: objective,
  certificate: {},
  optimal: true,
};

/** What is found, without the numbers that follow from it: a plan changed in one place no longer has its objective. */
export function faults(document: ProblemDocument, changed: Plan): readonly string[] {
  expect(readProblem(document).ok).toBe(true);
  const derived: readonly FaultCode[] = ['objective', 'bound'];
  return checkPlan(document, changed)
    .filter(({ code }) => !derived.includes(code))
    .map(({ code, message }) => `${code}: ${message}`);
}

export function withGang(change: Partial<PlacedGang>): Plan {
  return { ...plan, gangs: [{ ...placedGang, ...change }] };
}

export function withPlacements(change: PlacedGang['placements']): Plan {
  return withGang({ placements: { ...placedGang.placements, ...change } });
}

export function withNode(name: string, change: Partial<NodeDocument>): ProblemDocument {
  return {
    ...problem,
    nodes: (problem.nodes ?? []).map((node) => (node.name === name ? { ...node, ...change } : node)),
  };
}

export function gangChanged(change: Partial<GangDocument>): ProblemDocument {
  return { ...problem, gangs: (problem.gangs ?? []).map((gang) => ({ ...gang, ...change })) };
}

export function groupChanged(name: string, change: object): ProblemDocument {
  const groups = (problem.gangs?.[0]?.groups ?? []).map((group) =>
    group.name === name ? { ...group, ...change } : group,
  );
  return gangChanged({ groups });
}
