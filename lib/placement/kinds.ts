import { closedBecause, excludedBecause, labelValue } from './eligibility';
import type { NodeSpec, PodSpec } from './problem';

/**
 * Nodes told apart by nothing but what decides which of some pods they may take, room aside. Closed nodes of one kind
 * may be closed for different causes.
 */
export interface NodeKinds {
  /** By node: its kind. */
  readonly kindOf: Int32Array;
  /** By kind: a node of it. */
  readonly examples: readonly NodeSpec[];
}

/** Divides nodes by all that the given pods look at: state, taints, labels, and names where an affinity asks for them. */
export function nodeKinds(nodes: readonly NodeSpec[], pods: readonly PodSpec[]): NodeKinds {
  const labels = labelsIn(pods);
  const present = [...new Set(pods.flatMap(({ exclusive }) => (exclusive === undefined ? [] : [exclusive])))];
  const names = namesIn(pods);
  const known = new Map<string, number>();
  const examples: NodeSpec[] = [];
  const kindOf = new Int32Array(nodes.length);
  nodes.forEach((node, n) => {
    let key = node.ready && !node.unschedulable ? '' : '-';
    for (const { key: taint, value = '', effect } of node.taints) key += `${taint}\u0001${value}\u0001${effect}\u0002`;
    for (const label of labels) key += `\u0002${labelValue(node, label) ?? '\u0003'}`;
    for (const label of present) key += labelValue(node, label) === undefined ? '\u0003' : '\u0004';
    if (names === 'all' || names.has(node.name)) key += `\u0005${node.name}`;
    const kind = known.get(key) ?? known.size;
    if (kind === examples.length) {
      known.set(key, kind);
      examples.push(node);
    }
    kindOf[n] = kind;
  });
  return { kindOf, examples };
}

/** By kind: 1 where its nodes may take the pod. */
export function kindsFor({ examples }: NodeKinds, pod: PodSpec): Uint8Array {
  return Uint8Array.from(examples, (node) =>
    (closedBecause(node) ?? excludedBecause(node, pod)) === undefined ? 1 : 0,
  );
}

function labelsIn(pods: readonly PodSpec[]): readonly string[] {
  const keys = pods.flatMap(({ nodeSelector, nodeAffinity }) => [
    ...Object.keys(nodeSelector),
    ...(nodeAffinity?.nodeSelectorTerms ?? []).flatMap((term) => (term.matchExpressions ?? []).map(({ key }) => key)),
  ]);
  return [...new Set(keys)].sort();
}

/** Names that affinities list; `all` where one compares names in another way. */
function namesIn(pods: readonly PodSpec[]): ReadonlySet<string> | 'all' {
  const fields = pods.flatMap(({ nodeAffinity }) =>
    (nodeAffinity?.nodeSelectorTerms ?? []).flatMap((term) => term.matchFields ?? []),
  );
  if (fields.some(({ operator }) => operator === 'Gt' || operator === 'Lt')) return 'all';
  return new Set(fields.flatMap(({ values = [] }) => values));
}
