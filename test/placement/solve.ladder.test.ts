import * as fc from 'fast-check';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Remedy } from '../../lib/placement/plan';
import { problems, runs } from './arbitraries';
import { gang, GPU, group, HOST, on, plan, problem, refusal, type Drawing } from './clusters';

// a ── r1 ── n1 (8), n2 (8)
//   └─ r2 ── n3 (8), n4 (8)
const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 }, r2: { n3: 8, n4: 8 } } };

const tainted = (names: readonly string[], document: ProblemDocument): ProblemDocument => ({
  ...document,
  nodes: (document.nodes ?? []).map((node) =>
    names.includes(node.name)
      ? { ...node, taints: [{ key: 'dedicated', value: 'team-b', effect: 'NoSchedule' }] }
      : node,
  ),
});

const remediesOf = (document: ProblemDocument): readonly Remedy[] => refusal(plan(document)).remedies ?? [];

const remedyOf = (document: ProblemDocument, kind: Remedy['kind']): Remedy => {
  const remedy = remediesOf(document).find((one) => one.kind === kind);
  if (!remedy) throw new Error(`no remedy of kind ${kind}: ${JSON.stringify(remediesOf(document))}`);
  return remedy;
};

const withGang = (document: ProblemDocument, name: string, change: (gang: GangDocument) => GangDocument) => ({
  ...document,
  gangs: (document.gangs ?? []).map((one) => (one.name === name ? change(one) : one)),
});

const withNodes = (document: ProblemDocument, more: readonly NodeDocument[]): ProblemDocument => ({
  ...document,
  nodes: [...(document.nodes ?? []), ...more],
});

describe('the ladder of changes', () => {
  test('a selector that leaves too few nodes is named with its value, and dropping it is enough', () => {
    const pod = { nodeSelector: { rack: 'r1' } };
    const document = problem(drawing, [gang('g', [group('w', 8, { replicas: 3, pod })])]);
    expect(remedyOf(document, 'selector')).toEqual({
      kind: 'selector',
      text: 'drop the node selector rack=r1 of w',
      groups: ['w'],
      key: 'rack=r1',
    });
    const changed = withGang(document, 'g', (g) => ({ ...g, groups: [group('w', 8, { replicas: 3 })] }));
    expect(plan(changed).status).toBe('placed');
  });

  test('one requirement of an affinity is named; the others stay', () => {
    const matchExpressions = [
      { key: 'rack', operator: 'In' as const, values: ['r1'] },
      { key: 'zone', operator: 'Exists' as const },
    ];
    const pod = { nodeAffinity: { nodeSelectorTerms: [{ matchExpressions }] } };
    const document = problem(drawing, [gang('g', [group('w', 8, { replicas: 3, pod })])]);
    expect(remedyOf(document, 'affinity')).toMatchObject({ text: 'drop rack In r1 from the node affinity of w' });
  });

  test('a toleration is offered for the taint that stands in the way, also where no node is left at all', () => {
    const few = tainted(['n3', 'n4'], problem(drawing, [gang('g', [group('w', 8, { replicas: 3 })])]));
    const none = tainted(['n1', 'n2', 'n3', 'n4'], problem(drawing, [gang('g', [group('w', 8)])]));
    const toleration = {
      kind: 'toleration',
      text: 'add a toleration for taint dedicated to w',
      groups: ['w'],
      key: 'dedicated',
    };
    expect(remedyOf(few, 'toleration')).toEqual(toleration);
    expect(remediesOf(none)).toEqual([toleration]);
    expect(refusal(plan(none)).help).toBe(toleration.text);
  });

  test('a gang of the same priority may be named, never one with a higher one', () => {
    const big = group('w', 8, { replicas: 4 });
    const equal = problem(drawing, [gang('first', [big]), gang('second', [group('w', 8)])]);
    expect(remedyOf(equal, 'gang')).toEqual({ kind: 'gang', text: 'leave out second', gang: 'second' });
    const higher = problem(drawing, [gang('first', [big], { priority: 1 }), gang('second', [group('w', 8)])]);
    expect(remediesOf(higher).map(({ kind }) => kind)).toEqual(['nodes']);
  });

  test('as many nodes as it takes are asked for, and one fewer is too few', () => {
    // Five pods of 8 in a rack of two nodes of 8.
    const document = problem(drawing, [gang('g', [group('w', 8, { replicas: 5 })], { constraint: on('rack') })]);
    const remedy = remedyOf(document, 'nodes');
    expect(remedy).toEqual({
      kind: 'nodes',
      text: 'add 3 nodes like n1 to rack a/r1',
      nodes: 3,
      like: 'n1',
      level: 'rack',
      domain: 'a/r1',
    });
    const more = ['n5', 'n6', 'n7'].map((name): NodeDocument => ({
      name,
      labels: { zone: 'a', rack: 'r1', [HOST]: name },
      allocatable: { [GPU]: 8, cpu: 64 },
    }));
    expect(plan(withNodes(document, more)).status).toBe('placed');
    expect(plan(withNodes(document, more.slice(1))).status).toBe('infeasible');
  });

  test('of fragmented room, counting alone does not say how many nodes: trying does', () => {
    // Pods of 5 beside pods of 4: a node holds one pod of 5, or two of 4.
    const groups = [group('a', 5, { replicas: 4 }), group('b', 4, { replicas: 2 })];
    const document = problem(drawing, [gang('g', groups)]);
    expect(remedyOf(document, 'nodes')).toMatchObject({ nodes: 1 });
  });

  test('at most four, and with none that helps there is no list', () => {
    const impossible = problem(drawing, [gang('g', [group('w', 16)])]);
    expect(refusal(plan(impossible)).remedies).toBeUndefined();
    const pod = { nodeSelector: { rack: 'r1' } };
    const other = gang('other', [group('w', 8, { replicas: 1, pod })]);
    const blocked = tainted(
      ['n2'],
      problem(drawing, [other, gang('g', [group('w', 4, { replicas: 3, pod })], { constraint: on('rack') })]),
    );
    expect(remediesOf(blocked).length).toBeLessThanOrEqual(4);
  });
});

