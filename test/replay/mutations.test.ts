import { Cluster, DynamoGraph, type Fleet, Inventory, Level, Queue, Stack } from '../../lib';
import type { Manifest } from '../../lib/emit/manifest';
import { hasErrors, type Outcome } from '../../lib/diagnostics/diagnostic';
import { check } from '../../lib/passes/check';
import { collect, type FleetModel } from '../../lib/passes/collect';
import { lower, type LoweredObject } from '../../lib/passes/lower';
import { plan, type PlannedCluster } from '../../lib/passes/plan';
import { replay } from '../../lib/passes/replay';
import { worldOf } from '../../lib/passes/replay/world';
import { verify } from '../../lib/passes/verify';
import { podTemplates } from '../../lib/passes/verify/pod-templates';
import { strategyOf } from '../../lib/replay/rollout';
import { Session } from '../../lib/replay/session';
import { graphDefaults, list, node, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/**
 * One field of good manifests is changed at a time, as a patch could. Whether that alters what KAI does is found out by
 * itself: where pods go at the start, and while each node is lost, which gangs they are of, what would be evicted, how
 * a change rolls. Every change that does alter something has to fail the compile.
 */

type Path = readonly (string | number)[];

interface Mutation {
  readonly name: string;
  readonly objects: readonly LoweredObject[];
}

/** z1 ─ r1 ─ n1 n2 n3      z1 ─ r2 ─ n4 n5      z2 ─ r3 ─ n6 */
const machines = [
  ...['n1', 'n2', 'n3'].map((name) => node(name)),
  ...['n4', 'n5'].map((name) => node(name, { rack: 'r2' })),
  node('n6', { zone: 'z2', rack: 'r3' }),
];

function goodFleet(stack: 'PodGroups of ours' | 'Grove'): Fleet {
  const fleet = testFleet();
  const grove = stack === 'Grove' ? { grove: '0.1.0-alpha.13' } : {};
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0', ...grove }),
    inventory: Inventory.fromObjects({ nodes: list(machines) }),
    topology: topology(),
  });
  // exactly what the graphs ask for
  const bound = stack === 'Grove' ? { quota: 44, limit: 44 } : { quota: 28, limit: 28 };
  const department = new Queue(cluster, 'department', { gpu: bound });
  const queue = new Queue(cluster, 'team-a', { parent: department, gpu: bound });
  new Queue(cluster, 'team-b', { parent: department });
  new DynamoGraph(cluster, 'one', {
    ...graphDefaults(queue),
    namespace: 'inference',
    placement: stack === 'Grove' ? { preferred: Level.rack() } : { required: Level.zone(), preferred: Level.rack() },
    frontend: { replicas: 2, cpu: 1 },
    prefill: { gpus: 4, replicas: 2, cpu: 4, memory: '8Gi' },
    decode: { gpus: 8, replicas: 2, cpu: 4 },
  });
  new DynamoGraph(cluster, 'two', {
    ...graphDefaults(queue),
    namespace: 'inference',
    frontend: { cpu: 1 },
    worker: { gpus: 2, replicas: 2, pinning: 'replica', cpu: 1 },
  });
  if (stack === 'PodGroups of ours') return fleet;
  new DynamoGraph(cluster, 'three', {
    ...graphDefaults(queue),
    namespace: 'inference',
    frontend: { cpu: 1 },
    worker: { gpus: 8, multinode: { nodes: 2, required: Level.rack() }, cpu: 1 },
  });
  return fleet;
}

function valueOf<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics));
  return outcome.value;
}

interface Good {
  readonly model: FleetModel;
  readonly planned: readonly PlannedCluster[];
  readonly objects: readonly LoweredObject[];
}

function good(stack: Parameters<typeof goodFleet>[0]): Good {
  const model = valueOf(collect(goodFleet(stack)));
  valueOf(check(model));
  const planned = valueOf(plan(model));
  return { model, planned, objects: valueOf(lower(model, planned)) };
}

/** One of the passes after lowering has an error; the first that has is the last that runs. */
function isCaught({ model, planned }: Good, objects: readonly LoweredObject[]): boolean {
  return hasErrors(verify(model, planned, objects).diagnostics) || hasErrors(replay(planned, objects).diagnostics);
}

