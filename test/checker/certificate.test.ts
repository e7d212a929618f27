import { checkPlan } from '../../lib/checker/check';
import type { Json } from '../../lib/diagnostics/diagnostic';
import type { ProblemDocument } from '../../lib/placement/document';
import type { Plan } from '../../lib/placement/plan';
import { gang, GPU, group, on, plan, problem, type Drawing } from '../placement/clusters';

// a ── r1 ── n1 (8), n2 (8)      b ── r3 ── n5 (8)
//   └─ r2 ── n3 (8), n4 (4)
const drawing: Drawing = { a: { r1: { n1: 8, n2: 8 }, r2: { n3: 8, n4: 4 } }, b: { r3: { n5: 8 } } };

interface Certificate {
  readonly version: number;
  readonly refusals: readonly { readonly [key: string]: Json }[];
}

function certificateOf(solved: Plan): Certificate {
  const { version, refusals } = solved.certificate;
  // What the solver writes; the tests below fail where it is anything else.
  return { version: Number(version), refusals: refusals as Certificate['refusals'] };
}

/** What the checker says of the plan with its one entry changed. */
function faultsOf(document: ProblemDocument, change: { readonly [key: string]: Json }): string[] {
  const solved = plan(document);
  const [entry] = certificateOf(solved).refusals;
  const certificate = { version: 1, refusals: [{ ...entry, ...change }] };
  return checkPlan(document, { ...solved, certificate }).map(({ code, message }) => `${code}: ${message}`);
}

describe('the certificate of a gang that no rack holds', () => {
  const document = problem(drawing, [gang('g', [group('decode', 8, { replicas: 3 })], { constraint: on('rack') })]);
  const short = [
    { resource: GPU, available: '8', count: 2, domains: ['a/r2', 'b/r3'] },
    { resource: GPU, available: '16', count: 1, domains: ['a/r1'] },
  ];

  test('names every rack with what it has of the resource that is short', () => {
    // n4 has 4 left of 8: no pod fits there, and what it has does not count.
    expect(plan(document).certificate).toEqual({
      version: 1,
      refusals: [{ gang: 'g', kind: 'room', beside: 'used', level: 'rack', needed: { [GPU]: '24', pods: '3' }, short }],
    });
  });

  test.each<[string, { readonly [key: string]: Json }, string]>([
    [
      'a wrong amount',
      { short: [{ ...short[0], available: '9' }, short[1] ?? {}] },
      '"9" for short.0.available, and it is 8',
    ],
    ['a wrong need', { needed: { [GPU]: '32', pods: '3' } }, `"32" for needed.${GPU}, and it is 24`],
    [
      'a wrong resource',
      { short: [short[0] ?? {}, { ...short[1], resource: 'pods' }] },
      `"pods" for short.1.resource, and it is "${GPU}"`,
    ],
    [
      'a domain left out',
      { short: [{ ...short[0], count: 1, domains: ['a/r2'] }, short[1] ?? {}] },
      '1 for short.0.count, and it is 2',
    ],
    [
      'a domain named twice',
      { short: [{ ...short[0], domains: ['a/r2', 'a/r2'] }, short[1] ?? {}] },
      '"a/r2" for short.0.domains.1, and it is "b/r3"',
    ],
    [
      'all domains of one amount left out',
      { short: [short[0] ?? {}] },
      'nothing for short.1, and it is more than that',
    ],
    ['the level left out', { level: 'zone' }, '"zone" for level, and it is "rack"'],
    ['no amount at all', { needed: { [GPU]: 'many', pods: '3' } }, `"many" for needed.${GPU}, and it is 24`],
  ])('%s is noticed', (_, change, message) => {
    expect(faultsOf(document, change)).toEqual([`certificate: the certificate of g has ${message}`]);
  });

  test('an entry for a gang that has a place, or for none, is noticed', () => {
    expect(faultsOf(document, { gang: 'h' })).toEqual([
      'certificate: the certificate refuses "h", which is no gang without a place',
    ]);
  });

  test('against a problem with room, it does not hold', () => {
    const solved = plan(document);
    const roomy = problem(
      { a: { r1: { n1: 8, n2: 8, n6: 8 }, r2: { n3: 8, n4: 4 } }, b: { r3: { n5: 8 } } },
      document.gangs ?? [],
    );
    expect(checkPlan(roomy, solved).map(({ message }) => message)).toContain(
      'the certificate of g does not hold: a/r1 has enough of everything',
    );
  });
});

