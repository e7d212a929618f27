import * as fc from 'fast-check';
import { checkPlan } from '../../lib/checker/check';
import { clusterOf, placedGangs, type Scope } from '../../lib/checker/cluster';
import type { FaultCode } from '../../lib/checker/fault';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { GangPlan, Objective, Plan, PlacedGang } from '../../lib/placement/plan';
import { problems, runs } from '../placement/arbitraries';
import { bestPlan, emptyObjective, type Best } from '../placement/oracle';

/** A problem and a plan that is sound, of brute force; then both with one thing broken. */
interface Case {
  readonly document: ProblemDocument;
  readonly plan: Plan;
}

const sound = fc
  .oneof(
    problems({ locks: false }),
    problems({ locks: false, eligibility: false, queues: false, exclusive: false, required: false }),
  )
  .map((document) => ({ document, best: bestPlan(document, { ways: 150 }) }))
  .filter(({ best }) => best !== undefined && best.placed.length > 0)
  .map(({ document, best }): Case => ({ document, plan: planOf(document, best ?? nothing) }));

const nothing: Best = {
  objective: emptyObjective,
  placed: [],
  placements: {},
};

function planOf(document: ProblemDocument, best: Best): Plan {
  const gangs = (document.gangs ?? []).map((gang): GangPlan => {
    const placements = best.placements[gang.name];
    if (placements === undefined)
      return { name: gang.name, status: 'unplaced', reasons: [{ code: 'capacity', message: 'no room' }] };
    return { name: gang.name, status: 'placed', placements, domains: {}, moved: [] };
  });
  const status = gangs.every((gang) => gang.status === 'placed') ? 'placed' : 'infeasible';
  const { objective } = best;
  const plan: Plan = { version: 1, status, gangs, objective, bound: objective, certificate: {}, optimal: true };
  return {
    ...plan,
    gangs: gangs.map((gang) =>
      gang.status === 'placed' ? { ...gang, domains: domainsOf(document, plan, gang.name) } : gang,
    ),
  };
}

function domainsOf(document: ProblemDocument, plan: Plan, name: string): PlacedGang['domains'] {
  const scopes = scopesOf(document, plan).filter(({ gang, own }) => gang.name === name && own?.required !== undefined);
  return Object.fromEntries(
    scopes.map(({ path, own, pods }) => {
      const level = own?.required ?? '';
      return [path, { [level]: nodeOf(document, pods[0] ?? '')?.labels?.[level] ?? '' }];
    }),
  );
}

function scopesOf(document: ProblemDocument, plan: Plan): Scope[] {
  return placedGangs(clusterOf(document), plan).flatMap(({ scopes }) => [...scopes]);
}

function leavesOf(found: Case): Scope[] {
  return scopesOf(found.document, found.plan).filter(({ group }) => group?.pod !== undefined);
}

function nodeOf(document: ProblemDocument, name: string): NodeDocument | undefined {
  return document.nodes?.find((node) => node.name === name);
}

/** A case with one thing broken, or undefined where the case has nothing to break in this way. */
type Mutation = (found: Case) => Case | undefined;

