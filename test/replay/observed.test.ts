import { Session } from '../../lib/replay/session';
import type { Classes } from '../../lib/passes/replay/change';
import {
  classes,
  cluster,
  direct,
  grove,
  hangs,
  mishaps,
  noSurge,
  platform,
  RACK,
  recreate,
  TOPOLOGY,
  world,
  ZONE,
} from './manifests';

/**
 * Situations in which a real KAI, Dynamo and Grove did or did not start a graph, or finish a change: manifests by hand,
 * and the replay alone.
 */

const oneRack = cluster({ n1: {}, n2: {}, n3: {}, n4: {} });
const both = (level: string, preferred = level) => ({
  topology: TOPOLOGY,
  requiredTopologyLevel: level,
  preferredTopologyLevel: preferred,
});

describe('starts', () => {
  test('the recipe: pins, both levels on each subgroup', () => {
    const parts = [
      { name: 'frontend', type: 'frontend', pin: ['n1'], constraint: both(ZONE, RACK) },
      { name: 'prefill', gpus: 4, replicas: 2, pin: ['n2'], constraint: both(ZONE, RACK) },
      { name: 'decode', gpus: 8, replicas: 2, pin: ['n3', 'n4'], constraint: both(ZONE, RACK) },
    ];
    expect(mishaps(oneRack, direct({ parts }))).toEqual([]);
  });

  test('one pin on a full node: not one pod of the gang', () => {
    const parts = [
      { name: 'a', gpus: 8, pin: ['n1'] },
      { name: 'b', gpus: 8, pin: ['n1'] },
    ];
    expect(mishaps(oneRack, direct({ parts }))).toMatchObject([{ kind: 'never starts', owner: 'ns/g' }]);
  });

  describe('A: required without preferred, all nodes in one narrower domain', () => {
    const parts = [{ name: 'a', gpus: 8, replicas: 2, pin: ['n1', 'n2'] }];
    const required = { topology: TOPOLOGY, requiredTopologyLevel: ZONE };

    test('never starts', () => {
      expect(mishaps(oneRack, direct({ parts, constraint: required }))).toMatchObject([{ kind: 'never starts' }]);
    });

    test('starts with the same level preferred', () => {
      expect(mishaps(oneRack, direct({ parts, constraint: both(ZONE) }))).toEqual([]);
    });

    test('on Grove, where required is all one can say, it never starts; without a constraint it does', () => {
      const constraint = { clusterTopologyName: TOPOLOGY, packDomain: 'zone' };
      expect(mishaps(oneRack, grove({ parts, constraint }))).toMatchObject([{ kind: 'never starts' }]);
      expect(mishaps(oneRack, grove({ parts }))).toEqual([]);
    });
  });

  describe('A-packDomain: a component of two nodes with two replicas, four nodes in one rack', () => {
    const part = (packDomain?: string) => [
      { name: 'a', gpus: 8, replicas: 2, nodes: 2, pin: ['n1', 'n2', 'n3', 'n4'], packDomain },
    ];
    // a second rack, so that a rack is not all that there is
    const nodes = [...oneRack, ...cluster({ n5: { rack: 'r2' } })];

    test('packed by rack it starts, packed by zone it never does', () => {
      expect(mishaps(nodes, grove({ parts: part('rack') }))).toEqual([]);
      expect(mishaps(oneRack, grove({ parts: part('zone') }))).toMatchObject([{ kind: 'never starts' }]);
      expect(mishaps(oneRack, grove({ parts: part() }))).toEqual([]);
    });
  });

  describe('P: a set pin with a hole in it', () => {
    const nodes = cluster({ n15: {}, n16: {} });
    const hole = (first: string) => [
      { name: first, gpus: 4, replicas: 2, pin: ['n15', 'n16'] },
      { name: 'c', gpus: 4, pin: ['n15'] },
      { name: 'd', gpus: 4, pin: ['n16'] },
    ];

    test('never starts: both pods of the set go to one node', () => {
      expect(mishaps(nodes, direct({ parts: hole('a') }))).toMatchObject([
        { kind: 'never starts', when: 'at the start' },
      ]);
    });

    test('starts where names bring the single pins first', () => {
      expect(mishaps(nodes, direct({ parts: hole('z') }))).toEqual([]);
    });

    test('P3: soundly running, it is lost when one of the set and its neighbour restart together', () => {
      const start = world(nodes, [...platform(), ...direct({ parts: hole('a') })]);
      const sound = new Map([
        ['ns/g-a-0', 'n15'],
        ['ns/g-a-1', 'n16'],
        ['ns/g-c-0', 'n15'],
        ['ns/g-d-0', 'n16'],
      ]);
      const session = new Session({ ...start, pods: start.pods.map((pod) => ({ ...pod, node: sound.get(pod.uid) })) });
      session.restart('ns/g-a-1');
      session.restart('ns/g-c-0');
      expect(session.schedule()).toMatchObject([{ subGroup: 'c', reason: expect.stringContaining('n15') as string }]);
    });

    test('P2: across two graphs, where one is the older', () => {
      const [a, ...others] = hole('a');
      const older = direct({ name: 'a', parts: a ? [a] : [] });
      const found = mishaps(nodes, [...older, ...direct({ name: 'b', parts: others })]);
      expect(found).toContainEqual(expect.objectContaining({ kind: 'never starts', owner: 'ns/b' }));
    });
  });

  test('W: two frontends on two nodes share one, unless they keep apart', () => {
    const nodes = cluster({ 'sys-01': { gpus: 0 }, 'sys-03': { gpus: 0 } });
    const frontend = { name: 'frontend', type: 'frontend', replicas: 2, pin: ['sys-01', 'sys-03'] };
    expect(mishaps(nodes, direct({ parts: [{ ...frontend, apart: true }] }))).toEqual([]);
  });

  test('N: a pinned node that is not ready', () => {
    const parts = [{ name: 'a', gpus: 8, pin: ['n1'] }];
    expect(mishaps(cluster({ n1: { ready: false } }), direct({ parts }))).toMatchObject([{ kind: 'never starts' }]);
  });

  test('M: a minimum above what the operator makes', () => {
    const parts = [{ name: 'a', gpus: 1, pin: ['n1'], minMember: 4 }];
    expect(mishaps(oneRack, direct({ parts }))).toMatchObject([
      { kind: 'never starts', detail: expect.stringContaining('a 1 of 4') as string },
    ]);
  });
});

