import type { Resources } from '../model/resources';
import { HOSTNAME_LABEL } from '../model/node';
import { PODS } from './amounts';
import type { CopyPods, GangPods } from './assigned';
import { closedBecause, excludedBecause } from './eligibility';
import type { Case } from './explain';
import { makeSite } from './ground';
import { compile, type Instance, type Leaf } from './instance';
import { sortedByName } from './natural';
import type { Assignment } from './objective';
import type { Remedy } from './plan';
import { Probe } from './probe';
import type { NodeSpec } from './problem';

/** The domain that comes closest to holding a gang or one of its copies. */
export interface Place {
  readonly level?: string;
  /** Undefined for the whole cluster. */
  readonly domain?: string;
  readonly members: Int32Array;
  readonly needed: Resources;
  readonly available: Resources;
  /** The leaf that is hardest to place there, and how many of its pods have no slot. */
  readonly leaf: Leaf;
  readonly lacking: number;
}

const MOST_ADDED = 64;
/** Nodes beyond which no problem is compiled anew for this. */
const MOST_NODES = 2_048;

/** How many more nodes like one of the place would give the gang a place: the fewest, at most 64. */
export function nodesToAdd(the: Case, place: Place): Remedy | undefined {
  const { instance } = the.site;
  const at = largestNode(instance, place);
  const like = instance.nodes[at ?? -1];
  if (at === undefined || !like) return undefined;
  const world = worldAround(the, at);
  if (world.length > MOST_NODES) return undefined;
  const count = fewest(atLeast(place, like), (added) => isEnough(the, world, like, added));
  if (count === undefined) return undefined;
  const where = place.domain === undefined ? '' : ` to ${place.level} ${place.domain}`;
  const text = `add ${count} ${count === 1 ? 'node' : 'nodes'} like ${like.name}${where}`;
  const domain = place.domain === undefined ? {} : { level: place.level, domain: place.domain };
  return { kind: 'nodes', text, nodes: count, like: like.name, ...domain };
}

/** The node of the place that would hold most pods of its leaf if it were empty. */
function largestNode(instance: Instance, { members, leaf }: Place): number | undefined {
  let best: number | undefined;
  let most = 0;
  for (const n of members) {
    const node = instance.nodes[n];
    const pods = node ? podsOnEmpty(node, leaf) : 0;
    if (pods > most && instance.trees.every((tree) => tree.isComplete(n))) [best, most] = [n, pods];
  }
  return best;
}

function podsOnEmpty(node: NodeSpec, { spec }: Leaf): number {
  if ((closedBecause(node) ?? excludedBecause(node, spec.pod)) !== undefined) return 0;
  const pods = Object.entries(spec.pod.requests).flatMap(([resource, amount]) =>
    amount > 0n ? [Number((node.allocatable[resource] ?? 0n) / amount)] : [],
  );
  return Math.min(1_000, ...pods);
}

/** All nodes; or only the domain that the gang must be in, where there is no other gang to be reckoned with. */
function worldAround({ site, assignment, gang }: Case, n: number): Int32Array {
  const { instance } = site;
  const division = instance.trees[gang.rule.tree]?.divisions[gang.rule.required];
  const domain = division?.domainOf[n] ?? -1;
  const isAlone = assignment.every((pods) => pods === undefined);
  const members = isAlone && domain >= 0 ? division?.nodesIn(domain) : undefined;
  return members ?? Int32Array.from(instance.nodes, (_, i) => i);
}

/** What is missing in total cannot come from fewer nodes than this. */
function atLeast({ needed, available, leaf, lacking }: Place, like: NodeSpec): number {
  const short = Object.keys(needed).flatMap((resource) => {
    const missing = (needed[resource] ?? 0n) - (available[resource] ?? needed[resource] ?? 0n);
    const each = like.allocatable[resource] ?? 0n;
    if (missing <= 0n || (resource === PODS && like.allocatable[PODS] === undefined)) return [];
    return [each === 0n ? MOST_ADDED + 1 : Number((missing + each - 1n) / each)];
  });
  return Math.max(1, Math.ceil(lacking / podsOnEmpty(like, leaf)), ...short);
}

/** By doubling from `least`, then bisection; undefined where 64 do not pass. */
function fewest(least: number, passes: (count: number) => boolean): number | undefined {
  let low = least - 1;
  let high = least;
  while (high <= MOST_ADDED && !passes(high))
    [low, high] = [high, high === MOST_ADDED ? high + 1 : Math.min(2 * high, MOST_ADDED)];
  if (high > MOST_ADDED) return undefined;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (passes(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function isEnough(the: Case, world: Int32Array, like: NodeSpec, added: number): boolean {
  const { instance } = the.site;
  const { problem } = instance;
  const more = Array.from({ length: added }, (_, i) => copyOf(like, `${like.name}+${i + 1}`));
  const nodes = [...[...world].flatMap((n) => instance.nodes[n] ?? []), ...more];
  const grown = compile({ ...problem, nodes: sortedByName(nodes), locked: new Map() });
  const gang = grown.gangs.find(({ spec }) => spec === the.gang.spec);
  if (!gang) return false;
  const assignment = sameAssignment(instance, grown, the.assignment);
  const probe = new Probe({ site: makeSite(grown), assignment, gang, limits: the.limits });
  return probe.tries({}) === 'yes';
}

function copyOf(node: NodeSpec, name: string): NodeSpec {
  const labels = { ...node.labels, ...(Object.hasOwn(node.labels, HOSTNAME_LABEL) && { [HOSTNAME_LABEL]: name }) };
  return { ...node, name, labels, used: {} };
}

/** The other gangs on the nodes of the same names. */
function sameAssignment(from: Instance, to: Instance, assignment: Assignment): Assignment {
  const indexOf = (n: number): number => to.nodeIndex.get(from.nodes[n]?.name ?? '') ?? -1;
  const copy = ({ nodes, groups }: CopyPods): CopyPods => ({ nodes: nodes.map(indexOf), groups: groups.map(copies) });
  const copies = (list: readonly CopyPods[]): CopyPods[] => list.map(copy);
  const move = (pods: GangPods | undefined): GangPods | undefined => pods?.map(copies);
  return to.gangs.map((gang) => move(assignment[from.gangs.find(({ spec }) => spec === gang.spec)?.index ?? -1]));
}