const mutations: readonly (readonly [string, FaultCode, Mutation])[] = [
  ['a pod dropped', 'pod-count', (found) => replaceNodes(found, (nodes) => nodes.slice(1))],
  ['a pod doubled', 'pod-count', (found) => replaceNodes(found, (nodes) => [...nodes, ...nodes.slice(0, 1)])],
  [
    'a pod on a node that is not there',
    'unknown-node',
    (found) => replaceNodes(found, (nodes) => ['nowhere', ...nodes.slice(1)]),
  ],
  ['a group without its copies', 'copies', dropGroup],
  ['a copy beyond those wanted', 'copies', addCopy],
  [
    'a gang left out of the list',
    'gang-list',
    ({ document, plan }) => ({ document, plan: { ...plan, gangs: plan.gangs.slice(1) } }),
  ],
  [
    'the other status',
    'status',
    ({ document, plan }) => ({
      document,
      plan: { ...plan, status: plan.status === 'placed' ? 'infeasible' : 'placed' },
    }),
  ],
  ['a node that is not ready', 'eligibility', (found) => changeNode(found, (node) => ({ ...node, ready: false }))],
  [
    'a node that is cordoned',
    'eligibility',
    (found) => changeNode(found, (node) => ({ ...node, unschedulable: true })),
  ],
  [
    'a new taint',
    'eligibility',
    (found) => changeNode(found, (node) => ({ ...node, taints: [{ key: 'new', effect: 'NoExecute' }] })),
  ],
  [
    'a node with one pod too few to run',
    'capacity',
    (found) =>
      changeNode(found, (node) => ({
        ...node,
        allocatable: { ...node.allocatable, pods: podsOn(found, node.name) - 1 },
        used: {},
      })),
  ],
  ['a node with one GPU too few', 'capacity', overfill],
  ['a node that lost its labels', 'missing-label', unlabel],
  ['a node in another rack', 'required-level', moveNode],
  ['a label that excludes', 'exclusive', exclude],
  ['a limit that is too low', 'limit', (found) => bindQueue(found, 'limit')],
  ['a quota that is too low', 'quota', (found) => bindQueue(found, 'quota')],
  ['a resource that two pinned components share', 'pin-safety', sharePin],
  ['another domain', 'domains', changeDomain],
  ['a copy said to have moved', 'moved', sayMoved],
  ['a number with a gap below it', 'numbering', leaveGap],
  [
    'a bound above its value',
    'bound',
    ({ document, plan }) => ({ document, plan: { ...plan, bound: { ...plan.bound, distance: '99999999999/1' } } }),
  ],
];

describe('the checker reports, in a sound plan with one thing broken,', () => {
  const cases = fc.sample(sound, runs(400));

  test('nothing while nothing is broken', () => {
    for (const { document, plan } of cases) expect(checkPlan(document, plan)).toEqual([]);
  });

  test.each(mutations)('%s as %s', (_, code, mutate) => {
    const broken = cases.map(mutate).filter((found) => found !== undefined);
    expect(broken.length).toBeGreaterThan(2);
    for (const { document, plan } of broken) {
      const codes = checkPlan(document, plan).map((fault) => fault.code);
      expect({ document, plan, found: codes.includes(code) ? code : codes }).toEqual({ document, plan, found: code });
    }
  });

  test('any number of any term of the objective', () => {
    for (const { document, plan } of cases.slice(0, 100)) {
      for (const objective of changedNumbers(plan.objective)) {
        const faults = checkPlan(document, { ...plan, objective, bound: objective });
        expect(faults.map(({ code }) => code)).toEqual(['objective']);
      }
    }
  });
});

/** The objective with each number in turn one higher. */
function changedNumbers(objective: Objective): Objective[] {
  const text = JSON.stringify(objective);
  return [...text.matchAll(/-?\d+/g)].map((match) => {
    const raised =
      text.slice(0, match.index) + String(Number(match[0]) + 1) + text.slice(match.index + match[0].length);
    // The same shape as what was written.
    return JSON.parse(raised) as Objective;
  });
}

function replaceNodes(found: Case, change: (nodes: readonly string[]) => readonly string[]): Case {
  return changePlaced(found, (gang) => {
    const path = Object.keys(gang.placements)[0] ?? '';
    return { ...gang, placements: { ...gang.placements, [path]: change(gang.placements[path] ?? []) } };
  });
}

function changePlaced(found: Case, change: (gang: PlacedGang) => PlacedGang): Case {
  const first = found.plan.gangs.findIndex((gang) => gang.status === 'placed');
  const gangs = found.plan.gangs.map((gang, i) => (gang.status === 'placed' && i === first ? change(gang) : gang));
  return { ...found, plan: { ...found.plan, gangs } };
}

function dropGroup(found: Case): Case {
  const gang = leavesOf(found)[0];
  return changePlaced(found, (placed) => {
    const rest = Object.entries(placed.placements).filter(([path]) => !path.startsWith(`${gang?.path.split('/')[0]}/`));
    return { ...placed, placements: Object.fromEntries(rest) };
  });
}

