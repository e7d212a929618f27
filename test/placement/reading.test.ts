import * as fc from 'fast-check';
import {
  planJsonSchema,
  planSchema,
  problemJsonSchema,
  problemSchema,
  type ProblemDocument,
} from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { arePlainNodes } from '../../lib/placement/reading/plain';
import { runs } from './arbitraries';
import { found, rack, topologies, withGroup, withGroups, zone } from './documents';

describe('readProblem accepts', () => {
  test('the least that there can be', () => {
    expect(readProblem({ version: 1 })).toEqual({
      ok: true,
      value: { topologies: [], nodes: [], queues: [], gangs: [], locked: new Map() },
      diagnostics: [],
    });
  });

  test('a lock for a gang, group or node that is gone, and a parent queue that is not listed', () => {
    expect(
      found({ version: 1, locked: { gone: { 'a/0': ['n'], nonsense: [] } }, queues: [{ name: 'q', parent: 'root' }] }),
    ).toEqual([]);
  });

  test('everything left out, filled in with its default, and quantities to the billionth', () => {
    const document: ProblemDocument = {
      version: 1,
      topologies,
      nodes: [{ name: 'n', allocatable: { cpu: '500m', memory: '2Gi' } }],
      queues: [{ name: 'q', resources: { cpu: { quota: '0.5' } } }],
      gangs: [
        {
          name: 'g',
          queue: 'q',
          groups: [
            { name: 'a', pod: { requests: { cpu: 1 }, tolerations: [{ operator: 'Exists', effect: '' }] } },
            { name: 'b', replicas: 3, groups: [{ name: 'c', count: 2, pinned: 'set', pod: {} }] },
          ],
          traffic: [{ between: ['a', 'b/c'], weight: 7 }],
        },
      ],
      locked: { g: { 'a/0': ['n'] } },
    };
    const billion = 1_000_000_000n;
    const pod = { requests: {}, nodeSelector: {}, nodeAffinity: undefined, tolerations: [], exclusive: undefined };
    expect(readProblem(document)).toEqual({
      ok: true,
      value: {
        topologies,
        nodes: [
          {
            name: 'n',
            labels: {},
            taints: [],
            unschedulable: false,
            ready: true,
            allocatable: { cpu: billion / 2n, memory: 2n * 1024n ** 3n * billion },
            used: {},
          },
        ],
        queues: [
          { name: 'q', parent: undefined, resources: { cpu: { quota: billion / 2n, limit: undefined } }, used: {} },
        ],
        gangs: [
          {
            name: 'g',
            queue: 'q',
            priority: 0,
            preemptible: true,
            constraint: undefined,
            groups: [
              {
                name: 'a',
                replicas: 1,
                minReplicas: 1,
                constraint: undefined,
                count: 1,
                pod: { ...pod, requests: { cpu: billion }, tolerations: [{ operator: 'Exists', effect: undefined }] },
                pinned: undefined,
              },
              {
                name: 'b',
                replicas: 3,
                minReplicas: 3,
                constraint: undefined,
                groups: [
                  { name: 'c', replicas: 1, minReplicas: 1, constraint: undefined, count: 2, pod, pinned: 'set' },
                ],
              },
            ],
            traffic: [{ between: ['a', 'b/c'], weight: 7n }],
          },
        ],
        locked: new Map([['g', new Map([['a/0', ['n']]])]]),
      },
      diagnostics: [],
    });
  });

  test('nodes without a label of a topology in use, with a warning that names them', () => {
    const nodes = ['n3', 'n1', 'n2'].map((name) => ({ name, labels: { [zone]: 'a', 'kubernetes.io/hostname': name } }));
    const labelled = { name: 'n4', labels: { [zone]: 'a', [rack]: 'r', 'kubernetes.io/hostname': 'n4' } };
    const document = { ...withGroup({ constraint: { topology: 't', preferred: zone } }), nodes: [...nodes, labelled] };
    expect(found(document)).toEqual([
      `BAY3023 nodes: 3 of 4 nodes lack the label ${rack}: n1, n2, n3 (label the nodes, or leave them out)`,
    ]);
    expect(found({ ...document, gangs: [] })).toEqual([]);
  });
});