/** Everything that KAI and the controllers make of the manifests, as one text. */
function effects({ planned }: Good, objects: readonly LoweredObject[]): string {
  const [first] = planned;
  if (!first) throw new Error('no cluster');
  const manifests = objects.filter(({ target }) => target === 'test').map(({ manifest }) => manifest);
  const world = worldOf(manifests, first.cluster.inventory.nodes, first.cluster.use);
  const session = new Session(world);
  // pods of a component are interchangeable
  const placed = (): string[] => {
    const nodes = session.placed();
    return world.pods.map(({ uid, owner, component = '' }) => `${owner} ${component} ${nodes.get(uid) ?? ''}`).sort();
  };
  session.schedule();
  const start = placed();
  const losses = world.nodes.map(({ name }) => {
    const mark = session.mark();
    session.lose(name, true);
    for (const [uid, where] of session.placed()) if (where === name) session.restart(uid);
    session.schedule();
    const seen = [placed(), session.stale()];
    session.lose(name, false);
    session.undo(mark);
    return seen;
  });
  const gangs = world.pods.map(({ uid, podGroup, subGroup }) => [uid, podGroup, subGroup]);
  const minima = world.podGroups.map(({ name, minSubGroup, subGroups, preemptible, priority, queue }) => [
    name,
    minSubGroup,
    subGroups.map((each) => [each.name, each.minMember]),
    [preemptible, priority, queue],
  ]);
  const rolls = manifests.flatMap((manifest) =>
    podTemplates({ manifest }).map(({ component, metadata, replicas }) => [
      component,
      strategyOf((metadata.annotations ?? {}) as Record<string, string>, replicas),
    ]),
  );
  return JSON.stringify({ start, losses, gangs, minima, rolls });
}

const kinds = ['PodGroup', 'DynamoGraphDeployment', 'Queue', 'Topology', 'ClusterTopologyBinding', 'PriorityClass', 'HelmRelease']; // prettier-ignore

function isRelevant({ manifest: { kind, metadata } }: LoweredObject): boolean {
  return kinds.includes(kind) && (kind !== 'HelmRelease' || metadata.name === 'kai-scheduler');
}

function* mutationsOf({ objects }: Good): Generator<Mutation> {
  for (const [i, object] of objects.entries()) {
    if (!isRelevant(object)) continue;
    const { kind, metadata } = object.manifest;
    for (const { path, what, value } of changes(object.manifest)) {
      const manifest = changed(object.manifest, path, value);
      const name = `${kind} ${metadata.name} ${path.join('.')}: ${what}`;
      yield { name, objects: objects.map((each, j) => (i === j ? { ...object, manifest } : each)) };
    }
  }
}

interface Change {
  readonly path: Path;
  readonly what: string;
  /** Absent for a field that is taken away. */
  readonly value?: unknown;
}

/** Fields that no scheduler looks at. */
const beside =
  /^(apiVersion|kind)$|\.(image|command|args|env|envFrom|volumeMounts|volumes|containers\.\d+\.name|imagePullSecrets|url|chart|chartRef|install|upgrade|interval)$/;

function* changes(value: unknown, path: Path = []): Generator<Change> {
  if (beside.test(path.join('.'))) return;
  if (path.length > 1) yield { path, what: 'taken away' };
  if (Array.isArray(value)) {
    if (value.length > 1) yield { path, what: 'its first only', value: value.slice(0, 1) };
    if (path.at(-1) === 'values') yield { path, what: 'one more', value: [...(value as unknown[]), 'n6'] };
    for (const [i, item] of value.entries()) yield* changes(item, [...path, i]);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* changes(item, [...path, key]);
    for (const [pattern, key, added] of additions) {
      if (pattern.test(path.join('.')))
        yield { path: [...path, key], what: `as ${JSON.stringify(added)}`, value: added };
    }
  } else {
    for (const other of others(value)) yield { path, what: JSON.stringify(other), value: other };
  }
}

const levels = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/rack', 'kubernetes.io/hostname'];

function others(value: unknown): unknown[] {
  if (typeof value === 'number') return [...new Set([value + 1, value - 1, 0])].filter((other) => other !== value);
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'string') return [];
  if (levels.includes(value)) return levels.filter((level) => level !== value);
  const known = values.get(value);
  if (known) return [...known];
  return /^\d+$/.test(value) ? [String(Number(value) + 1)] : [`${value}x`];
}

