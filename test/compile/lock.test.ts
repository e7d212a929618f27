import fc from 'fast-check';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack, type Compilation } from '../../lib';
import { readLock } from '../../lib/pins/lock';
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

/** Compiles, and keeps the lock as synth does. */
function synth(world: World): Compilation {
  const compilation = fleetOf(world).compile();
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

test('whatever stands in a lock, reading it gives a lock or findings, never an exception', () => {
  const [text = ''] = synth({ graphs: ten.slice(0, 2) }).locks.values();
  const lines = text.split('\n');
  const edits = fc.oneof(
    fc.nat(text.length).map((at) => text.slice(0, at)),
    fc.shuffledSubarray(lines).map((some) => some.join('\n')),
    fc
      .tuple(fc.nat(lines.length - 1), fc.oneof(fc.string(), fc.constantFrom('- 1', '{', ': :', '!!js x', '&a [*a]')))
      .map(([at, junk]) => lines.with(at, junk).join('\n')),
    fc.json(),
  );
  fc.assert(
    fc.property(edits, (edited) => {
      const read = readLock('test.lock.yaml', edited);
      expect(read.ok || read.diagnostics.length > 0).toBe(true);
    }),
    { numRuns: 300 },
  );
});
