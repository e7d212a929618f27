import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack, type Compilation } from '../../lib';
import { changedLines } from '../support/transitions';
import { errorCodes, failure, graphDefaults, list, node, pins, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Placements that are kept: what moves from one compile to the next, and what does not. */

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Wanted {
  readonly id: string;
  readonly gpus?: number;
}

interface World {
  readonly graphs: readonly Wanted[];
  readonly lost?: readonly string[];
  readonly grove?: boolean;
}

const lockFile = (): string => join(folder, 'test.lock.yaml');

function fleetOf({ graphs, lost = [], grove = false }: World): Fleet {
  const names = Array.from({ length: 12 }, (_, i) => `n${String(i).padStart(2, '0')}`);
  const nodes = names.map((name, i) => node(name, { rack: `r${i % 4}`, ready: !lost.includes(name) }));
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0', ...(grove ? { grove: '0.1.0-alpha.13' } : {}) }),
    inventory: Inventory.fromObjects({ nodes: list(nodes) }),
    topology: topology(),
    lock: lockFile(),
  });
  const queue = new Queue(cluster, 'team-a');
  for (const { id, gpus = 4 } of graphs) {
    new DynamoGraph(cluster, id, {
      ...graphDefaults(queue),
      placement: { preferred: Level.rack() },
      prefill: { gpus },
      decode: { gpus },
    });
  }
  return fleet;
}

/** Compiles, and keeps the lock as synth does. @param running the dist that is there, for the change to be played through */
function synth(world: World, running?: Compilation['files']): Compilation {
  const compilation = fleetOf(world).compile(running ? { running } : {});
  for (const [file, text] of compilation.locks) writeFileSync(file, text);
  return compilation;
}

/** Nodes of each graph's components in the plan. */
function places(compilation: Compilation, { graphs }: World): Map<string, string> {
  return new Map(graphs.map(({ id }) => [id, JSON.stringify(pins(compilation, `test/${id}`))]));
}

function moved(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...before.keys()].filter((id) => after.has(id) && before.get(id) !== after.get(id));
}

const ten = Array.from({ length: 10 }, (_, i) => ({ id: `g${i}`, gpus: i % 2 === 0 ? 4 : 2 }));

describe.each([false, true])('ten graphs locked (Grove: %s)', (grove) => {
  test('a second compile changes nothing, in dist and in the lock', () => {
    const world = { graphs: ten, grove };
    const first = synth(world);
    const second = synth(world);
    expect(second.files).toEqual(first.files);
    expect(second.locks).toEqual(first.locks);
  });

  test('one added, one removed: the others stay', () => {
    const before = { graphs: ten, grove };
    const placed = places(synth(before), before);
    const after = { graphs: [...ten.slice(1), { id: 'a-new-one', gpus: 8 }], grove };
    expect(moved(placed, places(synth(after), after))).toEqual([]);
  });

  test('one renamed: it takes its place along', () => {
    const before = { graphs: ten, grove };
    const placed = places(synth(before), before);
    const after = { graphs: ten.map((each) => (each.id === 'g3' ? { ...each, id: 'another' } : each)), grove };
    const now = places(synth(after), after);
    expect(moved(placed, now)).toEqual([]);
    expect([...placed.values()]).toContain(now.get('another'));
  });

  test('one added, one removed, one renamed and a node lost at once: no other file of dist changes', () => {
    const before = { graphs: ten, grove };
    const first = synth(before);
    const placed = places(first, before);
    const lost = /n\d\d/.exec(placed.get('g5') ?? '')?.[0] ?? '';
    const renamed = ten.slice(1).map((each) => (each.id === 'g3' ? { ...each, id: 'another' } : each));
    const after = { graphs: [...renamed, { id: 'a-new-one', gpus: 8 }], lost: [lost], grove };
    const second = synth(after, first.files);
    const hit = [...placed]
      .filter(([id, nodes]) => id !== 'g0' && id !== 'g3' && nodes.includes(lost))
      .map(([id]) => id);
    expect(moved(placed, places(second, after))).toEqual(hit);
    const whole = ['g0', 'g3', 'another', 'a-new-one'];
    const kinds = new Map(second.changes.map(({ graph, change }) => [graph.replace('inference/', ''), change.kind]));
    expect(Object.fromEntries(kinds)).toEqual({
      ...Object.fromEntries(ten.map(({ id }) => [id, hit.includes(id) ? 'rolls' : 'unchanged'])),
      ...{ g0: 'removed', g3: 'removed', another: 'new', 'a-new-one': 'new' },
    });
    const stat = changedLines(first.files, second.files);
    const graphOf = (path: string): string | undefined => /\/graphs\/([^/]+)\//.exec(path)?.[1];
    const touched = Object.keys(stat).map(graphOf);
    expect([...new Set(touched.filter((id) => id !== undefined))].sort()).toEqual([...whole, ...hit].sort());
    // of a graph that moves nothing but hostnames in pins, a line out and a line in for each
    for (const [path, lines] of Object.entries(stat).filter(([path]) => hit.includes(graphOf(path) ?? ''))) {
      expect(path).toMatch(/dynamographdeployment-/);
      expect(lines).toBeLessThanOrEqual(2 * 3);
    }
    const others = Object.keys(stat).filter((path) => graphOf(path) === undefined);
    expect(others.filter((path) => !path.startsWith('test/flux/'))).toEqual([]);
  });

  test('a node lost: only graphs that were on it move', () => {
    const before = { graphs: ten, grove };
    const placed = places(synth(before), before);
    const lost = /n\d\d/.exec([...placed.values()].join())?.[0] ?? '';
    const after = { graphs: ten, lost: [lost], grove };
    const gone = moved(placed, places(synth(after), after));
    expect(gone).toEqual([...placed].filter(([, nodes]) => nodes.includes(lost)).map(([id]) => id));
    expect(gone.length).toBeGreaterThan(0);
  });
});

