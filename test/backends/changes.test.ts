import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { Cluster, DynamoGraph, Inventory, Queue, Stack } from '../../lib';
import { classifyChange, type GraphManifests } from '../../lib/backends/changes/classify';
import { changeRules, effects, ruleFor } from '../../lib/backends/changes/rules';
import { profiles, type StackProfile } from '../../lib/backends/stacks';
import { changeOn, edited, exampleOn, inWords, profileNamed, type Edit } from '../support/changes';
import { graphDefaults, list, nodes, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** On Dynamo 0.5.1, 1.4 and 1.5 with PodGroups of ours, and 1.4 and 1.5 with Grove. */
const columns = [
  'Dynamo 0.5.1 on KAI 0.17',
  'Dynamo 1.4 on KAI 0.17',
  'Dynamo 1.5 on KAI 0.17',
  'Dynamo 1.4 with Grove on KAI 0.17',
  'Dynamo 1.5 with Grove on KAI 0.17',
].map(profileNamed);

/** By column; null where there is no such field. */
type Expected = readonly [early: string | null, ours4: string, ours5: string, grove4: string, grove5: string];

const same = (text: string): Expected => [text, text, text, text, text];
const later = (text: string): Expected => [null, text, text, text, text];

const all = 'rolls decode frontend prefill';
const workers = 'rolls decode prefill';
const template: Expected = ['rolls prefill', workers, workers, 'rolls prefill', workers];
const laterTemplate: Expected = [null, workers, workers, 'rolls prefill', workers];
/** Frozen by Grove alone. */
const cliques: Expected = [null, workers, workers, 'new-graph', 'new-graph'];
/** Where the gang is Grove's, nothing reads these. */
const membership: Expected = ['new-graph', 'new-graph', 'new-graph', 'rolls prefill', workers];
const newGraph = 'new-graph';

// prettier-ignore
const rows: readonly (readonly [title: string, edit: Edit, expected: Expected])[] = [
  ['the status', ['status', { state: 'successful' }], same('unchanged')],

  ['another name', ['metadata name', 'h'], same(newGraph)],
  ['another namespace', ['metadata namespace', 'other'], same(newGraph)],
  ['another API version', ['apiVersion', 'nvidia.com/v2'], same(newGraph)],
  ['another kind', ['kind', 'Other'], same(newGraph)],
  ['who makes the pods', ['metadata annotations nvidia.com/enable-grove', 'x'], same(newGraph)],
  ['who made the pods', ['metadata annotations nvidia.com/workload-provider', 'x'], same(newGraph)],
  ['the queue', ['metadata annotations nvidia.com/kai-scheduler-queue', 'x'], ['in-place', 'in-place', 'in-place', all, all]],
  ['an annotation that reaches pods', ['metadata annotations nvidia.com/enable-metrics', 'x'], same(all)],
  ["Run:ai's topology", ['metadata annotations kai.scheduler/topology', 'x'], same('in-place')],
  ['any other annotation', ['metadata annotations example.com/owner', 'x'], same('in-place')],
  ['a label', ['metadata labels team', 'a'], same('in-place')],

  ["a worker's image", ['component prefill main image', 'x:1.5.1'], template],
  ["a worker's pin", ['component prefill pod nodeSelector kubernetes.io/hostname', 'n2'], template],
  ["the frontend's image", ['component frontend main image', 'x:1.5.1'], same('rolls frontend')],
  ['resources of v1alpha1', ['component prefill resources limits gpu', '4'], template],
  ['a pod field nobody knows', ['component prefill pod novelty', 1], template],
  ['a component field nobody knows', ['component prefill novelty', 1], template],
  ['a component field that is empty', ['component prefill novelty', {}], template],

  ['replicas', ['component prefill replicas', 3], same('in-place')],
  ['the minimum', ['component prefill minAvailable', 1], [null, 'in-place', 'in-place', newGraph, newGraph]],
  ['a scaling adapter', ['component prefill scalingAdapter', {}], later('in-place')],
  ['a model reference', ['component prefill modelRef name', 'm'], later('in-place')],
  ['an ingress of v1alpha1', ['component prefill ingress enabled', true], same('in-place')],
  ['the runtime version', ['component prefill runtimeVersionOverride', '1.5.0'], [null, 'in-place', workers, 'in-place', workers]],
  ['the config of an EPP', ['component prefill eppConfig configMapRef name', 'c'], later('rolls prefill')],

  ['a component more', ['component extra', { name: 'extra', type: 'worker' }], ['in-place', newGraph, newGraph, newGraph, newGraph]],
  ['a component less', ['component prefill', undefined], same(newGraph)],
  ['the type of a component', ['component prefill type', 'decode'], [null, workers, newGraph, 'rolls prefill', newGraph]],
  ['a worker that becomes a frontend', ['component prefill type', 'frontend'], [null, workers, newGraph, 'rolls prefill', newGraph]],
  ['no type any more', ['component prefill type', undefined], [null, workers, newGraph, 'rolls prefill', newGraph]],
  ['the type of v1alpha1', ['component prefill componentType', 'planner'], ['rolls prefill', workers, workers, 'rolls prefill', workers]],
  ['several nodes for a replica', ['component prefill multinode nodeCount', 2], same(newGraph)],
  ['a pack domain', ['component prefill topologyConstraint packDomain', 'rack'], later(newGraph)],
  ['scaling groups by force', ['component prefill experimental grove forceScalingGroup', true], later(newGraph)],
  ['GPU memory between pods', ['component prefill experimental gpuMemoryService mode', 'InterPod'], later(newGraph)],
  ['shadows', ['component prefill experimental failover numShadows', 2], later(newGraph)],
  ['GPU memory between pods, v1alpha1', ['component prefill gpuMemoryService mode', 'interPod'], later(newGraph)],
  ['failover, v1alpha1', ['component prefill failover enabled', true], later(newGraph)],
  ['other experiments', ['component prefill experimental checkpoint checkpointRef', 'c'], laterTemplate],
  ['an override for its provider', ['component prefill providerOverride target', 'x'], later(newGraph)],
  ['roles', ['component prefill roles', [{ name: 'leader' }]], later(newGraph)],
  ['the scheduler', ['component prefill podTemplate spec schedulerName', 'other'], cliques],
  ['the NVLink group of a clique', ['component prefill podTemplate metadata annotations grove.io/mnnvl-group', 'x'], cliques],
  ['a power limit', ['component prefill podTemplate metadata annotations dynamo.nvidia.com/gpu-power-limit', '300'], [null, workers, newGraph, 'rolls prefill', newGraph]],
  ['the subgroup of pods', ['component prefill podTemplate metadata labels kai.scheduler/subgroup-name', 'x'], membership],
  ['the PodGroup of pods', ['component prefill podTemplate metadata annotations pod-group-name', 'x'], membership],
  ['the subgroup of pods, v1alpha1', ['component prefill extraPodMetadata labels kai.scheduler/subgroup-name', 'x'], membership],
  ['the PodGroup of pods, v1alpha1', ['component prefill extraPodMetadata annotations pod-group-name', 'x'], membership],

  ["the graph's topology", ['spec topologyConstraint packDomain', 'rack'], later(newGraph)],
  ['the KV transfer policy', ['spec experimental kvTransferPolicy domain', 'rack'], later(newGraph)],
  ['the backend framework', ['spec backendFramework', 'sglang'], [all, newGraph, newGraph, newGraph, newGraph]],
  ['the NVLink group of a graph', ['spec annotations grove.io/mnnvl-group', 'x'], [null, all, all, newGraph, newGraph]],
  ['what an override is for', ['spec providerOverride apiVersion', 'x'], later(newGraph)],
  ['an override', ['spec providerOverride value', {}], later(all)],
  ['environment for all', ['spec env', [{ name: 'A', value: '1' }]], later(all)],
  ['environment for all, v1alpha1', ['spec envs', [{ name: 'A', value: '1' }]], same(all)],
  ['annotations for all', ['spec annotations a', 'x'], later(all)],
  ['labels for all', ['spec labels a', 'x'], later(all)],
  ['the priority class', ['spec priorityClassName', 'high'], later(all)],
  ['a restart', ['spec restart id', '1'], later(all)],
  ['volume claims, v1alpha1', ['spec pvcs', [{ name: 'c', create: true }]], same('in-place')],
  ['the graph of 0.5.1', ['spec dynamoGraph', 'x'], same(all)],
  ['a field of the spec nobody knows', ['spec novelty', 1], same(newGraph)],
];

const cases = rows.flatMap(([title, edit, expected]) =>
  columns.flatMap((profile, i) => {
    const text = expected[i];
    return typeof text === 'string' ? [[title, profile.name, edit, profile, text] as const] : [];
  }),
);

describe('a change of the graph', () => {
  test.each(cases)('%s, %s', (_title, _name, edit, profile, text) => {
    expect(inWords(changeOn(profile, [edit]))).toBe(text);
  });
});

const ours = profiles.filter(({ gang }) => gang === 'pod-group');

describe('a change of the PodGroup', () => {
  test.each<readonly [title: string, edit: Edit, text: string]>([
    ['the queue', ['podGroup spec queue', 'team-b'], 'in-place'],
    ['the minimum of a subgroup', ['podGroup spec subGroups prefill minMember', 3], 'in-place'],
    ['the domain of a subgroup', ['podGroup spec subGroups prefill topologyConstraint', { topology: 't' }], 'in-place'],
    ['a subgroup more', ['podGroup spec subGroups extra', { name: 'extra', minMember: 1 }], newGraph],
    ['a subgroup less', ['podGroup spec subGroups prefill', undefined], newGraph],
    ['its name', ['podGroup metadata name', 'x'], newGraph],
    ['its namespace', ['podGroup metadata namespace', 'x'], newGraph],
    ['a label', ['podGroup metadata labels a', 'b'], 'in-place'],
    ['none any more', ['podGroup', undefined], newGraph],
  ])('%s', (_title, edit, text) => {
    expect(ours.map((profile) => inWords(changeOn(profile, [edit])))).toEqual(ours.map(() => text));
  });

  test('where there was none it is another way to hold the gang', () => {
    const profile = profileNamed('Dynamo 1.5 on KAI 0.17');
    const { graph, podGroup } = exampleOn(profile);
    expect(classifyChange({ graph }, { graph, podGroup }, profile)).toMatchObject({
      kind: newGraph,
      changes: [{ object: 'PodGroup', path: '', effect: newGraph }],
    });
  });
});

test('every field that changes is told with what it does and why, in order of path', () => {
  const change = changeOn(profileNamed('Dynamo 1.5 on KAI 0.17'), [
    ['podGroup spec subGroups frontend minMember', 3],
    ['component decode main image', 'x:1.5.1'],
    ['component decode main env LOG value', 'debug'],
    ['component frontend replicas', 3],
    ['metadata annotations example.com/owner', 'me'],
  ]);
  const changes = change.kind === 'rolls' ? change.changes : [];
  const place = 'spec.components.decode.podTemplate.spec.containers.main';
  expect(changes.map(({ object, path, effect, rolls }) => [object, path, effect, rolls])).toEqual([
    ['DynamoGraphDeployment', 'metadata.annotations["example.com/owner"]', 'in-place', []],
    ['DynamoGraphDeployment', `${place}.env.LOG.value`, 'rolls workers', ['decode', 'prefill']],
    ['DynamoGraphDeployment', `${place}.image`, 'rolls workers', ['decode', 'prefill']],
    ['DynamoGraphDeployment', 'spec.components.frontend.replicas', 'in-place', []],
    ['PodGroup', 'spec.subGroups.frontend.minMember', 'in-place', []],
  ]);
});

describe('manifests as they are compiled', () => {
  const compiled = (profile: StackProfile, cpu: number): GraphManifests => {
    const fleet = testFleet();
    const cluster = new Cluster(fleet, 'test', {
      stack: Stack.of(profile.example),
      inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2'])) }),
      topology: topology(),
    });
    const namespace = profile.gang === 'runai' ? 'runai-team-a' : 'inference';
    const parts = { frontend: { cpu }, prefill: { gpus: 2 }, decode: { gpus: 2 } };
    new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), namespace, ...parts });
    const read = (kind: string): GraphManifests['podGroup'] => {
      const found = [...fleet.compile().files].find(([path]) => path.startsWith(`test/graphs/g/${kind}-`));
      return found && (parse(found[1]) as GraphManifests['podGroup']);
    };
    return { graph: read('dynamographdeployment') ?? {}, podGroup: read('podgroup') };
  };

  test.each(profiles.map((profile) => [profile.name, profile] as const))('%s', (_name, profile) => {
    const before = compiled(profile, 1);
    expect(Object.keys(before.graph)).toContain('spec');
    expect(classifyChange(before, compiled(profile, 1), profile)).toEqual({ kind: 'unchanged' });
    expect(inWords(classifyChange(before, compiled(profile, 2), profile))).toBe('rolls frontend');
  });
});