describe('changes', () => {
  const nodes = cluster({ n12: {}, n13: {}, n14: {}, n15: {}, n16: {} });
  const decode = (
    pin: readonly string[],
    annotations: Readonly<Record<string, string>> = noSurge,
    image = 'image:1',
  ) => ({
    name: 'decode',
    type: 'decode',
    gpus: 8,
    replicas: 3,
    pin,
    annotations,
    image,
  });
  const prefill = (
    pin: readonly string[],
    annotations: Readonly<Record<string, string>> = noSurge,
    image = 'image:1',
  ) => ({
    name: 'prefill',
    type: 'prefill',
    gpus: 8,
    pin,
    annotations,
    image,
  });
  const old = (annotations?: Readonly<Record<string, string>>) =>
    direct({ parts: [prefill(['n12'], annotations), decode(['n13', 'n14', 'n15'], annotations)] });
  const next = (annotations?: Readonly<Record<string, string>>) =>
    direct({
      parts: [prefill(['n12'], annotations, 'image:2'), decode(['n13', 'n14', 'n15'], annotations, 'image:2')],
    });

  test('a new image on full nodes: never with a surge pod, at once without, or with Recreate', () => {
    expect(hangs(nodes, old({}), next({}))).not.toEqual([]);
    expect(hangs(nodes, old(), next())).toEqual([]);
    expect(hangs(nodes, old(recreate), next(recreate))).toEqual([]);
  });

  test('a node is lost: its pod moves on', () => {
    const after = cluster({ n12: {}, n13: {}, n14: { ready: false }, n15: {}, n16: {} });
    const moved = direct({ parts: [prefill(['n12']), decode(['n13', 'n15', 'n16'])] });
    expect(hangs(after, old(), moved)).toEqual([]);
  });

  describe('a chain: prefill takes a node of decode, which moves on', () => {
    const before = (annotations?: Readonly<Record<string, string>>) =>
      direct({ parts: [prefill(['n16'], annotations), decode(['n12', 'n13', 'n14'], annotations)] });
    const after = (annotations?: Readonly<Record<string, string>>) =>
      direct({ parts: [prefill(['n12'], annotations), decode(['n13', 'n14', 'n15'], annotations)] });

    test('never finishes without surge, and names who waits', () => {
      const [hang] = hangs(nodes, before(), after());
      expect(hang).toMatchObject({ owner: 'ns/g' });
      expect(hang?.chain.join()).toContain('waiting for n12, where old pods still are: decode on n12');
    });

    test('finishes with Recreate, also when the same change brings it', () => {
      expect(hangs(nodes, before(), after(recreate))).toEqual([]);
    });
  });

  test('on Grove a new image on full nodes finishes, a swap does not', () => {
    const graph = (first: string, rest: readonly string[], image: string) =>
      grove({ parts: [prefill([first], {}, image), decode(rest, {}, image)] });
    const running = graph('n12', ['n13', 'n14', 'n15'], 'image:1');
    expect(hangs(nodes, running, graph('n12', ['n13', 'n14', 'n15'], 'image:2'))).toEqual([]);
    expect(hangs(nodes, running, graph('n13', ['n12', 'n14', 'n15'], 'image:1'))).not.toEqual([]);
  });

  test('a required domain that changes: the new pods never bind; without the level they do', () => {
    const zones = cluster({ a1: { zone: 'za' }, a2: { zone: 'za' }, b1: { zone: 'zb' }, b2: { zone: 'zb' } });
    const graph = (pin: readonly string[], constraint?: object) =>
      direct({ parts: [{ name: 'decode', type: 'decode', gpus: 8, replicas: 2, pin, constraint }] });
    expect(hangs(zones, graph(['a1', 'a2'], both(ZONE)), graph(['b1', 'b2'], both(ZONE)))).not.toEqual([]);
    expect(hangs(zones, graph(['a1', 'a2']), graph(['b1', 'b2']))).toEqual([]);
  });

  test('a subgroup that is renamed never reaches its minimum', () => {
    const graph = (subgroup: string) =>
      direct({ parts: [{ name: 'decode', type: 'decode', gpus: 8, replicas: 3, pin: ['n13', 'n14', 'n15'] }] }).map(
        (manifest) =>
          JSON.parse(
            JSON.stringify(manifest)
              .replaceAll('"kai.scheduler/subgroup-name":"decode"', `"kai.scheduler/subgroup-name":"${subgroup}"`)
              .replaceAll('"name":"decode","minMember"', `"name":"${subgroup}","minMember"`),
          ) as typeof manifest,
      );
    const [before, after] = [graph('decode'), graph('renamed')];
    expect(classes(before, after).get('ns/g')?.kind).toBe('new-graph');
    const rolled: Classes = new Map([['ns/g', { kind: 'rolls', components: ['decode'], changes: [] }]]);
    expect(hangs(nodes, before, after, rolled)).not.toEqual([]);
  });

  test('staleness: with a grace period the loss of a node costs the whole gang', () => {
    const parts = [{ name: 'a', gpus: 8, replicas: 2, pin: ['n12', 'n13'] }];
    expect(mishaps(nodes, direct({ parts, podGroup: { stalenessGracePeriod: '60s' } }))).toMatchObject([
      { kind: 'evicted' },
      { kind: 'evicted' },
    ]);
    expect(mishaps(nodes, direct({ parts }))).toEqual([]);
  });
});
