import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { checkPlan } from '../../lib/checker/check';
import type { GangDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { solve } from '../../lib/placement/solve';

const folder = join(__dirname, '../../../shared/data');
const gpu = 'nvidia.com/gpu';

/** Without the folder beside the project these tests are skipped, and their names say so. */
const present = existsSync(folder);
const suite = present ? describe : describe.skip;
const missing = present ? '' : ' (skipped: ../shared/data is absent)';

function textOf(file: string): string {
  return present ? readFileSync(join(folder, file), 'utf8') : '';
}

function planFor(document: ProblemDocument): Plan {
  const outcome = readProblem(document);
  if (!outcome.ok) throw new Error(outcome.diagnostics.map(({ message }) => message).join('; '));
  const plan = solve(outcome.value);
  expect(checkPlan(document, plan)).toEqual([]);
  return plan;
}

/** By gang: the nodes of its pods, sorted; a gang without a place has none. */
function nodesOf({ gangs }: Plan): Record<string, readonly string[]> {
  return Object.fromEntries(
    gangs.map((gang) => [gang.name, gang.status === 'placed' ? Object.values(gang.placements).flat().sort() : []]),
  );
}

/** The parts of a knavigator test that say what cluster there is. */
interface Knavigator {
  readonly tasks?: readonly {
    readonly params: {
      readonly nodes?: readonly { readonly labels: Readonly<Record<string, string | boolean>> }[];
      readonly selectors?: readonly { readonly 'node-id': string }[];
    };
  }[];
}

const network = 'network.topology.nvidia.com';

function knavigatorNodes(text: string): NodeDocument[] {
  const tasks = (parse(text) as Knavigator | null)?.tasks ?? []; // the files of one published version
  const busy = new Set(tasks.flatMap(({ params }) => params.selectors ?? []).map((selector) => selector['node-id']));
  return tasks
    .flatMap(({ params }) => params.nodes ?? [])
    .map(({ labels }): NodeDocument => {
      const name = String(labels['node-id']);
      const texts = Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, String(value)]));
      const allocatable = { [gpu]: texts['nvidia.com/gpu.count'] ?? '0' };
      return { name, labels: texts, unschedulable: busy.has(name), allocatable };
    });
}

const tree = { name: 'network', levels: ['datacenter', 'spine', 'block'].map((level) => `${network}/${level}`) };
const nvlink = { name: 'nvlink', levels: [`${network}/accelerator`] };

/** A job of so many replicas, each of which takes all GPUs of a node. */
function job(name: string, replicas: number, constraint: NonNullable<GangDocument['constraint']>): GangDocument {
  return { name, constraint, groups: [{ name: 'workers', replicas, pod: { requests: { [gpu]: 8 } } }] };
}

/**
 *                 ________ sw31 ________
 *                /          |           \
 *            sw21          sw22          sw23
 *           /    \        /    \        /    \
 *        sw11   sw12   sw13   sw14   sw15   sw16
 *        n1 n2  n3 n4  n5 n6  n7 n8  n9 n10 n11 n12
 *        x      x         x                 x   x     busy
 */
suite(`the network topology benchmark of knavigator${missing}`, () => {
  const nodes = knavigatorNodes(textOf('knavigator/nwtopo--config-nodes.yaml'));
  const problem = (gangs: GangDocument[]): ProblemDocument => ({ version: 1, topologies: [tree], nodes, gangs });

  test('has 12 nodes, 5 of them busy', () => {
    expect(nodes).toHaveLength(12);
    expect(nodes.filter(({ unschedulable }) => unschedulable).map(({ name }) => name)).toEqual([
      'n1',
      'n3',
      'n6',
      'n11',
      'n12',
    ]);
  });

  test('a job of 3 replicas that prefers few blocks is on the nodes that the benchmark marks as optimal', () => {
    const plan = planFor(problem([job('job', 3, { topology: tree.name, preferred: `${network}/block` })]));
    const marked = nodes.filter(({ labels }) => labels?.['net-optimal'] === 'true').map(({ name }) => name);
    expect(marked).toEqual(['n5', 'n7', 'n8']);
    expect(nodesOf(plan)).toEqual({ job: marked });
    expect({ preferred: plan.objective.preferred, optimal: plan.optimal }).toEqual({
      preferred: [0, 0, 1, 0],
      optimal: true,
    });
  });

  test('so is one that must have one spine, and one that says nothing but which pods talk to each other', () => {
    const required = job('job', 3, { topology: tree.name, required: `${network}/spine` });
    expect(nodesOf(planFor(problem([required])))).toEqual({ job: ['n5', 'n7', 'n8'] });
    const { constraint: _, ...free } = job('job', 3, { topology: tree.name });
    const talking = { ...free, traffic: [{ between: ['workers', 'workers'], weight: 1 }] } satisfies GangDocument;
    expect(nodesOf(planFor(problem([talking])))).toEqual({ job: ['n5', 'n7', 'n8'] });
  });

  test('4 replicas in one spine have no place, 4 replicas anywhere need two spines', () => {
    const plan = planFor(problem([job('job', 4, { topology: tree.name, required: `${network}/spine` })]));
    expect(plan.status).toBe('infeasible');
    const two = planFor(problem([job('job', 4, { topology: tree.name, preferred: `${network}/spine` })]));
    expect(two).toMatchObject({ status: 'placed', optimal: true, objective: { preferred: [0, 1, 0, 0] } });
  });
});

