import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Level, type Compilation, type Diagnostic, type DynamoGraphProps } from '../../lib';
import { summary } from '../../lib/summary';
import { changedLines, compileOn, findingsOf, on, type Cluster, type Path } from '../support/transitions';

/**
 * Changes of a graph that runs, through the whole compile, with what was seen of each on a real cluster: prefill of one
 * pod and decode of three, each pod of them a whole node.
 *
 *   n1 n2 n3  decode      n4  free      n5  prefill      n6  free
 */

const sets = {
  decode: ['n1', 'n2', 'n3'],
  next: ['n2', 'n3', 'n4'],
  back: ['n2', 'n3', 'n5'],
  most: ['n1', 'n2', 'n3', 'n4'],
  first: ['n1'],
  fifth: ['n5'],
  all: ['n1', 'n2', 'n3', 'n4', 'n5', 'n6'],
};

type Props = Partial<DynamoGraphProps>;

const graph = (prefill: string, decode: string, props: Props = {}): Record<string, Props> => ({
  g: { prefill: { gpus: 8, ...on(prefill) }, decode: { gpus: 8, replicas: 3, ...on(decode) }, ...props },
});

const recreate = { rollout: 'recreate' } as const;
const both: readonly Path[] = ['component path', 'Grove'];

/** From one set of graphs to another on a cluster, and what is found. */
function change(
  cluster: Cluster,
  before: Record<string, Props>,
  after: Record<string, Props>,
  now: Partial<Cluster> = {},
) {
  const running = compileOn(cluster, before).files;
  const compile = (firstStep = false): Compilation => compileOn({ ...cluster, ...now }, after, { running, firstStep });
  return { running, compile, found: () => findingsOf(() => compile()) };
}

const classOf = ({ changes }: Compilation): unknown => changes.map(({ change: { kind } }) => kind);

const refusal = (found: readonly Diagnostic[]): unknown =>
  found.map(({ code, notes, help }) => ({ code, notes, help }));

describe.each(both)('on the %s', (path) => {
  const cluster: Cluster = { path, sets };

  test('a node lost: decode moves on, two of three keep serving', () => {
    const { compile } = change(cluster, graph('fifth', 'most'), graph('fifth', 'most'), { lost: ['n1'] });
    expect(classOf(compile())).toEqual(['rolls']);
    expect(compile().diagnostics).toEqual([]);
  });

  test('a chain: prefill takes a node of decode, which moves on', () => {
    const { found, compile } = change(cluster, graph('fifth', 'decode'), graph('first', 'next'));
    const ways = path === 'Grove' ? '' : `say rollout: 'recreate' on graph "g" for this change (an outage of it); or `;
    expect(refusal(found())).toEqual([
      {
        code: 'BAY4045',
        notes: [
          'prefill of g waits for n1, held by decode of g, which has room where it goes',
          expect.stringMatching(/^played through it /) as string,
        ],
        help: `change in two commits: bayplan synth --first-step writes the first; or ${ways}give graph "g" a new name`,
      },
    ]);
    const first = compile(true);
    expect(first.firstSteps).toMatchObject([{ cluster: 'test', graphs: ['inference/g'] }]);
  });

  test('a swap: each waits for the other', () => {
    const { found } = change(cluster, graph('fifth', 'decode'), graph('first', 'back'));
    expect(found()).toMatchObject([{ code: 'BAY4045', data: { cycle: true, firstStep: false } }]);
    expect(found()[0]?.notes).toEqual([
      'decode of g waits for n5, held by prefill of g, which waits for n1, held by decode of g: a cycle',
      expect.stringMatching(/^played through it never ended/) as string,
      'no change was found that could go first and make room for this one',
    ]);
  });

  test('a change of zone that nothing requires goes through', () => {
    const zones = { za: ['n1', 'n2', 'n3', 'n4'], zb: ['n5', 'n6', 'n7', 'n8'] };
    const halves: Cluster = { path, sets: { za: zones.za, zb: zones.zb }, zones };
    expect(change(halves, graph('za', 'za'), graph('zb', 'zb')).found()).toEqual([]);
  });

  test('a gang that waits on a node which is gone gets a good pin: at once', () => {
    const { compile } = change(cluster, graph('fifth', 'next'), graph('first', 'next'), { lost: ['n5'] });
    expect(classOf(compile())).toEqual(['rolls']);
    expect(compile().diagnostics).toEqual([]);
  });

  test('a component added: the cluster refuses it, unless the graph may be made anew', () => {
    const worker = { prefill: undefined, decode: undefined, worker: { gpus: 8, ...on('all') } };
    const added = change(cluster, graph('fifth', 'decode', worker), graph('fifth', 'decode'));
    expect(added.found()).toMatchObject([{ code: 'BAY4043' }]);
    const anew = change(cluster, graph('fifth', 'decode', worker), graph('fifth', 'decode', { recreate: true }));
    expect(classOf(anew.compile())).toEqual(['new-graph']);
  });
});

