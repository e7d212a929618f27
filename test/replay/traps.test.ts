import { JsonPatch } from 'cdk8s';
import { Level, type DynamoGraph } from '../../lib';
import { Session } from '../../lib/replay/session';
import { errorCodes, failure, node, nodes, pins, testCluster, type TestCluster } from '../support/fleet';
import { cluster, direct, HOST, mishaps, platform, RACK, TOPOLOGY, world, ZONE, type Part } from './manifests';

/**
 * What is known to keep KAI from starting a gang, or to start it elsewhere, although there is room: each trap twice.
 * Once the compiler, which avoids it or refuses it; once the replay alone, on manifests by hand.
 */

const level = (kind: 'required' | 'preferred', label: string) => ({ [`${kind}TopologyLevel`]: label });
const constraint = (...levels: Record<string, string>[]): Record<string, string> =>
  Object.assign({ topology: TOPOLOGY }, ...levels) as Record<string, string>;
const both = (label: string) => constraint(level('required', label), level('preferred', label));

/** z1 ─ r1 ─ n1 n2 */
const oneRack = () => testCluster(nodes(['n1', 'n2']));

/** A graph that requires one zone, with its PodGroup patched. */
function patched({ fleet, graph }: TestCluster, ...patches: JsonPatch[]): string[] {
  const { podGroup } = graph('g', { placement: { required: Level.zone() }, worker: { gpus: 8, replicas: 2 } });
  podGroup?.addJsonPatch(...patches);
  return [...new Set(errorCodes(fleet))];
}

const ofWorkers = '/spec/subGroups/1/topologyConstraint';

interface Constrained {
  readonly topologyConstraint?: unknown;
}

function constraintsOf({ podGroup }: DynamoGraph): unknown[] {
  const { spec } = podGroup?.toJson() as { spec: Constrained & { subGroups: Constrained[] } };
  return [spec, ...spec.subGroups].map(({ topologyConstraint }) => topologyConstraint);
}

const pair: readonly Part[] = [{ name: 'a', gpus: 8, replicas: 2, pin: ['n1', 'n2'] }];
const neverStarts = (detail: string) => [{ kind: 'never starts', detail: expect.stringContaining(detail) as string }];

describe('A: a required level without a preferred one, and all nodes in a narrower domain', () => {
  const oneRackByHand = cluster({ n1: {}, n2: {} });
  const required = constraint(level('required', ZONE));

  test('the compiler refuses a patch that leaves it so', () => {
    expect(patched(oneRack(), JsonPatch.remove(`${ofWorkers}/preferredTopologyLevel`))).toContain('BAY4013');
  });

  test('the replay: at the top and on a subgroup it never starts', () => {
    expect(mishaps(oneRackByHand, direct({ parts: pair, constraint: required }))).toMatchObject(
      neverStarts('less free'),
    );
    const parts = pair.map((part) => ({ ...part, constraint: required }));
    expect(mishaps(oneRackByHand, direct({ parts }))).toMatchObject(neverStarts('less free'));
  });

  test('A-fix: the replay starts it with the same level preferred, or a narrower one', () => {
    for (const preferred of [ZONE, RACK, HOST]) {
      const fixed = constraint(level('required', ZONE), level('preferred', preferred));
      expect(mishaps(oneRackByHand, direct({ parts: pair, constraint: fixed }))).toEqual([]);
    }
  });

  test('A-fix: the compiler writes both levels on each subgroup', () => {
    const { fleet, graph } = oneRack();
    const made = graph('g', { placement: { required: Level.zone() }, worker: { gpus: 8 } });
    fleet.compile();
    expect(constraintsOf(made)).toEqual([undefined, both(ZONE), both(ZONE)]);
  });
});

describe("A': the same, where only some nodes are looked at, as when room is taken from others", () => {
  test('the compiler refuses a required level alone also where the nodes lie in several domains', () => {
    const spread = testCluster([node('n1', { rack: 'r1' }), node('n2', { rack: 'r2' })]);
    expect(patched(spread, JsonPatch.remove(`${ofWorkers}/preferredTopologyLevel`))).toContain('BAY4013');
  });

  test('the replay: what starts on all nodes does not on those of one rack, unless both levels are there', () => {
    const all = cluster({ n1: {}, n2: {}, n3: { rack: 'r2' } });
    const looked = all.slice(0, 2);
    const required = direct({ parts: pair, constraint: constraint(level('required', ZONE)) });
    expect(mishaps(all, required)).toEqual([]);
    expect(mishaps(looked, required)).toMatchObject(neverStarts('less free'));
    expect(mishaps(looked, direct({ parts: pair, constraint: both(ZONE) }))).toEqual([]);
  });
});