/**
 *             _____ sw31 ______
 *            /                 \
 *        sw21                   sw22
 *       /    \                 /    \
 *    sw11     sw12         sw13     sw14
 *    n1 n2 n3 n4 n5 n6     n7 n8 n9 n10 n11 n12
 *    nvl1 ────────────     nvl2 ───────────────
 */
suite(`the accelerated network topology benchmark of knavigator${missing}`, () => {
  const nodes = knavigatorNodes(textOf('knavigator/nwtopo--config-nodes-acc.yaml'));
  const problem = (gangs: GangDocument[]): ProblemDocument => ({
    version: 1,
    topologies: [tree, nvlink],
    nodes,
    gangs,
  });
  const halves = [
    ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'],
    ['n10', 'n11', 'n12', 'n7', 'n8', 'n9'],
  ];

  test.each(['required', 'preferred'] as const)(
    'two jobs of 6 replicas have one NVLink domain each: %s',
    (strength) => {
      const constraint = { topology: nvlink.name, [strength]: `${network}/accelerator` };
      const plan = planFor(problem([job('job1', 6, constraint), job('job2', 6, constraint)]));
      const { job1, job2 } = nodesOf(plan);
      expect([job1, job2].sort()).toEqual(halves);
      expect(plan).toMatchObject({ status: 'placed', optimal: true });
    },
  );

  test('a third job has no place, and one of 3 replicas that prefers few blocks has a block for itself', () => {
    const constraint = { topology: nvlink.name, required: `${network}/accelerator` };
    const jobs = ['job1', 'job2', 'job3'].map((name) => job(name, 6, constraint));
    const placed = Object.values(nodesOf(planFor(problem(jobs)))).filter((names) => names.length > 0);
    expect(placed.sort()).toEqual(halves);
    const small = planFor(problem([job('job', 3, { topology: tree.name, preferred: `${network}/block` })]));
    expect(small).toMatchObject({ optimal: true, objective: { preferred: [0, 0, 0, 0] } });
  });
});

interface OpenbNode {
  readonly name: string;
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
  readonly model: string;
  readonly rack: string;
}

/** Rows of the file, in its order; the racks of 16 neighbours and the rows of 8 racks are made. */
function openbNodes(text: string): OpenbNode[] {
  const lines = text.split('\n').slice(1).filter((line) => line !== ''); // prettier-ignore
  return lines.map((line, i) => {
    const [name = '', cpu, memory, gpus, model = ''] = line.trim().split(',');
    const rack = `row-${Math.floor(i / 128)}/rack-${Math.floor(i / 16)}`;
    return { name, cpu: Number(cpu), memory: Number(memory), gpus: Number(gpus), model, rack };
  });
}

function openbDocument({ name, cpu, memory, gpus, model, rack }: OpenbNode): NodeDocument {
  const [row = '', own = ''] = rack.split('/');
  return {
    name,
    labels: { row, rack: own, 'kubernetes.io/hostname': name, model },
    allocatable: { cpu: `${cpu}m`, memory: `${memory}Mi`, [gpu]: gpus, pods: 110 },
  };
}

interface OpenbPod {
  readonly gpus: number;
  readonly cpu: number;
  readonly model?: string;
}

/** How many such pods an empty node holds. */
function holds(node: OpenbNode, { gpus, cpu, model }: OpenbPod): number {
  if (model !== undefined && node.model !== model) return 0;
  return Math.min(Math.floor(node.gpus / gpus), Math.floor(node.cpu / (1000 * cpu)), 110);
}

function openbGroup(name: string, replicas: number, { gpus, cpu, model }: OpenbPod): GangDocument['groups'][number] {
  const pod = { requests: { [gpu]: gpus, cpu }, ...(model && { nodeSelector: { model } }) };
  return { name, replicas, pod };
}

const inOneRack = { topology: 'floor', required: 'rack' };