/** Other values that a field with this one may have. */
const values: ReadonlyMap<string, readonly string[]> = new Map([
  ['non-preemptible', ['preemptible']],
  ['preemptible', ['non-preemptible']],
  ['-1s', ['60s', '0s', '-2s']],
  ['true', ['false']],
  ['false', ['true']],
  ['n1', ['n6', 'n2']],
  ['inference', ['train', 'build']],
  ['team-a', ['department', 'team-b', 'none']],
  ['In', ['NotIn', 'Exists']],
]);

function changed(manifest: Manifest, path: Path, value: unknown): Manifest {
  const copy = structuredClone(manifest);
  const parent = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], copy);
  const key = path.at(-1) ?? '';
  const holder = parent as Record<string | number, unknown>;
  if (value !== undefined) holder[key] = value;
  else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(holder, key);
  return copy;
}

/** Fields that are not there, by the end of the path to what they are put into. */
const additions: readonly (readonly [RegExp, string, unknown])[] = [
  [/podTemplate\.spec$/, 'nodeName', 'n6'],
  [/podTemplate\.spec$/, 'nodeSelector', { 'topology.kubernetes.io/zone': 'z2' }],
  [/podTemplate\.spec$/, 'initContainers', [{ name: 'first', resources: { requests: { cpu: '65' } } }]],
  [/podTemplate\.metadata$/, 'labels', { 'kai.scheduler/subgroup-name': 'other' }],
  [/^spec\.subGroups\.\d+$/, 'parent', 'frontend'],
  [/multinode$/, 'nodeCount', 3],
];

/** What may be let through, and why it alters nothing. */
const harmless: Readonly<Record<string, RegExp>> = {
  'how KAI is installed, the arguments of its scheduler aside': /^HelmRelease kai-scheduler (?!spec.values.scheduler)/,
  'a queue that nothing runs in': /^Queue team-b /,
  'a higher bound, or one queue less above': /^Queue .*(gpu\.(limit|quota): (29|45)|parentQueue: taken away)$/,
  'negative memory, which is unlimited': /^Queue .*memory\.(limit|quota): -2$/,
  'the limit of a device is requested where no request says so': /resources\.requests\.nvidia\.com\/gpu: taken away$/,
  'keeps apart from more than it has to': /podAntiAffinity.*dynamo-graph-deployment-name: taken away$/,
  'there is no Grove to be kept from':
    /^DynamoGraphDeployment \w+ metadata\.annotations(\.nvidia\.com\/enable-grove)?: taken away$/,
  'pins hold what the constraint says once more': /^PodGroup .*topologyConstraint/,
  'a level that nothing is constrained by': /^(Topology|ClusterTopologyBinding) /,
  'never, or a gang on one node, which is lost whole':
    /^PodGroup inference\.(one .*: "-2s"|two spec\.stalenessGracePeriod.*)$/,
};

describe.each(['PodGroups of ours', 'Grove'] as const)('%s', (stack) => {
  test('every change that alters what KAI does fails the compile', () => {
    const unchanged = good(stack);
    expect(isCaught(unchanged, unchanged.objects)).toBe(false);
    const usual = effects(unchanged, unchanged.objects);
    const found = { altered: 0, missed: [] as string[], refused: 0, passed: [] as string[] };
    for (const { name, objects } of mutationsOf(unchanged)) {
      const isRefused = isCaught(unchanged, objects);
      const isAltered = effects(unchanged, objects) !== usual;
      if (isAltered) found.altered++;
      if (isAltered && !isRefused) found.missed.push(name);
      if (!isAltered && isRefused) found.refused++;
      if (!isAltered && !isRefused) found.passed.push(name);
    }
    const { altered, missed, refused, passed } = found;
    if (process.env.BAYPLAN_PROPERTY_RUNS !== undefined)
      process.stdout.write(`${stack}: ${altered} altered, ${refused} refused beside, ${passed.length} passed\n`);
    expect(missed).toEqual([]);
    expect(altered).toBeGreaterThan(300);
    expect(passed.filter((name) => !Object.values(harmless).some((pattern) => pattern.test(name)))).toEqual([]);
  });
});