describe('replicas grown', () => {
  const grown = { decode: { gpus: 8, replicas: 4, ...on('most') } };
  const from = (path: Path) => change({ path, sets }, graph('fifth', 'most'), graph('fifth', 'most', grown));

  test('are more pods on the component path', () => {
    expect(classOf(from('component path').compile())).toEqual(['rolls']);
  });

  test('are a new graph with Grove, whose minimum is frozen', () => {
    expect(from('Grove').found()).toMatchObject([{ code: 'BAY4043' }]);
  });
});

describe('a change of zone where one is required', () => {
  const zones = { za: ['n1', 'n2', 'n3', 'n4'], zb: ['n5', 'n6', 'n7', 'n8'] };
  const from = (path: Path, props: Props = {}) => {
    const required = { placement: { required: Level.zone() } };
    return change(
      { path, sets: zones, zones },
      graph('za', 'za', required),
      graph('zb', 'zb', { ...required, ...props }),
    );
  };

  test('never ends on the component path: a subgroup stays in the domain where its pods run', () => {
    const found = from('component path').found();
    expect(found).toMatchObject([{ code: 'BAY4046', data: { firstStep: false, recreate: ['inference/g'] } }]);
    expect(found[0]?.notes[0]).toBe(
      'decode of g, frontend of g, prefill of g: old pods run in za and new ones are pinned to zb, and topology.kubernetes.io/zone is required',
    );
  });

  test('goes through where all pods stop first', () => {
    expect(classOf(from('component path', recreate).compile())).toEqual(['needs-recreate']);
  });

  test('goes through with Grove, where pins alone hold the zone and nothing keeps pods where others run', () => {
    expect(classOf(from('Grove').compile())).toEqual(['rolls']);
  });
});

describe('a graph that recreates its pods', () => {
  const cluster: Cluster = { path: 'component path', sets };

  test.each([
    ['a chain', graph('first', 'next', recreate)],
    ['a swap', graph('first', 'back', recreate)],
  ])('%s goes through, and is told as a change that needs it', (_, after) => {
    const { compile } = change(cluster, graph('fifth', 'decode'), after);
    const compilation = compile();
    expect(compilation.changes).toMatchObject([
      { graph: 'inference/g', change: { kind: 'needs-recreate', components: ['decode', 'frontend', 'prefill'] } },
    ]);
    expect(summary(compilation, ['dist'], false)).toContain(
      'test: inference/g needs Recreate, as it says: all pods of decode, frontend, prefill stop first\n',
    );
  });

  test('where it has room without, it only rolls', () => {
    const { compile } = change(cluster, graph('fifth', 'next'), graph('first', 'next', recreate));
    expect(classOf(compile())).toEqual(['rolls']);
  });
});