describe('levels that KAI cannot read', () => {
  const spread = () => testCluster([node('n1', { rack: 'r1' }), node('n2', { rack: 'r2' })]);
  const byHand = cluster({ n1: {}, n2: { rack: 'r2' } });

  test('B: the compiler refuses a preferred level that is broader than the required one', () => {
    const { fleet, graph } = spread();
    graph('g', { placement: { required: Level.rack(), preferred: Level.zone() }, worker: { gpus: 8 } });
    expect(errorCodes(fleet)).toEqual(['BAY2032']);
    const broader = JsonPatch.replace(`${ofWorkers}/requiredTopologyLevel`, HOST);
    expect(patched(spread(), broader)).toContain('BAY4013');
  });

  test('C: the compiler refuses a topology without a level', () => {
    const none = ['required', 'preferred'].map((kind) => JsonPatch.remove(`${ofWorkers}/${kind}TopologyLevel`));
    expect(patched(spread(), ...none)).toContain('BAY4013');
  });

  test('D: the compiler refuses a level that the topology does not have', () => {
    const { fleet, graph } = spread();
    graph('g', { placement: { required: Level.of('example.com/row') }, worker: { gpus: 8 } });
    expect(errorCodes(fleet)).toEqual(['BAY2031']);
    expect(patched(spread(), JsonPatch.replace(`${ofWorkers}/preferredTopologyLevel`, 'example.com/row'))).toContain(
      'BAY4013',
    );
  });

  test.each([
    ['B', constraint(level('required', RACK), level('preferred', ZONE)), 'broader than the required one'],
    ['C', constraint(), 'without a level'],
    ['D, required', constraint(level('required', 'example.com/row')), 'has no level'],
    ['D, preferred', constraint(level('preferred', 'example.com/row')), 'has no level'],
    ['a topology that is not there', { ...both(ZONE), topology: 'none' }, 'does not exist'],
  ])('%s: the replay never starts it', (_, wrong, detail) => {
    const rack = [{ name: 'a', gpus: 4, replicas: 2, pin: ['n1'] }];
    expect(mishaps(byHand, direct({ parts: rack, constraint: wrong }))).toMatchObject(neverStarts(detail));
    const parts = rack.map((part) => ({ ...part, constraint: wrong }));
    expect(mishaps(byHand, direct({ parts }))).toMatchObject(neverStarts(detail));
    expect(mishaps(byHand, direct({ parts: rack, constraint: both(ZONE) }))).toEqual([]);
  });
});

describe('E: a level without a topology', () => {
  test('the compiler refuses it', () => {
    expect(patched(oneRack(), JsonPatch.remove(`${ofWorkers}/topology`))).toContain('BAY4013');
  });

  test('the replay: it constrains nothing, and without pins the pods go to two zones', () => {
    // Packed by GPUs: the first pod fills n1, the second has to go on to the other zone.
    const zones = cluster({ n1: { zone: 'z1' }, n2: { zone: 'z2' }, n3: { zone: 'z2', rack: 'r2' } });
    const parts = [{ name: 'a', gpus: 8, replicas: 2 }];
    const planned = () => new Set(['n2', 'n3']);
    const nameless = { requiredTopologyLevel: ZONE, preferredTopologyLevel: ZONE };
    expect(mishaps(zones, direct({ parts, constraint: both(ZONE) }), planned)).toEqual([]);
    expect(mishaps(zones, direct({ parts, constraint: nameless }), planned)).toMatchObject([{ kind: 'elsewhere' }]);
    const onParts = parts.map((part) => ({ ...part, constraint: nameless }));
    expect(mishaps(zones, direct({ parts: onParts }), planned)).toMatchObject([{ kind: 'elsewhere' }]);
  });
});

