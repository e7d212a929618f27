import { wholeUnits, type Amount } from '../model/quantity';
import { amountOf, inUnits, PODS } from './amounts';
import type { Gang, Instance } from './instance';
import type { QueueSpec } from './problem';

/** A bound that a gang would break. */
export interface QueueRefusal {
  readonly kind: 'quota' | 'limit';
  readonly queue: string;
  /** Resource index. */
  readonly resource: number;
  /** What the gang asks for. */
  readonly needed: Amount;
  /** What is left, never below 0. */
  readonly left: Amount;
  /** By how much the bound is too small. */
  readonly missing: Amount;
  /** The bound, what `used` takes of it, and what placed gangs do. */
  readonly bound: Amount;
  readonly used: Amount;
  readonly held: Amount;
}

interface Bound {
  readonly kind: 'quota' | 'limit';
  readonly queue: string;
  readonly resource: number;
  /** Exactly what `used` leaves; below 0 where it alone exceeds the bound. */
  readonly room: Amount;
  readonly used: Amount;
  /** Units left for gangs; below 0 where `used` alone exceeds the bound. */
  left: number;
  /** Units charged to gangs. */
  charged: number;
}

/**
 * What queues have left. A queue's own `used` and every gang count at the queue and at each ancestor; quota counts
 * non-preemptible gangs alone, beside `used`.
 */
export class QueueLedger {
  /** By queue name. */
  private readonly bounds = new Map<string, Bound[]>();
  /** By gang: the listed queues from its own up. */
  private readonly chains: readonly (readonly string[])[];

  constructor(private readonly instance: Instance) {
    const queues = new Map(instance.problem.queues.map((queue) => [queue.name, queue]));
    const used = usedBeneath(instance.problem.queues, queues);
    for (const queue of instance.problem.queues) this.bounds.set(queue.name, boundsOf(instance, queue, used));
    this.chains = instance.gangs.map((gang) => chainOf(gang.spec.queue, queues));
  }

  /** The bound that units of each resource, more for this gang, would break first; undefined where they fit. */
  refusal(gang: Gang, demand: readonly number[]): QueueRefusal | undefined {
    for (const bound of this.boundsFor(gang)) {
      const needed = demand[bound.resource] ?? 0;
      if (needed > 0 && needed > bound.left) return this.refuse(bound, needed);
    }
    return undefined;
  }

  private refuse({ kind, queue, resource, room, used, charged }: Bound, needed: number): QueueRefusal {
    const { scale } = this.instance;
    const held = amountOf(scale, resource, charged);
    const left = room - held;
    const amount = amountOf(scale, resource, needed);
    return {
      kind,
      queue,
      resource,
      needed: amount,
      left: left > 0n ? left : 0n,
      missing: amount - left,
      bound: room + used,
      used,
      held,
    };
  }

  /** Charges units of each resource to a gang; give `by` -1 to take them back. */
  charge(gang: Gang, demand: readonly number[], by: 1 | -1 = 1): void {
    for (const bound of this.boundsFor(gang)) {
      bound.left -= by * (demand[bound.resource] ?? 0);
      bound.charged += by * (demand[bound.resource] ?? 0);
    }
  }

  private boundsFor(gang: Gang): Bound[] {
    const chain = this.chains[gang.index] ?? [];
    const all = chain.flatMap((queue) => this.bounds.get(queue) ?? []);
    return gang.spec.preemptible ? all.filter((bound) => bound.kind === 'limit') : all;
  }
}

function chainOf(start: string | undefined, queues: ReadonlyMap<string, QueueSpec>): string[] {
  const chain: string[] = [];
  for (
    let queue = queues.get(start ?? '');
    queue && !chain.includes(queue.name);
    queue = queues.get(queue.parent ?? '')
  ) {
    chain.push(queue.name);
  }
  return start === undefined ? [] : chain;
}

function usedBeneath(
  all: readonly QueueSpec[],
  queues: ReadonlyMap<string, QueueSpec>,
): Map<string, Map<string, bigint>> {
  const used = new Map<string, Map<string, bigint>>();
  for (const queue of all) {
    for (const above of chainOf(queue.name, queues)) {
      const sums = used.get(above) ?? new Map<string, bigint>();
      for (const [resource, amount] of Object.entries(queue.used))
        sums.set(resource, (sums.get(resource) ?? 0n) + amount);
      used.set(above, sums);
    }
  }
  return used;
}

function boundsOf(
  { scale }: Instance,
  queue: QueueSpec,
  used: ReadonlyMap<string, ReadonlyMap<string, bigint>>,
): Bound[] {
  return scale.resources.flatMap((name, resource) => {
    const bounds = Object.hasOwn(queue.resources, name) ? queue.resources[name] : undefined;
    const unit = name === PODS ? wholeUnits(1) : (scale.unit[resource] ?? 1n);
    const taken = used.get(queue.name)?.get(name) ?? 0n;
    return (['limit', 'quota'] as const).flatMap((kind): Bound[] => {
      const bound = bounds?.[kind];
      if (bound === undefined) return [];
      const room = bound - taken;
      return [
        {
          kind,
          queue: queue.name,
          resource,
          room,
          used: taken,
          left: inUnits(room, unit, scale.total[resource] ?? 0),
          charged: 0,
        },
      ];
    });
  });
}