/** A document with one group of its only gang changed. */
function withGroup(document: ProblemDocument, path: string, change: Partial<GroupDocument>): ProblemDocument {
  const map = (groups: readonly GroupDocument[], above: string): GroupDocument[] =>
    groups.map((one) => {
      if (above + one.name === path) return { ...one, ...change };
      return one.groups ? { ...one, groups: map(one.groups, `${above}${one.name}/`) } : one;
    });
  return { ...document, gangs: (document.gangs ?? []).map((one) => ({ ...one, groups: map(one.groups, '') })) };
}

function applied(
  document: ProblemDocument,
  { kind, groups = [], replicas, nodes = 0, like }: Remedy,
): ProblemDocument | undefined {
  const [path = ''] = groups;
  if (kind === 'replicas') return withGroup(document, path, { replicas, minReplicas: replicas });
  if (kind === 'pinning')
    return groups.reduce((changed, one) => withGroup(changed, one, { pinned: 'replica' }), document);
  const model = (document.nodes ?? []).find(({ name }) => name === like);
  if (kind !== 'nodes' || !model) return undefined;
  const added = Array.from({ length: nodes }, (_, i): NodeDocument => {
    const name = `added-${i}`;
    const labels = { ...model.labels, ...(model.labels?.[HOST] !== undefined && { [HOST]: name }) };
    return { ...model, name, labels, used: {} };
  });
  return withNodes(document, added);
}

test('whatever is offered gives the gang a place', () => {
  let tried = 0;
  fc.assert(
    fc.property(problems({ gangs: 1, locks: false }), (document) => {
      const [only] = plan(document).gangs;
      const remedies = only?.status === 'unplaced' ? (only.reasons[0]?.remedies ?? []) : [];
      for (const remedy of remedies) {
        const changed = applied(document, remedy);
        if (!changed) continue;
        tried++;
        expect({ remedy, status: plan(changed).status }).toEqual({ remedy, status: 'placed' });
      }
    }),
    runs(200),
  );
  expect(tried).toBeGreaterThan(20);
});