describe('F: pods of several sizes in one constrained group', () => {
  // z1 ─ r1 ─ n1 n2, 8 GPUs each: 8 on one node and 1 + 2 + 2 + 2 on the other fit, 5 pods of 8 do not
  const mixed = ({ graph }: TestCluster) =>
    graph('g', {
      placement: { required: Level.rack() },
      frontend: { resources: { 'nvidia.com/gpu': 1 } },
      prefill: { gpus: 2, replicas: 3 },
      decode: { gpus: 8 },
    });

  test('the compiler constrains each subgroup for itself, and it starts', () => {
    const test = oneRack();
    const made = mixed(test);
    test.fleet.compile();
    expect(constraintsOf(made)).toEqual([undefined, both(RACK), both(RACK), both(RACK)]);
  });

  test('the compiler refuses a patch that puts the constraint at the top', () => {
    const test = oneRack();
    mixed(test).podGroup?.addJsonPatch(JsonPatch.add('/spec/topologyConstraint', both(RACK)));
    expect(errorCodes(test.fleet)).toEqual(['BAY4003']);
  });

  test('the replay: at the top it never starts, on each subgroup it does, and one pod without GPUs hides it', () => {
    const rack = cluster({ n1: {}, n2: {} });
    const parts: Part[] = [
      { name: 'large', gpus: 8, pin: ['n1'] },
      { name: 'small', gpus: 2, replicas: 4, pin: ['n2'] },
    ];
    expect(mishaps(rack, direct({ parts, constraint: both(RACK) }))).toMatchObject(neverStarts('room for 2 of 5 pods'));
    expect(mishaps(rack, direct({ parts: parts.map((part) => ({ ...part, constraint: both(RACK) })) }))).toEqual([]);
    const withFrontend = [...parts, { name: 'frontend', pin: ['n2'] }];
    expect(mishaps(rack, direct({ parts: withFrontend, constraint: both(RACK) }))).toEqual([]);
  });
});

describe('G: a node that lacks the label of a level', () => {
  const bare = (name: string): Record<string, unknown> => {
    const { metadata, ...rest } = node(name) as { metadata: { labels: Record<string, string> } };
    const labels = Object.fromEntries(Object.entries(metadata.labels).filter(([key]) => key !== RACK));
    return { ...rest, metadata: { ...metadata, labels } };
  };

  test.each([{ required: Level.zone() }, { preferred: Level.zone() }])(
    'the compiler pins nothing there that is constrained, and says so: %j',
    (placement) => {
      const { fleet, graph } = testCluster([bare('n1'), node('n2')]);
      graph('g', { placement, worker: { gpus: 4 } });
      const compilation = fleet.compile();
      expect(pins(compilation, 'test/g')).toEqual({ frontend: ['n2'], worker: ['n2'] });
      expect(compilation.diagnostics.map(({ message }) => message).join()).toContain('n1');
    },
  );

  test('the replay: pinned there it never starts, whether required or preferred; unconstrained it does', () => {
    const parts = [{ name: 'a', gpus: 8, pin: ['n1'] }];
    const withBare = [bare('n1'), node('n2')];
    const preferred = constraint(level('preferred', ZONE));
    for (const wrong of [both(ZONE), preferred]) {
      expect(mishaps(withBare, direct({ parts, constraint: wrong }))).toMatchObject(neverStarts('lack a level'));
    }
    expect(mishaps(withBare, direct({ parts }))).toEqual([]);
  });
});

describe('H: label values with dots that make two racks one', () => {
  // a ─ b.c ─ n1      a.b ─ c ─ n2: both racks are a.b.c to KAI
  const split = cluster({ n1: { zone: 'a', rack: 'b.c' }, n2: { zone: 'a.b', rack: 'c' } });

  test('the compiler knows them apart: nothing spans both, and it warns', () => {
    const { fleet, graph } = testCluster(split);
    graph('g', { placement: { required: Level.rack() }, worker: { gpus: 8, replicas: 2 } });
    expect(failure(fleet).map(({ code }) => code)).toEqual(['BAY1019', 'BAY3202']);
  });

  test('the replay: KAI takes both for the required rack, and the pods are in two', () => {
    const parts = [{ name: 'a', gpus: 8, replicas: 2 }];
    const start = world(split, [...platform(), ...direct({ parts, constraint: both(RACK) })]);
    const session = new Session(start);
    session.schedule();
    expect([...session.placed().values()].sort()).toEqual(['n1', 'n2']);
    expect(mishaps(split, direct({ parts, constraint: both(RACK) }), () => new Set(['n1']))).toMatchObject([
      { kind: 'elsewhere' },
    ]);
  });

  test('the replay: without the dots it never starts, since no rack has room for both', () => {
    const apart = cluster({ n1: { zone: 'a', rack: 'b-c' }, n2: { zone: 'a-b', rack: 'c' } });
    const parts = [{ name: 'a', gpus: 8, replicas: 2 }];
    expect(mishaps(apart, direct({ parts, constraint: both(RACK) }))).toMatchObject(neverStarts('room for 1 of 2'));
  });
});

