import { existsSync, readdirSync } from 'node:fs';
import { asList, asMap } from '../../lib/inventory/raw';
import { readManifests } from '../../lib/workloads/objects';
import { readWorkloads } from '../../lib/workloads/read';
import { gpuCount, podCount, type Workload } from '../../lib/workloads/workload';
import { examples } from './examples';

const FOLDER = '../shared/examples/dynamo';
const GOLDEN = 'operator-golden/main-2026-08-21';

/** Everything in a file that makes pods; whatever is wrong with it is a warning. */
function workloadsIn(file: string): readonly Workload[] {
  const { objects, diagnostics } = readManifests([`${FOLDER}/${file}`]);
  const read = readWorkloads(objects);
  expect([...diagnostics, ...read.diagnostics].filter(({ severity }) => severity === 'error')).toEqual([]);
  return read.workloads;
}

function sum(workloads: readonly Workload[], of: (workload: Workload) => number): number {
  return workloads.reduce((total, workload) => total + of(workload), 0);
}

// The examples are published with Dynamo and lie beside the project; where they are absent, this says so.
const beside = existsSync(FOLDER) ? describe : describe.skip;

beside('every example in ../shared/examples/dynamo', () => {
  test('is in the table', () => {
    const files = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'));
    expect(files.sort()).toEqual(examples.map(({ file }) => file).sort());
  });

  test.each(examples)('$file: $workloads workloads, $pods pods, $gpus GPUs', ({ file, workloads, pods, gpus }) => {
    const found = workloadsIn(file);
    const counted = { workloads: found.length, pods: sum(found, podCount), gpus: sum(found, gpuCount) };
    expect(counted).toEqual({ workloads, pods, gpus });
  });
});

beside("the operator's own golden cases", () => {
  const size = (workloads: readonly Workload[]): Record<string, number> =>
    Object.fromEntries(
      workloads.flatMap(({ components }) => components.map(({ name, replicas, nodes }) => [name, replicas * nodes])),
    );

  test('a graph has the pods of the Deployments that the operator makes of it', () => {
    const made = workloadsIn(`${GOLDEN}/dgd/components/output.yaml`).filter(({ kind }) => kind === 'Deployment');
    const names = made.map(({ labels }) => labels['nvidia.com/dynamo-component'] ?? '');
    expect(size(workloadsIn(`${GOLDEN}/dgd/components/input.yaml`))).toEqual({ frontend: 1, decode: 2 });
    expect([...new Set(names)].sort()).toEqual(['decode', 'frontend']);
    expect(sum(made, podCount)).toBe(3);
  });

  test('a component of two nodes has the pods of the LeaderWorkerSet that the operator makes of it', () => {
    const [input] = workloadsIn(`${GOLDEN}/dcd/lws/input.yaml`);
    const [output] = workloadsIn(`${GOLDEN}/dcd/lws/output.yaml`);
    const shape = (workload: Workload | undefined): unknown =>
      workload?.components.map(({ replicas, nodes, pods }) => ({
        replicas,
        nodes,
        pods: pods.map(({ role, count, requests }) => ({ role, count, requests })),
      }));
    expect(output?.kind).toBe('LeaderWorkerSet');
    expect(shape(input)).toEqual(shape(output));
    expect(shape(input)).toEqual([
      {
        replicas: 2,
        nodes: 2,
        pods: [
          { role: 'leader', count: 1, requests: {} },
          { role: 'worker', count: 1, requests: {} },
        ],
      },
    ]);
  });

  test('with Grove a graph has the pods of its cliques, and no more requests than they', () => {
    const { objects } = readManifests([`${FOLDER}/${GOLDEN}/dgd/grove/output.yaml`]);
    const set = asMap(asMap(asMap(objects.find(({ kind }) => kind === 'PodCliqueSet')?.document).spec).template);
    const cliques = asList(set.cliques).map((clique) => {
      const spec = asMap(asMap(clique).spec);
      const containers = asList(asMap(spec.podSpec).containers).map((each) => asMap(each).resources);
      return { name: asMap(clique).name, replicas: spec.replicas, containers };
    });
    expect(cliques).toEqual([
      { name: 'frontend', replicas: 1, containers: [{}] },
      { name: 'decode-ldr', replicas: 1, containers: [{}] },
      { name: 'decode-wkr', replicas: 1, containers: [{}] },
    ]);
    const [graph] = workloadsIn(`${GOLDEN}/dgd/grove/input.yaml`);
    expect(
      graph?.components.map(({ name, pods }) => [name, pods.map(({ role, count }) => `${count} ${role}`)]),
    ).toEqual([
      ['frontend', ['1 only']],
      ['decode', ['1 leader', '1 worker']],
    ]);
    expect(graph?.components.flatMap(({ pods }) => pods.map(({ requests }) => requests))).toEqual([{}, {}, {}]);
  });
});