function addCopy(found: Case): Case {
  return changePlaced(found, (placed) => {
    const [path = '', nodes = []] = Object.entries(placed.placements)[0] ?? [];
    return { ...placed, placements: { ...placed.placements, [path.replace(/\d+$/, '9')]: nodes } };
  });
}

/** Changes the first node that the plan uses. */
function changeNode(
  found: Case,
  change: (node: NodeDocument) => NodeDocument,
  name = leavesOf(found)[0]?.pods[0],
): Case {
  const nodes = (found.document.nodes ?? []).map((node) => (node.name === name ? change(node) : node));
  return { ...found, document: { ...found.document, nodes } };
}

function podsOn(found: Case, name: string): number {
  return leavesOf(found).flatMap(({ pods }) => pods.filter((pod) => pod === name)).length;
}

const gpu = 'nvidia.com/gpu';

function overfill(found: Case): Case | undefined {
  const scope = leavesOf(found).find(({ group }) => Number(group?.pod?.requests?.[gpu] ?? 0) > 0);
  const name = scope?.pods[0];
  const asked = leavesOf(found).reduce((sum, { group, pods }) => {
    return sum + Number(group?.pod?.requests?.[gpu] ?? 0) * pods.filter((pod) => pod === name).length;
  }, 0);
  const change = (node: NodeDocument): NodeDocument => ({
    ...node,
    allocatable: { ...node.allocatable, [gpu]: asked - 1 },
    used: {},
  });
  return name === undefined ? undefined : changeNode(found, change, name);
}

function unlabel(found: Case): Case | undefined {
  const constrained = leavesOf(found).find(({ constraints }) => constraints.length > 0);
  return constrained && changeNode(found, (node) => ({ ...node, labels: {} }), constrained.pods[0]);
}

/** Gives one of the several nodes of a copy another value of a level that is required of the copy. */
function moveNode(found: Case): Case | undefined {
  const scope = scopesOf(found.document, found.plan).find(
    ({ own, pods }) => own?.required !== undefined && new Set(pods).size > 1,
  );
  const level = scope?.own?.required ?? '';
  return (
    scope && changeNode(found, (node) => ({ ...node, labels: { ...node.labels, [level]: 'elsewhere' } }), scope.pods[0])
  );
}

function changeGroups(
  found: Case,
  change: (group: GroupDocument, gang: GangDocument, path: string) => GroupDocument,
): Case {
  const walk = (gang: GangDocument, groups: readonly GroupDocument[], above: string): GroupDocument[] => {
    return groups.map((group) => {
      const path = above + group.name;
      return group.groups ? { ...group, groups: walk(gang, group.groups, `${path}/`) } : change(group, gang, path);
    });
  };
  const gangs = (found.document.gangs ?? []).map((gang) => ({ ...gang, groups: walk(gang, gang.groups, '') }));
  return { ...found, document: { ...found.document, gangs } };
}

function exclude(found: Case): Case | undefined {
  const scope = leavesOf(found).find((first) => {
    const pods = leavesOf(found)
      .filter(({ gang, groupPath }) => gang === first.gang && groupPath === first.groupPath)
      .flatMap((same) => same.pods);
    return new Set(pods).size < pods.length;
  });
  const changed = changeGroups(found, (group, gang, path) => {
    return gang.name === scope?.gang.name && path === scope.groupPath
      ? { ...group, pod: { ...group.pod, exclusive: 'one' } }
      : group;
  });
  const nodes = (changed.document.nodes ?? []).map((node) => ({ ...node, labels: { ...node.labels, one: node.name } }));
  return scope && { ...changed, document: { ...changed.document, nodes } };
}