suite(
  `a real cluster of 1,213 nodes and 6,212 GPUs of mixed models, with made racks of 16 and rows of 8 racks${missing}`,
  () => {
    const nodes = openbNodes(textOf('openb/openb_node_list_gpu_node.csv'));
    const problem = (gangs: GangDocument[]): ProblemDocument => ({
      version: 1,
      topologies: [{ name: 'floor', levels: ['row', 'rack'] }],
      nodes: nodes.map(openbDocument),
      gangs,
    });
    /** By rack: how many pods of a kind it holds, by counting node by node. */
    const byRack = (pod: OpenbPod): Map<string, number> => {
      const counts = new Map<string, number>();
      for (const node of nodes) counts.set(node.rack, (counts.get(node.rack) ?? 0) + holds(node, pod));
      return counts;
    };

    test('is read as published', () => {
      expect([nodes.length, nodes.reduce((sum, { gpus }) => sum + gpus, 0)]).toEqual([1213, 6212]);
    });

    test.each<OpenbPod>([
      { gpus: 8, cpu: 32, model: 'G2' },
      { gpus: 3, cpu: 16, model: 'G2' },
      { gpus: 5, cpu: 8, model: 'V100M32' },
      { gpus: 2, cpu: 12, model: 'T4' },
    ])(
      'one rack holds as many pods of $gpus GPUs and $cpu CPUs of model $model as counting says, and not one more',
      (pod) => {
        const most = Math.max(...byRack(pod).values());
        const gang = (replicas: number): GangDocument => ({
          name: 'g',
          constraint: inOneRack,
          groups: [openbGroup('w', replicas, pod)],
        });
        expect(planFor(problem([gang(most)]))).toMatchObject({ status: 'placed', objective: { spread: [[1, 1, expect.any(Number)], [1, 1, expect.any(Number)], [most, most, most]] } }); // prettier-ignore
        expect(planFor(problem([gang(most + 1)])).status).toBe('infeasible');
      },
    );

    test('one gang more than there are racks that hold it is left out', () => {
      const pod = { gpus: 8, cpu: 64, model: 'G2' };
      const racks = [...byRack(pod).values()].filter((count) => count >= 12).length;
      expect(racks).toBeGreaterThan(1);
      const gangs = Array.from({ length: racks + 1 }, (_, i): GangDocument => ({
        name: `g${i}`,
        constraint: inOneRack,
        groups: [openbGroup('w', 12, pod)],
      }));
      const plan = planFor(problem(gangs));
      expect(plan.objective.unplaced).toEqual([[0, 0, 1]]);
    });

    const mix: GangDocument[] = [
      {
        name: 'rack-of-g2',
        constraint: inOneRack,
        groups: [openbGroup('decode', 6, { gpus: 8, cpu: 48, model: 'G2' })],
      },
      {
        name: 'disaggregated',
        constraint: { topology: 'floor', required: 'row', preferred: 'rack' },
        groups: [
          openbGroup('prefill', 4, { gpus: 4, cpu: 16, model: 'G2' }),
          openbGroup('decode', 3, { gpus: 8, cpu: 32, model: 'G2' }),
        ],
        traffic: [{ between: ['prefill', 'decode'], weight: 1 }],
      },
      {
        name: 'v100',
        constraint: { topology: 'floor', preferred: 'rack' },
        groups: [openbGroup('w', 5, { gpus: 4, cpu: 8, model: 'V100M16' })],
      },
      {
        name: 'odd',
        constraint: inOneRack,
        groups: [openbGroup('a', 3, { gpus: 3, cpu: 8 }), openbGroup('b', 3, { gpus: 5, cpu: 8 })],
      },
      { name: 't4', groups: [openbGroup('w', 8, { gpus: 1, cpu: 20, model: 'T4' })] },
      {
        name: 'too-many-p100',
        constraint: inOneRack,
        groups: [openbGroup('w', 40, { gpus: 2, cpu: 8, model: 'P100' })],
      },
    ];

    test('a mix of gangs is placed but for the one that counting excludes, the same in any order', () => {
      expect(Math.max(...byRack({ gpus: 2, cpu: 8, model: 'P100' }).values())).toBeLessThan(40);
      const document = problem(mix);
      const plan = planFor(document);
      const out = plan.gangs.filter(({ status }) => status === 'unplaced').map(({ name }) => name);
      expect(out).toEqual(['too-many-p100']);
      const turned = { ...document, nodes: [...(document.nodes ?? [])].reverse(), gangs: [...mix].reverse() };
      expect(JSON.stringify(planFor(turned))).toBe(JSON.stringify(plan));
    });
  },
);
