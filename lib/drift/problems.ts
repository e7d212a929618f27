import { NODE_POOL_LABEL } from '../backends/kai/node-pool';
import type { RunningPod } from '../inventory/cluster';
import { listNames } from '../inventory/names';
import { HOSTNAME_LABEL } from '../model/node';
import { wholeUnits } from '../model/quantity';
import { addResources, formatAmount, scaleResources, type Resources } from '../model/resources';
import { compareKeys } from '../order';
import { excludedBecause } from '../placement/eligibility';
import type { NodeSpec } from '../placement/problem';
import type { Ground, Placed } from './ground';
import type { RequiredDomain } from './required';

/** Why pods cannot stand where they were planned. */
export type ProblemKind =
  /** the node is not in today's list */
  | 'gone'
  /** conditions keep the scheduler away, and in the end evict what runs there */
  | 'not-ready'
  /** a taint that they do not tolerate */
  | 'taint'
  /** the node's labels are no longer what node selector or affinity want */
  | 'labels'
  /** all that is planned there, and what else runs there, does not fit any more */
  | 'room'
  /** nodes that have to share a domain do not */
  | 'domain'
  /** a warning: what runs there stays, but could not start there again */
  | 'cordoned';

export interface Problem {
  readonly kind: ProblemKind;
  /** Absent where it is about several. */
  readonly node?: string;
  /** What was planned there: number of pods by component. */
  readonly pods: Readonly<Record<string, number>>;
  /** What is wrong, with the value. */
  readonly text: string;
}

/** False for a warning. */
export function isBreaking({ kind }: Problem): boolean {
  return kind !== 'cordoned';
}

/** One problem for each node, the worst; then what is about several nodes. */
export function problemsOf(own: readonly Placed[], ground: Ground, required: readonly RequiredDomain[]): Problem[] {
  const nodes = [...new Set(own.map(({ node }) => node))].sort();
  return [
    ...nodes.flatMap((node) =>
      nodeProblem(
        node,
        own.filter((each) => each.node === node),
        ground,
      ),
    ),
    ...required.flatMap((domain) => domainProblem(domain, ground)),
  ];
}

function nodeProblem(name: string, own: readonly Placed[], ground: Ground): Problem[] {
  const node = ground.nodes.get(name);
  const problem = (kind: ProblemKind, text: string, of = own): Problem[] => {
    return [
      { kind, node: name, pods: Object.fromEntries(of.map(({ component, pods }) => [component.name, pods])), text },
    ];
  };
  if (!node) return problem('gone', "not among today's nodes");
  if (!node.ready) return problem('not-ready', node.notReady.join(', '));
  const stray = strayNode(node, ground);
  if (stray !== undefined) return problem('labels', stray);
  for (const each of own) {
    const cause = excludedBecause(node, each.needs);
    if (cause === undefined) continue;
    const of = own.filter(({ needs }) => excludedBecause(node, needs) === cause);
    return problem(cause.startsWith('taint ') ? 'taint' : 'labels', exclusion(node, each, cause), of);
  }
  const short = shortage(node, ground);
  if (short !== undefined) return problem('room', short);
  return node.unschedulable ? problem('cordoned', 'what runs there stays, and nothing could start there again') : [];
}

/** KAI does not see nodes of other pools. */
function strayNode({ labels }: NodeSpec, { pool, sees }: Ground): string | undefined {
  if (sees(labels)) return undefined;
  const value = labels[NODE_POOL_LABEL];
  const has = value === undefined ? `has no label ${NODE_POOL_LABEL}` : `has label ${NODE_POOL_LABEL}=${value}`;
  return `${has}, and KAI looks at ${pool === undefined ? 'nodes without it' : `those of ${pool}`}`;
}

function exclusion(node: NodeSpec, { component, needs }: Placed, cause: string): string {
  if (cause.startsWith('taint ')) {
    const key = cause.slice('taint '.length);
    const effects = node.taints.filter((taint) => taint.key === key && taint.effect !== 'PreferNoSchedule');
    return `taint ${key}:${effects.map(({ effect }) => effect).join(', ')}, which ${component.name} does not tolerate`;
  }
  const selected = /^node selector (.*)$/.exec(cause)?.[1];
  const key = selected ?? HOSTNAME_LABEL;
  const value = node.labels[key];
  const has = value === undefined ? `has no label ${key}` : `has label ${key}=${value}`;
  const wants =
    selected === undefined
      ? `the pin of ${component.name} names others`
      : `${component.name} wants ${needs.nodeSelector[selected] ?? ''}`;
  return `${has}, and ${wants}`;
}

/** All that is planned there, of every graph, beside what else runs there. */
function shortage({ name, allocatable, used }: NodeSpec, { placed, others }: Ground): string | undefined {
  const planned = placed
    .filter(({ node }) => node === name)
    .reduce<Resources>((sum, { needs, pods }) => {
      return addResources(sum, scaleResources({ ...needs.requests, pods: wholeUnits(1) }, pods));
    }, {});
  const isMore = ([resource, amount]: [string, bigint]): boolean => {
    const isUnlimited = resource === 'pods' && allocatable[resource] === undefined;
    return amount > 0n && !isUnlimited && amount + (used[resource] ?? 0n) > (allocatable[resource] ?? 0n);
  };
  const short = Object.entries(planned).sort(compareKeys).filter(isMore);
  if (short.length === 0) return undefined;
  const texts = short.map(([resource, amount]) => {
    const has = formatAmount(resource, allocatable[resource] ?? 0n);
    const taken = used[resource] ?? 0n;
    const beside = taken > 0n ? `, beside ${formatAmount(resource, taken)} that others hold` : '';
    return `${formatAmount(resource, amount)} of ${resource} planned on ${has}${beside}`;
  });
  const isShort = ({ requests }: RunningPod): boolean => short.some(([resource]) => (requests[resource] ?? 0n) > 0n);
  const foreign = others.filter((pod) => pod.node === name && isShort(pod));
  const names = foreign.map((pod) => `${pod.namespace}/${pod.name}`);
  return `${texts.join('; ')}${names.length > 0 ? ` (${listNames(names)})` : ''}`;
}

/** Nodes that are gone have been told of. */
function domainProblem({ whose, level, nodes }: RequiredDomain, { nodes: today, levels }: Ground): Problem[] {
  const depth = levels.indexOf(level);
  const path = depth < 0 ? [level] : levels.slice(0, depth + 1);
  const there = nodes.flatMap((name) => today.get(name) ?? []);
  const domains = new Map<string, string[]>();
  for (const { name, labels } of there) {
    const domain = path.map((label) => labels[label] ?? `no ${label}`).join('/');
    domains.set(domain, [...(domains.get(domain) ?? []), name]);
  }
  if (domains.size < 2 && ![...domains.keys()].some((domain) => domain.includes('no '))) return [];
  const parts = [...domains].sort(compareKeys).map(([domain, names]) => `${listNames(names)} in ${domain}`);
  return [{ kind: 'domain', pods: {}, text: `${whose} has to be in one ${level}: ${parts.join('; ')}` }];
}