test('every rule is the first that fits some change on some stack', () => {
  const isReached = (rule: (typeof changeRules)[number]): boolean => {
    const path = rule.path.map((key) => (key.startsWith('*') ? 'novelty' : key));
    const what = rule.what ?? 'changed';
    return profiles.some((profile) => ruleFor({ path, what }, profile) === rule);
  };
  expect(changeRules.filter((rule) => !isReached(rule))).toEqual([]);
});

/** Edits of different fields whose rules are the same in both directions. */
const reversible: readonly Edit[] = [
  ['component decode main image', 'x:2.0.0'],
  ['component frontend main image', 'x:2.0.0'],
  ['component decode replicas', 5],
  ['component prefill multinode nodeCount', 4],
  ['spec backendFramework', 'sglang'],
  ['spec labels a', 'b'],
  ['metadata annotations nvidia.com/enable-grove', 'x'],
  ['metadata labels a', 'b'],
];

const kinds = ['unchanged', 'in-place', 'rolls', 'new-graph'] as const;
const anyProfile = fc.constantFrom(...profiles);
const someEdits = fc.subarray([...reversible]);
const numRuns = Number(process.env['BAYPLAN_PROPERTY_RUNS'] ?? 200);

test('several changes do what the worst of them does, and roll what any of them rolls', () => {
  fc.assert(
    fc.property(anyProfile, someEdits, (profile, edits) => {
      const each = edits.map((edit) => changeOn(profile, [edit]));
      const worst = kinds[Math.max(0, ...each.map(({ kind }) => kinds.indexOf(kind)))];
      const rolls = new Set(each.flatMap((change) => (change.kind === 'rolls' ? change.components : [])));
      const expected = worst === 'rolls' ? `rolls ${[...rolls].sort().join(' ')}` : worst;
      expect(inWords(changeOn(profile, edits))).toBe(expected);
    }),
    { numRuns },
  );
});