describe('several graphs', () => {
  const cluster: Cluster = { path: 'component path', sets };
  const worker = (set: string, props: Props = {}): Props => ({ worker: { gpus: 8, ...on(set) }, ...props });

  test('a graph that waits for another names both, and who has to stop first', () => {
    const { found } = change(
      { ...cluster, sets: { ...sets, fourth: ['n4'] } },
      { a: worker('fifth'), b: worker('first') },
      { a: worker('first'), b: worker('fifth') },
    );
    expect(found()).toMatchObject([
      {
        code: 'BAY4045',
        message:
          'the change of graphs "a", "b" is feasible, but may never finish: what comes waits in a circle for what has to go',
        data: { graphs: ['inference/a', 'inference/b'], recreate: ['inference/a', 'inference/b'] },
      },
    ]);
    expect(found()[0]?.notes[0]).toBe(
      'worker of a waits for n1, held by worker of b, which waits for n5, held by worker of a: a cycle',
    );
    expect(found()[0]?.help).toContain(`say rollout: 'recreate' on graphs "a" and "b"`);
  });

  test('a chain of three graphs is told from the one that nobody waits for to the one that could go', () => {
    const far = { ...sets, s6: ['n6'], s7: ['n7'] };
    const { found } = change(
      { ...cluster, sets: far },
      { a: worker('fifth'), b: worker('first'), c: worker('s6') },
      { a: worker('first'), b: worker('s6'), c: worker('s7') },
    );
    expect(found()).toMatchObject([
      { code: 'BAY4045', data: { cycle: false, recreate: ['inference/b', 'inference/c'] } },
    ]);
    expect(found()[0]?.notes.slice(0, 2)).toEqual([
      'worker of a waits for n1, held by worker of b, which waits for n6, held by worker of c, which has room where it goes',
      'played through it came to an end, but that depends on which pod goes first',
    ]);
  });

  test('pods of a graph that is removed do not count', () => {
    const { compile } = change(cluster, { a: worker('fifth'), b: worker('first') }, { a: worker('first') });
    expect(classOf(compile())).toEqual(['rolls', 'removed']);
  });

  test('a new graph may be given a node that another is about to leave', () => {
    const after = { a: worker('first'), b: worker('fifth') };
    expect(classOf(change(cluster, { a: worker('fifth') }, after).compile())).toEqual(['rolls', 'new']);
  });

  test('two changes that have nothing to do with each other are two findings', () => {
    const far = { ...sets, s6: ['n6'], s7: ['n7'] };
    const { found } = change(
      { ...cluster, sets: far },
      { a: worker('fifth'), b: worker('first'), c: worker('s6'), d: worker('s7') },
      { a: worker('first'), b: worker('fifth'), c: worker('s7'), d: worker('s6') },
    );
    expect(found().map(({ data }) => data?.['graphs'])).toEqual([
      ['inference/a', 'inference/b'],
      ['inference/c', 'inference/d'],
    ]);
  });
});