test('a better plan is only taken where it may move graphs', () => {
  // two graphs that came one after the other, with a third between them that is gone now
  const small = (id: string) => ({ id, gpus: 8 });
  const crowded = { graphs: [small('a'), small('b'), small('c'), small('d'), small('e')] };
  synth(crowded);
  const after = { graphs: [small('b'), small('e')] };
  const kept = fleetOf(after).compile();
  const free = fleetOf(after).compile({ rebalance: 2 });
  expect(kept.clusters[0]?.plan.objective.moved).toEqual([0, 0]);
  expect(free.clusters[0]?.plan.gangs.every(({ status }) => status === 'placed')).toBe(true);
});

test('a lock of the first form keeps every graph where it is, and is written in the current one', () => {
  const world = { graphs: ten };
  const placed = places(synth(world), world);
  const [text = ''] = fleetOf(world).compile().locks.values();
  const { images: _images, charts: _charts, models: _models, ...first } = parse(text) as Record<string, unknown>; // a map
  writeFileSync(lockFile(), stringify({ ...first, format: 1 }));
  const after = { graphs: [...ten.slice(1), { id: 'a-new-one', gpus: 8 }] };
  expect(moved(placed, places(fleetOf(after).compile(), after))).toEqual([]);
  expect([...fleetOf(world).compile().locks.values()]).toEqual([text]);
});

describe('a lock that synth did not write', () => {
  test('conflict markers name the line and the way out', () => {
    synth({ graphs: ten });
    writeFileSync(lockFile(), 'format: 1\n<<<<<<< HEAD\ncluster: a\n=======\ncluster: b\n>>>>>>> other\n');
    expect(failure(fleetOf({ graphs: ten }))).toMatchObject([{ code: 'BAY6020', where: { line: 2 } }]);
  });

  test('unknown keys, other forms and wrong digests are refused, each where it is', () => {
    writeFileSync(
      lockFile(),
      'format: 3\ncluster: test\ncompiler: "1"\ninputs: {a: sha256:12}\nplacements: {}\nx: 1\n',
    );
    expect(errorCodes(fleetOf({ graphs: ten }))).toEqual(['BAY6020', 'BAY6020', 'BAY6020']);
  });

  test('a node, a graph or a component that is gone is no error', () => {
    const [text = ''] = synth({ graphs: ten }).locks.values();
    writeFileSync(
      lockFile(),
      text.replaceAll('n00', 'gone').replaceAll('inference/g1', 'inference/gone').replace('decode', 'other'),
    );
    expect(fleetOf({ graphs: ten }).compile().diagnostics).toEqual([]);
  });
});