test('requests that no unit can count together are refused', () => {
  const groups = ['1', '16Pi'].map((memory, i) => ({ name: `g${i}`, pod: { requests: { memory } } }));
  expect(found(withGroups(groups))).toEqual([
    'BAY3024 gangs: requests for memory span more orders of magnitude than can be counted exactly (write the small ones as multiples of a larger unit, such as Mi rather than single bytes)',
  ]);
});

describe('nodes that are let through without the schema', () => {
  /** Mostly what belongs there. */
  const mostly = (...right: unknown[]): fc.Arbitrary<unknown> => {
    const wrong = ['', null, undefined, NaN, Infinity, 7, true, {}, { a: 1 }, { cpu: null }, { cpu: [1] }, [], ['a']];
    return fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...right) },
      { weight: 1, arbitrary: fc.constantFrom<unknown>(...wrong) },
    );
  };
  const effect = mostly('NoSchedule', 'NoExecute', 'PreferNoSchedule');
  const taint = fc.record({ key: mostly('k'), effect, value: mostly('v', '') }, { requiredKeys: ['key', 'effect'] });
  const amounts = mostly({}, { cpu: 8, memory: '1Gi' }, { cpu: '500m', pods: -1 });
  const keys = {
    name: mostly('n'),
    labels: mostly({}, { a: 'b', c: '' }),
    taints: fc.oneof(mostly([]), fc.array(taint, { maxLength: 2 })),
    unschedulable: mostly(true, false),
    ready: mostly(true, false),
    allocatable: amounts,
    used: amounts,
  };
  const node = fc.oneof(
    { weight: 9, arbitrary: fc.record(keys, { requiredKeys: ['name'] }) },
    { weight: 1, arbitrary: fc.record({ name: mostly('n'), toString: mostly('x') }) },
  );

  test('are nodes that the schema would accept as they are, and most of those', () => {
    let accepted = 0;
    let plain = 0;
    fc.assert(
      fc.property(node, (candidate) => {
        const parsed = problemSchema.safeParse({ version: 1, nodes: [candidate] });
        const isPlain = arePlainNodes([candidate]);
        expect(isPlain ? parsed.data?.nodes : [candidate]).toEqual([candidate]);
        accepted += parsed.success ? 1 : 0;
        plain += isPlain ? 1 : 0;
      }),
      runs(3_000),
    );
    expect(plain).toBeGreaterThan(accepted * 0.9);
    expect(plain).toBeGreaterThan(50);
  });
});

describe('the JSON Schemas', () => {
  test('are draft 2020-12 and refuse unknown keys at the top', () => {
    const draft = 'https://json-schema.org/draft/2020-12/schema';
    for (const schema of [problemJsonSchema(), planJsonSchema()]) {
      expect(schema).toMatchObject({ $schema: draft, type: 'object', additionalProperties: false });
    }
  });

  test('let a group hold groups at any depth', () => {
    const inner = { name: 'c', pod: {} };
    const document = withGroups([{ name: 'a', groups: [{ name: 'b', groups: [inner] }] }]);
    expect(problemSchema.safeParse(document).success).toBe(true);
    expect(JSON.stringify(problemJsonSchema())).toContain(
      '"groups":{"minItems":1,"type":"array","items":{"$ref":"#/$defs/group"}}',
    );
  });

  test('describe the plan that the compiler speaks of', () => {
    const unplaced = { name: 'g', status: 'unplaced', reasons: [{ code: 'capacity', message: 'too little' }] } as const;
    const placed = { name: 'h', status: 'placed', placements: { 'a/0': ['n'] }, domains: {}, moved: [] } as const;
    const terms = { unplaced: [[0, 0, 1]], moved: [0, 0], extras: [[0, 0]], preferred: [0], distance: '0/1' } as const;
    const objective = { ...terms, spread: [[1], [1], [1]], fragmentation: [0] } as const;
    const rest = { objective, bound: objective, certificate: {}, optimal: true };
    const plan: Plan = { version: 1, status: 'infeasible', gangs: [unplaced, placed], ...rest };
    const read: Plan = planSchema.parse(plan);
    expect(read).toEqual(plan);
    expect(planSchema.safeParse({ ...plan, more: 1 }).success).toBe(false);
  });
});