/** Puts the gang into a queue whose grandparent allows one pod less than the plan places. */
function bindQueue(found: Case, bound: 'quota' | 'limit'): Case | undefined {
  const gang = leavesOf(found)[0]?.gang.name;
  const pods = leavesOf(found)
    .filter((scope) => scope.gang.name === gang)
    .flatMap((scope) => scope.pods).length;
  const queues = [
    ...(found.document.queues ?? []),
    { name: 'low', parent: 'middle' },
    { name: 'middle', parent: 'top' },
    { name: 'top', resources: { pods: { [bound]: pods } }, used: { pods: 1 } },
  ];
  const gangs = (found.document.gangs ?? []).map((other) =>
    other.name === gang ? { ...other, queue: 'low', preemptible: false } : other,
  );
  return { ...found, document: { ...found.document, queues, gangs } };
}

/**
 * Where two pinned components share a node, and one of them has pods elsewhere as well: a resource of which that node
 * has just what the plan puts there, and nothing else that could keep the other pods away.
 */
function sharePin(found: Case): Case | undefined {
  const pinned = leavesOf(found).filter(
    ({ group }) => group?.pinned && group.pod?.exclusive !== 'kubernetes.io/hostname',
  );
  const nodesOf = (one: Scope): string[] => pinned.filter((scope) => sameGroup(scope, one)).flatMap(({ pods }) => pods);
  const roaming = pinned.filter((scope) => scope.group?.pinned === 'set' && new Set(nodesOf(scope)).size > 1);
  const pairs = roaming.flatMap((one) =>
    pinned.filter((other) => !sameGroup(one, other)).map((other) => ({ one, other })),
  );
  const pair = pairs.find(({ one, other }) => nodesOf(other).some((pod) => nodesOf(one).includes(pod)));
  if (pair === undefined) return undefined;
  const shared = nodesOf(pair.other).find((pod) => nodesOf(pair.one).includes(pod)) ?? '';
  const here = [...nodesOf(pair.one), ...nodesOf(pair.other)].filter((pod) => pod === shared).length;
  const changed = changeGroups(found, (group, gang, path) => {
    const isOfPair = [pair.one, pair.other].some((scope) => scope.gang.name === gang.name && scope.groupPath === path);
    return isOfPair ? { ...group, pod: { ...group.pod, requests: { slot: 1 } } } : group;
  });
  const nodes = (changed.document.nodes ?? []).map((node) => ({
    ...node,
    allocatable: { slot: node.name === shared ? here : 99 },
  }));
  return { ...changed, document: { ...changed.document, nodes } };
}

function sameGroup(a: Scope, b: Scope): boolean {
  return a.gang.name === b.gang.name && a.groupPath === b.groupPath;
}

function changeDomain(found: Case): Case | undefined {
  const changed = changePlaced(found, (gang) => {
    const entries = Object.entries(gang.domains).map(([path, domain]) => {
      return [path, Object.fromEntries(Object.keys(domain).map((level) => [level, 'elsewhere']))] as const;
    });
    return { ...gang, domains: Object.fromEntries(entries) };
  });
  return JSON.stringify(changed.plan) === JSON.stringify(found.plan) ? undefined : changed;
}

function sayMoved(found: Case): Case {
  return changePlaced(found, (gang) => ({ ...gang, moved: Object.keys(gang.placements).slice(0, 1) }));
}

/** Gives the last copy of a group the highest number, where lower ones are free. */
function leaveGap(found: Case): Case | undefined {
  const leaves = leavesOf(found);
  const siblingsOf = (one: Scope): Scope[] =>
    leaves.filter((scope) => sameGroup(scope, one) && parentOf(scope) === parentOf(one));
  const scope = leaves.find(
    (one) => siblingsOf(one).at(-1) === one && siblingsOf(one).length < (one.group?.replicas ?? 1),
  );
  if (scope === undefined) return undefined;
  const gangs = found.plan.gangs.map((gang) => {
    if (gang.status !== 'placed' || gang.name !== scope.gang.name) return gang;
    const { [scope.path]: nodes = [], ...rest } = gang.placements;
    return {
      ...gang,
      placements: { ...rest, [scope.path.replace(/\d+$/, String((scope.group?.replicas ?? 1) - 1))]: nodes },
    };
  });
  return { ...found, plan: { ...found.plan, gangs } };
}

/** All of a path but the last index. */
function parentOf({ path }: Scope): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}
