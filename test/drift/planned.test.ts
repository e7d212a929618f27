import { join } from 'node:path';
import { readFileSync, rmSync } from 'node:fs';
import { readCommitted, type Committed } from '../../lib/drift/committed';
import { standingsOf } from '../../lib/drift/names';
import { plannedGraphs } from '../../lib/drift/planned';
import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { node, nodes, testCluster } from '../support/fleet';
import { removeRepositories, repository, write } from './repository';

afterEach(removeRepositories);

const lock = 'test.lock.yaml';

/** Four nodes, two graphs: one with a pin for each replica, one that something scales. */
function compiled(hostname = (name: string): string => name): string {
  const items = ['n1', 'n2', 'n3', 'n4'].map((name) =>
    node(name, { labels: { 'kubernetes.io/hostname': hostname(name) } }),
  );
  const { fleet, graph } = testCluster(items, [], { lock });
  graph('pinned', { worker: { gpus: 8, replicas: 2, pinning: 'replica' } });
  graph('scaled', { worker: { gpus: 4, replicas: { min: 1, max: 3 } } });
  return repository(fleet);
}

function read(root: string, more: { lock?: string; cluster?: string } = {}): Outcome<Committed> {
  return readCommitted({ cluster: 'test', dist: join(root, 'dist'), ...more });
}

function codes({ diagnostics }: Outcome<unknown>): string[] {
  return diagnostics.map(({ code }) => code);
}

/** What stands of each component, and what is found. */
function standing(root: string): { found: string[]; of: Record<string, unknown> } {
  const committed = read(root);
  if (!committed.ok) throw new Error(codes(committed).join());
  const graphs = plannedGraphs(committed.value);
  if (!graphs.ok) throw new Error(codes(graphs).join());
  const standings = standingsOf(committed.value, graphs.value);
  const entries = graphs.value.flatMap(({ name, components }) =>
    components.map((component) => {
      const { least, most } = component;
      return [`${name}/${component.name}`, { pods: [least, most], ...standings.of(component) }] as const;
    }),
  );
  return {
    found: [...codes(committed), ...standings.diagnostics.map(({ code }) => code)],
    of: Object.fromEntries(entries),
  };
}

const planned = {
  'pinned/frontend': { pods: [1, 1], pin: ['n1'], places: ['n1'] },
  'pinned/worker-0': { pods: [1, 1], pin: ['n1'], places: ['n1'] },
  'pinned/worker-1': { pods: [1, 1], pin: ['n2'], places: ['n2'] },
  'scaled/frontend': { pods: [1, 1], pin: ['n3'], places: ['n3'] },
  'scaled/worker': { pods: [1, 3], pin: ['n3', 'n4'], places: ['n3', 'n3', 'n4'] },
};

test('the plan is what dist pins and the lock counts', () => {
  expect(standing(compiled())).toEqual({ found: [], of: planned });
});

test('without a lock the pins are known, and not how many pods each node has', () => {
  const root = compiled();
  rmSync(join(root, 'topologies'), { recursive: true });
  const { found, of } = standing(root);
  expect(found).toEqual(['BAY4063']);
  expect(of['scaled/worker']).toEqual({ pods: [1, undefined], pin: ['n3', 'n4'], places: [] });
});

test('hostnames that are no names of nodes are looked up in the inventory of the lock', () => {
  const root = compiled((name) => `host-${name}`);
  const items = nodes(['n1', 'n2', 'n3', 'n4']).map((item, i) => {
    const labels = { 'kubernetes.io/hostname': `host-n${i + 1}` };
    return { ...item, metadata: { name: `n${i + 1}`, labels } };
  });
  write(join(root, 'topologies/nodes.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  const file = join(root, 'topologies', lock);
  const digest = `sha256:${'0'.repeat(64)}`;
  write(file, readFileSync(file, 'utf8').replace('inputs: {}', `inputs: { nodes.json: ${digest} }`));
  expect(standing(root)).toEqual({ found: [], of: planned });
});

test('a lock of another commit is told, and dist wins', () => {
  const root = compiled();
  const file = join(root, 'topologies', lock);
  write(file, readFileSync(file, 'utf8').replaceAll('n4', 'n2'));
  const { found, of } = standing(root);
  expect(found).toEqual(['BAY4065']);
  expect(of['scaled/worker']).toEqual({ pods: [1, 3], pin: ['n3', 'n4'], places: [] });
});

describe('what cannot be found', () => {
  test('a folder', () => {
    const outcome = readCommitted({ cluster: 'test', dist: '/nowhere/dist' });
    expect(outcome.diagnostics).toMatchObject([{ code: 'BAY4061', message: 'there is no folder /nowhere/dist' }]);
  });

  test('a cluster', () => {
    const outcome = read(compiled(), { cluster: 'tset' });
    expect(outcome.diagnostics).toMatchObject([
      { code: 'BAY4061', notes: ['it has test'], help: 'did you mean --cluster test?' },
    ]);
  });

  test('one lock among several', () => {
    const root = compiled();
    write(join(root, 'topologies/old', lock), readFileSync(join(root, 'topologies', lock), 'utf8'));
    expect(codes(read(root))).toEqual(['BAY4064']);
    expect(read(root, { lock: join(root, 'topologies', lock) }).ok).toBe(true);
  });

  test('a lock of this cluster', () => {
    const root = compiled();
    const file = join(root, 'topologies', lock);
    write(file, readFileSync(file, 'utf8').replace('cluster: test', 'cluster: other'));
    expect(codes(read(root))).toEqual(['BAY4064']);
    expect(codes(read(root, { lock: join(root, 'none.yaml') }))).toEqual(['BAY1001']);
  });

  test('a manifest in dist', () => {
    const root = compiled();
    write(join(root, 'dist/test/platform/notes.yaml'), 'call Ann\n');
    expect(codes(read(root))).toEqual(['BAY1101']);
  });
});
