import * as fc from 'fast-check';

/** The raw choices behind random problems: each drawn apart from the others, so that each shrinks by itself. */

const hostname = 'kubernetes.io/hostname';

/** What an arbitrary draws. */
type Drawn<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** True once in `n`; shrinks to false. */
function oneIn(n: number): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: n - 1 }).map((value) => value === n - 1);
}

/** A choice that is taken modulo what there is to choose from. */
const choice = fc.integer({ min: 0, max: 11 });

export const rawTopologies = fc.record({
  count: fc.integer({ min: 0, max: 2 }),
  levels: fc.integer({ min: 0, max: 3 }),
  endsAtNode: fc.boolean(),
  bandwidth: fc.option(fc.array(fc.constantFrom(1, 3, 7, 50, 0.3, 900), { minLength: 5, maxLength: 5 }), {
    nil: undefined,
  }),
  bandwidthKeys: fc.integer({ min: 0, max: 31 }),
});
export type RawTopologies = Drawn<typeof rawTopologies>;

export const rawNode = fc.record({
  zone: fc.integer({ min: 0, max: 1 }),
  rack: fc.integer({ min: 0, max: 1 }),
  row: fc.integer({ min: 0, max: 2 }),
  gpus: fc.constantFrom(8, 4, 4, 2, 3, 6, 7, 1),
  cpus: fc.constantFrom('64', '64', '8', '3', '2500m'),
  pods: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined, freq: 2 }),
  gpusUsed: fc.constantFrom(0, 0, 0, 0, 1, 2),
  cpusUsed: fc.constantFrom('0', '0', '0', '0', '500m', '500m', '9'),
  nics: fc.integer({ min: 0, max: 2 }),
  trouble: fc.constantFrom(
    'none',
    'none',
    'none',
    'none',
    'none',
    'none',
    'cordoned',
    'unready',
    'tainted',
    'soft taint',
    'no rack',
    'no hostname',
  ),
  model: fc.integer({ min: 0, max: 9 }),
});
export type RawNode = Drawn<typeof rawNode>;

export const rawQueue = fc.record({
  child: fc.boolean(),
  quota: fc.option(fc.integer({ min: 1, max: 16 }), { nil: undefined }),
  limit: fc.option(fc.integer({ min: 2, max: 20 }), { nil: undefined }),
  pods: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined, freq: 2 }),
  used: fc.constantFrom(0, 0, 0, 1, 12),
});
export type RawQueue = Drawn<typeof rawQueue>;

export const rawConstraint = fc.record({
  topology: choice,
  required: choice,
  preferred: choice,
  use: fc.constantFrom(1, 1, 2, 0),
});
export type RawConstraint = Drawn<typeof rawConstraint>;

export const rawPod = fc.record({
  gpus: fc.constantFrom(1, 1, 2, 2, 3, 4, 0, 5),
  cpus: fc.constantFrom(undefined, '1', '1500m', '0'),
  nics: oneIn(12),
  rule: fc.oneof(
    { weight: 5, arbitrary: fc.constant('none') },
    {
      weight: 1,
      arbitrary: fc.constantFrom('selector', 'in', 'not in', 'gt', 'not exists', 'name', 'nothing', 'tolerates'),
    },
  ),
  exclusive: fc.constantFrom(undefined, undefined, undefined, undefined, undefined, undefined, hostname, 'rack', 'row'),
});
export type RawPod = Drawn<typeof rawPod>;

export const rawLeaf = fc.record({
  replicas: fc.constantFrom(1, 1, 2, 3),
  minimum: choice,
  count: fc.constantFrom(1, 1, 1, 2),
  constraint: fc.option(rawConstraint, { nil: undefined, freq: 2 }),
  pod: rawPod,
  pinned: fc.constantFrom(undefined, undefined, 'set', 'replica'),
  /** Replicas and constraint of a group around it; none where 0. */
  around: fc.constantFrom(0, 0, 0, 1, 2),
  aroundMinimum: choice,
  aroundConstraint: fc.option(rawConstraint, { nil: undefined, freq: 2 }),
  /** Shares the group around it with the group before. */
  joins: fc.boolean(),
});
export type RawLeaf = Drawn<typeof rawLeaf>;

export const rawGang = fc.record({
  priority: fc.constantFrom(0, 0, 5, -3),
  preemptible: fc.boolean(),
  queue: choice,
  constraint: fc.option(rawConstraint, { nil: undefined, freq: 2 }),
  leaves: fc.array(rawLeaf, { minLength: 1, maxLength: 3 }),
  traffic: fc.array(fc.tuple(choice, choice, fc.integer({ min: 0, max: 3 })), { maxLength: 2 }),
});
export type RawGang = Drawn<typeof rawGang>;

export const rawLock = fc.record({
  gang: choice,
  leaf: choice,
  indices: fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 3 })),
  nodes: fc.array(choice, { maxLength: 2 }),
  exact: fc.constantFrom(true, true, true, false),
});
export type RawLock = Drawn<typeof rawLock>;