test('a change that is taken back does the same again', () => {
  fc.assert(
    fc.property(anyProfile, someEdits, (profile, edits) => {
      const before = exampleOn(profile);
      const after = edited(before, edits);
      expect(inWords(classifyChange(after, before, profile))).toBe(inWords(classifyChange(before, after, profile)));
    }),
    { numRuns },
  );
});

describe('whatever stands in the manifests', () => {
  const key = fc.constantFrom('a', 'b', 'name', 'labels', 'podTemplate', 'spec', 'replicas', 'multinode');
  const map = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> =>
    fc.dictionary(key, value, { maxKeys: 3, noNullPrototype: true });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<unknown>(0, 1, '', 'x', true, null),
      fc.array(tie('tree'), { maxLength: 2 }),
      map(tie('tree')),
    ),
  }));
  const parts = fc.array(fc.tuple(fc.constantFrom('p', 'q', 'r'), map(tree)), { maxLength: 3 });
  const graph = fc.tuple(map(tree), map(tree), parts).map(([metadata, spec, entries]) => {
    const components = [...new Map(entries)].map(([name, rest]) => ({ ...rest, name }));
    return { apiVersion: 'nvidia.com/v1beta1', metadata, spec: { ...spec, components } };
  });
  type Graph = typeof graph extends fc.Arbitrary<infer T> ? T : never;
  const turned = ({ spec, ...rest }: Graph): Graph => ({
    ...rest,
    spec: { ...spec, components: [...spec.components].reverse() },
  });
  const byParts = ({ spec: { components, ...spec }, ...rest }: Graph): unknown => [
    rest,
    spec,
    new Map(components.map((one) => [one.name, one])),
  ];

  test('it is unchanged where both sides are equal, but for the order of components, and nowhere else', () => {
    const pairs = fc.oneof(
      fc.tuple(graph, graph),
      graph.map((one) => [one, JSON.parse(JSON.stringify(one)) as Graph] as const),
    );
    fc.assert(
      fc.property(anyProfile, pairs, (profile, [before, after]) => {
        const { kind } = classifyChange({ graph: before }, { graph: turned(after) }, profile);
        expect(kind === 'unchanged').toBe(isDeepStrictEqual(byParts(before), byParts(after)));
      }),
      { numRuns },
    );
  });

  test('every change has an effect, a reason and a source', () => {
    fc.assert(
      fc.property(anyProfile, graph, graph, (profile, before, after) => {
        const change = classifyChange({ graph: before }, { graph: after }, profile);
        const changes = change.kind === 'unchanged' ? [] : change.changes;
        const isTold = changes.map(
          ({ effect, why, source }) => effects.includes(effect) && why !== '' && source !== '',
        );
        expect(isTold).toEqual(changes.map(() => true));
      }),
      { numRuns },
    );
  });
});