describe('the certificate of a gang that a queue refuses', () => {
  const queues = [
    { name: 'team', parent: 'all' },
    { name: 'all', resources: { [GPU]: { limit: 24 } }, used: { [GPU]: 4 } },
  ];
  const gangs = [
    gang('first', [group('w', 8)], { queue: 'all', priority: 1 }),
    gang('g', [group('w', 8, { replicas: 2 })], { queue: 'team' }),
  ];
  const document = problem(drawing, gangs, { queues });

  test('has the bound, what is used, what placed gangs hold and what is needed', () => {
    expect(certificateOf(plan(document)).refusals).toEqual([
      {
        gang: 'g',
        kind: 'queue',
        beside: 'gangs',
        queue: 'all',
        of: 'limit',
        resource: GPU,
        bound: '24',
        used: '4',
        held: '8',
        needed: '16',
      },
    ]);
  });

  test.each<[string, { readonly [key: string]: Json }, string]>([
    ['a wrong bound', { bound: '20' }, 'has "20" for bound, and it is 24'],
    ['a wrong use', { used: '0' }, 'has "0" for used, and it is 4'],
    ['a wrong hold', { held: '16' }, 'has "16" for held, and it is 8'],
    ['another queue', { queue: 'team' }, `does not hold: queue team has no limit of ${GPU}`],
    [
      'a quota for a gang that may be preempted',
      { of: 'quota' },
      'does not hold: the gang may be preempted, and no quota holds for it',
    ],
  ])('%s is noticed', (_, change, message) => {
    expect(faultsOf(document, change)).toEqual([`certificate: the certificate of g ${message}`]);
  });

  test('to leave it out is noticed', () => {
    const certificate = { version: 1, refusals: [] };
    expect(checkPlan(document, { ...plan(document), certificate }).map(({ message }) => message)).toEqual([
      'gang g is refused for limit, and the certificate does not say by what count',
    ]);
  });
});

describe('the certificate of a gang whose pods no node may take', () => {
  const pod = { nodeSelector: { rack: 'r2' } };
  const drawn = problem(drawing, [gang('g', [group('w', 8, { pod, replicas: 1, constraint: on('rack') })])]);
  const document: ProblemDocument = {
    ...drawn,
    nodes: (drawn.nodes ?? []).map((node) => (node.name === 'n3' ? { ...node, unschedulable: true } : node)),
  };

  test('counts the nodes by the first thing that leaves them out', () => {
    expect(certificateOf(plan(document)).refusals).toEqual([
      { gang: 'g', kind: 'node', group: 'w', excluded: { closed: 1, room: 1, selector: 3 } },
    ]);
  });

  test.each<[string, { readonly [key: string]: Json }, string]>([
    ['a wrong count', { excluded: { closed: 2, room: 1, selector: 2 } }, 'has 2 for excluded.closed, and it is 1'],
    ['a cause left out', { excluded: { closed: 1, selector: 3 } }, 'has nothing for excluded.room, and it is 1'],
    ['another group', { group: 'v' }, 'does not hold: there is no group "v"'],
    ['a kind that there is not', { kind: 'stars' }, 'does not hold: there is no kind "stars"'],
  ])('%s is noticed', (_, change, message) => {
    expect(faultsOf(document, change)).toEqual([`certificate: the certificate of g ${message}`]);
  });
});

test('what other gangs hold is counted where the refusal rests on it', () => {
  const gangs = [gang('first', [group('w', 8, { replicas: 4 })], { priority: 1 }), gang('g', [group('w', 8)])];
  const document = problem(drawing, gangs);
  expect(certificateOf(plan(document)).refusals).toEqual([
    {
      gang: 'g',
      kind: 'room',
      beside: 'gangs',
      group: 'w',
      needed: { [GPU]: '8', pods: '1' },
      short: [{ resource: GPU, available: '0', count: 1 }],
    },
  ]);
  expect(faultsOf(document, { beside: 'used' })).toEqual([
    'certificate: the certificate of g does not hold: the cluster has enough of everything',
  ]);
});

test('beyond 256 domains they are counted, not named', () => {
  const racks = Object.fromEntries(Array.from({ length: 257 }, (_, i) => [`r${i}`, { [`n${i}`]: 8 }]));
  const document = problem({ a: racks }, [gang('g', [group('w', 8, { replicas: 2 })], { constraint: on('rack') })]);
  expect(certificateOf(plan(document)).refusals[0]).toMatchObject({
    short: [{ resource: GPU, available: '8', count: 257 }],
  });
  expect(faultsOf(document, { short: [{ resource: GPU, available: '8', count: 256 }] })).toEqual([
    'certificate: the certificate of g has 256 for short.0.count, and it is 257',
  ]);
});