describe('the first of two steps', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bayplan-step-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Compiles, and keeps dist and lock as synth does. */
  function commits(path: Path, among: Cluster['sets'] = sets) {
    const cluster: Cluster = { path, sets: among, lock: join(folder, 'test.lock.yaml') };
    let running: Compilation['files'] = new Map();
    return (graphs: Record<string, Props>, firstStep = false): { made: Compilation; lines: Record<string, number> } => {
      const made = compileOn(cluster, graphs, { running, firstStep });
      for (const [file, text] of made.locks) writeFileSync(file, text);
      const lines = changedLines(running, made.files);
      running = made.files;
      return { made, lines };
    };
  }

  const file = 'test/graphs/g/dynamographdeployment-inference-g.yaml';

  test.each(both)('makes room and nothing else, and the same compile gives the second: %s', (path) => {
    const commit = commits(path);
    commit(graph('fifth', 'decode'));
    const first = commit(graph('first', 'next'), true);
    // pin and node selector of decode, before and after
    expect(first.lines).toEqual({ [file]: 4 });
    expect(summary(first.made, ['dist'], false)).toContain(
      'test: this is the first of two steps: commit it with the node selectors and tolerations of what moves, and when',
    );
    // decode as it is declared now and prefill as it was: what the first commit is to hold
    expect(commit(graph('fifth', 'next')).lines).toEqual({});
    const second = commit(graph('first', 'next'));
    expect(Object.keys(second.lines)).toEqual([file]);
    expect(second.made.diagnostics).toEqual([]);
    expect(commit(graph('first', 'next')).lines).toEqual({});
  });

  test.each(both)('a swap goes by way of two free nodes: %s', (path) => {
    const commit = commits(path);
    commit(graph('fifth', 'decode'));
    // what is locked stays where it is when it may be anywhere
    commit(graph('all', 'all'));
    const swapped = graph('first', 'back');
    expect(() => commit(swapped)).toThrow('in a circle');
    const first = commit(swapped, true);
    expect(first.made.firstSteps).toMatchObject([{ cluster: 'test', graphs: ['inference/g'] }]);
    expect(first.made.files.get(file)).toMatch(/n4[^]*n6|n6[^]*n4/);
    expect(Object.keys(first.lines)).toEqual([file]);
    // what was declared before compiles to it: a commit of dist and lock alone
    expect(first.made.firstSteps).toMatchObject([{ selectsAnew: false }]);
    expect(summary(first.made, ['dist'], false)).toContain('commit dist and lock without the change of the graphs');
    expect(commit(graph('all', 'all')).lines).toEqual({});
    expect(commit(graph('all', 'all')).made.locks).toEqual(first.made.locks);
    expect(classOf(commit(swapped).made)).toEqual(['rolls']);
    expect(commit(swapped).lines).toEqual({});
  });

  test.each(['Dynamo 0.5.1', 'Run:ai'] as const)('is found on %s as well', (path) => {
    // where the queue's project has its pods
    const props = path === 'Run:ai' ? { namespace: 'runai-team-a' } : {};
    const [before, after] = [graph('fifth', 'decode', props), graph('first', 'next', props)];
    const commit = commits(path);
    commit(before);
    expect(() => commit(after)).toThrow('n1 has no room for what comes beside what still runs');
    expect(Object.keys(commit(after, true).lines)).toEqual([expect.stringContaining('dynamographdeployment')]);
    expect(classOf(commit(after).made)).toEqual(['rolls']);
  });

  test.each(both)('moves a component for each replica: %s', (path) => {
    const replicas = (decode: string, prefill: string): Record<string, Props> => ({
      g: {
        prefill: { gpus: 8, ...on(prefill) },
        decode: { gpus: 8, replicas: 3, pinning: 'replica', ...on(decode) },
      },
    });
    const commit = commits(path);
    commit(replicas('decode', 'fifth'));
    expect(() => commit(replicas('next', 'first'))).toThrow('n1 has no room');
    expect(commit(replicas('next', 'first'), true).made.firstSteps).toHaveLength(1);
    expect(classOf(commit(replicas('next', 'first')).made)).toEqual(['rolls']);
  });

  test('moves replicas of two nodes with Grove', () => {
    const pairs = (decode: string, prefill: string): Record<string, Props> => ({
      g: {
        prefill: { gpus: 8, ...on(prefill) },
        decode: { gpus: 8, multinode: { nodes: 2 }, ...on(decode) },
      },
    });
    const commit = commits('Grove', { ...sets, low: ['n1', 'n2'], high: ['n2', 'n4'] });
    commit(pairs('low', 'fifth'));
    expect(() => commit(pairs('high', 'first'))).toThrow('n1 has no room');
    expect(commit(pairs('high', 'first'), true).made.firstSteps).toHaveLength(1);
    expect(classOf(commit(pairs('high', 'first')).made)).toEqual(['rolls']);
  });

  test('where none is needed it says so, and compiles all of the change', () => {
    const commit = commits('component path');
    commit(graph('fifth', 'next'));
    const { made } = commit(graph('first', 'next'), true);
    expect(made.diagnostics).toMatchObject([{ code: 'BAY4047', severity: 'warning' }]);
    expect(made.firstSteps).toEqual([]);
  });
});