describe('I: a node that is relabelled while pods run there', () => {
  test('the compiler plans by the labels that are there now', () => {
    const items = [node('n1'), node('n2', { zone: 'z2' }), node('n3')];
    const { fleet, graph } = testCluster(items);
    graph('g', { placement: { required: Level.zone() }, worker: { gpus: 8, replicas: 2 } });
    expect(pins(fleet.compile(), 'test/g').worker).toEqual(['n1', 'n3']);
  });

  test('the replay: what runs stays, but a pod that restarts is held to where the others are now', () => {
    // planned in z1 before n2 was said to be in z2
    const relabelled = cluster({ n1: {}, n2: { zone: 'z2' } });
    const parts = pair.map((part) => ({ ...part, constraint: both(ZONE) }));
    const start = world(relabelled, [...platform(), ...direct({ parts })]);
    const running = start.pods.map((each, i) => ({ ...each, node: i === 0 ? 'n1' : 'n2' }));
    const session = new Session({ ...start, pods: running });
    expect(session.schedule()).toEqual([]);
    expect(session.placed().size).toBe(2);
    session.restart('ns/g-a-1');
    expect(session.schedule()).toMatchObject([{ podGroup: 'ns.g', subGroup: 'a' }]);
    expect(session.placed().size).toBe(1);
    expect(mishaps(relabelled, direct({ parts }))).toMatchObject([{ kind: 'never starts' }]);
  });
});

describe('4.5: KAI goes through subgroups in one order, and never back', () => {
  test('first K: the compiler needs all subgroups, and refuses a patch that needs fewer', () => {
    expect(patched(oneRack(), JsonPatch.replace('/spec/minSubGroup', 1))).toContain('BAY4013');
  });

  test('first K: the replay tries the first subgroup by name and no other, though another would fit', () => {
    const small = cluster({ n1: { gpus: 4 } });
    const parts: Part[] = [
      { name: 'a', gpus: 8 },
      { name: 'b', gpus: 4 },
    ];
    const one = direct({ parts, podGroup: { minSubGroup: 1 } });
    expect(mishaps(small, one)).toMatchObject(neverStarts('g-a-0'));
    const renamed = parts.map((part) => ({ ...part, name: part.name === 'a' ? 'c' : part.name }));
    const session = new Session(
      world(small, [...platform(), ...direct({ parts: renamed, podGroup: { minSubGroup: 1 } })]),
    );
    session.schedule();
    expect([...session.placed()]).toEqual([['ns/g-b-0', 'n1']]);
  });

  // r1 ─ n1 (10 GPUs)      r2 ─ n2 (8 GPUs): 4 + 6 and 8 fit; packed in the order of names 4 is put beside nothing that fits
  const racks = cluster({ n1: { gpus: 10 }, n2: { gpus: 8, rack: 'r2' } });

  test('greedy siblings: the replay gives up where names bring the small one first; pins make it start', () => {
    const sizes = { a: 4, b: 8, c: 6 };
    const parts = Object.entries(sizes).map(([name, gpus]) => ({ name, gpus, constraint: both(RACK) }));
    expect(mishaps(racks, direct({ parts }))).toMatchObject(neverStarts('KAI counts room for 0 of 1 pods'));
    const pinned = parts.map((part) => ({ ...part, pin: part.gpus === 8 ? ['n2'] : ['n1'] }));
    expect(mishaps(racks, direct({ parts: pinned }))).toEqual([]);
  });

  test('greedy siblings: the compiler pins them as they fit', () => {
    const { fleet, graph } = testCluster(racks);
    graph('g', {
      frontend: { name: 'a', resources: { 'nvidia.com/gpu': 4 } },
      prefill: { name: 'b', gpus: 8 },
      decode: { name: 'c', gpus: 6 },
    });
    expect(pins(fleet.compile(), 'test/g')).toEqual({ a: ['n1'], b: ['n2'], c: ['n1'] });
  });
});
