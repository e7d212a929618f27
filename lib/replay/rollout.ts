import type { Session } from './session';

/**
 * Controllers that replace pods, step by step: Deployments with Dynamo's rollouts across worker generations
 * (deploy/operator, dgd_worker_rollout_reconciler.go, read at 2026-08; the arithmetic is that of Kubernetes' own
 * Deployment controller), and Grove's rolling update (podclique and podcliquescalinggroup, rollingupdate.go, read at
 * 2026-08-19).
 */

/** How old pods of a component make way. */
export type Strategy =
  /** surge: pods above the number wanted; unavailable: pods that may be missing from it */
  | { readonly kind: 'rolling'; readonly surge: number; readonly unavailable: number }
  /** all of them go before any new one comes */
  | { readonly kind: 'recreate' }
  /** Grove: one replica after the other, each once all are there */
  | { readonly kind: 'one by one' };

/** A component whose pods are replaced. Each entry of `old` and `new` is a replica: the uids of its pods. */
export interface Rollout {
  readonly name: string;
  readonly strategy: Strategy;
  /** In the order in which they are deleted where nothing else decides. */
  readonly old: readonly (readonly string[])[];
  readonly new: readonly (readonly string[])[];
}

/** A rollout that came to no end. */
export interface Stuck {
  readonly name: string;
  /** Pods of the old kind that are still there. */
  readonly old: readonly string[];
  /** Pods of the new kind without a place. */
  readonly waiting: readonly string[];
}

interface State {
  readonly rollout: Rollout;
  readonly old: (readonly string[])[];
  /** How many of the new replicas were made. */
  made: number;
}

/** Runs controllers and scheduler in turns until nothing moves any more; empty where every rollout ended. */
export function roll(session: Session, rollouts: readonly Rollout[]): readonly Stuck[] {
  const states = rollouts.map((rollout) => ({ rollout, old: [...rollout.old], made: 0 }));
  session.schedule();
  for (let isMoving = true; isMoving;) {
    const before = session.placed().size;
    // Controllers do not wait for each other: all of them look at the same moment.
    const placed = session.placed();
    const moves = states.map((state) => nextMove(state, placed));
    states.forEach((state, i) => apply(session, state, moves[i] ?? STAY));
    session.schedule();
    isMoving = moves.some(({ remove, create }) => remove.length + create > 0) || session.placed().size !== before;
  }
  const placed = session.placed();
  return states.flatMap((state) => stuckOf(state, placed));
}

interface Move {
  /** Old replicas to delete. */
  readonly remove: readonly (readonly string[])[];
  /** New replicas to make. */
  readonly create: number;
}

const STAY: Move = { remove: [], create: 0 };

type Placed = ReadonlyMap<string, string>;

function isThere(replica: readonly string[], placed: Placed): boolean {
  return replica.every((uid) => placed.has(uid));
}

function nextMove(state: State, placed: Placed): Move {
  const { strategy, new: wanted } = state.rollout;
  switch (strategy.kind) {
    case 'recreate':
      return state.old.length > 0
        ? { remove: [...state.old], create: 0 }
        : { remove: [], create: wanted.length - state.made };
    case 'rolling':
      return rollingMove(state, placed, strategy);
    case 'one by one':
      return oneByOne(state, placed);
  }
}

/** buildRollingUpdateContext: what may go, and what may come, are reckoned from the same numbers. */
function rollingMove(
  { rollout, old, made }: State,
  placed: Placed,
  { surge, unavailable }: Extract<Strategy, { kind: 'rolling' }>,
): Move {
  const wanted = rollout.new.length;
  const oldThere = old.filter((replica) => isThere(replica, placed)).length;
  const newThere = rollout.new.slice(0, made).filter((replica) => isThere(replica, placed)).length;
  const least = wanted - unavailable;
  const mayGo = Math.max(0, old.length + made - least - (made - newThere));
  const spare = Math.max(0, oldThere + newThere - least);
  const remove = Math.min(mayGo, old.length - oldThere + spare, old.length);
  const create = Math.min(wanted - made, Math.max(0, wanted + surge - old.length - made));
  // What is not there anyway goes first.
  const first = [...old].sort((a, b) => Number(isThere(a, placed)) - Number(isThere(b, placed)));
  return { remove: first.slice(0, remove), create };
}

/** Old replicas that are not there go at once; of the others one goes when every replica is there. */
function oneByOne({ rollout, old, made }: State, placed: Placed): Move {
  const missing = old.filter((replica) => !isThere(replica, placed));
  const isWhole = rollout.new.slice(0, made).every((replica) => isThere(replica, placed));
  const next = missing.length === 0 && isWhole ? old.slice(0, 1) : [];
  const remove = [...missing, ...next];
  const left = old.length - remove.length;
  return { remove, create: Math.max(0, rollout.new.length - left - made) };
}

function apply(session: Session, state: State, { remove, create }: Move): void {
  for (const replica of remove) {
    for (const uid of replica) session.remove(uid);
    state.old.splice(state.old.indexOf(replica), 1);
  }
  for (const replica of state.rollout.new.slice(state.made, state.made + create)) {
    for (const uid of replica) session.create(uid);
  }
  state.made += create;
}

function stuckOf({ rollout, old, made }: State, placed: Placed): Stuck[] {
  const waiting = rollout.new.flatMap((replica, i) => (i >= made ? [] : replica.filter((uid) => !placed.has(uid))));
  const isDone = old.length === 0 && made === rollout.new.length && waiting.length === 0;
  return isDone ? [] : [{ name: rollout.name, old: old.flat(), waiting }];
}

/** What annotations of a component say (Kubernetes' rounding: surge up, unavailable down). */
export function strategyOf(annotations: Readonly<Record<string, string>>, replicas: number): Strategy {
  const strategy = annotations['nvidia.com/deployment-strategy'];
  if (strategy === 'Recreate') return { kind: 'recreate' };
  const preset = strategy === 'BestEffortControlledRollout' ? (['0', '20%'] as const) : (['25%', '25%'] as const);
  const surge = scaled(annotations['nvidia.com/deployment-rolling-update-max-surge'] ?? preset[0], replicas, Math.ceil);
  const unavailable = scaled(
    annotations['nvidia.com/deployment-rolling-update-max-unavailable'] ?? preset[1],
    replicas,
    Math.floor,
  );
  // Kubernetes lets one be missing where nothing could move otherwise.
  return { kind: 'rolling', surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

function scaled(text: string, replicas: number, round: (value: number) => number): number {
  const percent = /^(\d+)%$/.exec(text)?.[1];
  const value = percent === undefined ? Number(text) : round((Number(percent) * replicas) / 100);
  return Number.isFinite(value) ? value : 0;
}
