import type { GangPods } from '../assigned';
import type { Site } from '../ground';
import type { Gang } from '../instance';
import { evaluate, type Assignment } from '../objective';
import { demandOfShape, type RatedShape } from '../shape';
import { compareValues, type Value } from '../value';
import { express, likeness } from './express';
import { Forest } from './forest';
import { keepsRules, keptPods } from './kept';
import { addRiders, withoutRiders } from './riders';
import { Standing } from './standing';
import { Tabulation } from './tabulation';

/** Numbers held for all shapes beyond which tables are made anew. */
const MOST_KEPT = 24_000_000;

/** The answer of tables: the best placement, or that there is none. */
export interface Answer {
  readonly pods: GangPods | undefined;
  /** Nothing is better; otherwise nothing is, but for what is broken in the domains of other topologies. */
  readonly exact: boolean;
}

/** Up to so many nodes a search says what is best where tables do not say it exactly. */
const FEW_NODES = 256;

/**
 * Places single gangs beside others by tables over the topology: exact, and far faster than a search. Tables are
 * kept between gangs, so that the second gang of a shape costs little.
 */
export class Placer {
  private readonly standings = new Map<number, Standing>();
  private readonly tabulations = new Map<string, Tabulation | undefined>();
  private readonly alone = new Map<string, Answer | undefined>();
  private readonly locked = new Map<Gang, GangPods | undefined>();
  private readonly numbers = new Map<Int32Array, number>();

  constructor(private readonly site: Pick<Site, 'instance' | 'layout' | 'locks'>) {}

  /** The best placement of a gang that has the cluster to itself; found once for all gangs that are alike. */
  placeAlone(gang: Gang, shapes: readonly RatedShape[]): Answer | undefined {
    const [first] = shapes;
    if (!first || this.site.locks.gangs[gang.index]) return this.place([], gang, shapes);
    const { queue, preemptible } = gang.spec;
    const key = `${queue ?? ''} ${preemptible} ${shapes.length} ${likeness(gang, first, (array) => this.numberOf(array))}`;
    if (!this.alone.has(key)) this.alone.set(key, this.place([], gang, shapes));
    return this.alone.get(key);
  }

  /** The locked placement where nothing in it has to change and the other gangs leave it room. */
  keep(others: Assignment, gang: Gang): GangPods | undefined {
    const pods = this.lockedPods(gang);
    if (!pods) return undefined;
    const standing = this.standingOf(gang.tree);
    standing?.become(others);
    return standing?.admits(gang, pods) ? pods : undefined;
  }

  /** The locked placement where it is whole and within the rules. */
  private lockedPods(gang: Gang): GangPods | undefined {
    if (!this.locked.has(gang)) {
      const { instance, locks } = this.site;
      const pods = keptPods(gang, locks.gangs[gang.index]);
      this.locked.set(gang, pods && keepsRules(instance, gang, pods) ? pods : undefined);
    }
    return this.locked.get(gang);
  }

  /** What the placement breaks beside the others, to be compared with that of another placement. */
  brokenBy(others: Assignment, gang: Gang, pods: GangPods): number[] {
    const standing = this.standingOf(gang.tree);
    standing?.become(others);
    return standing?.brokenBy(gang, pods) ?? [];
  }

  /**
   * The best placement of a gang in one of its shapes beside the given gangs; undefined where tables cannot say.
   * Shapes come in the order of what they leave out; locks aside, more copies are better than any other term.
   */
  place(others: Assignment, gang: Gang, shapes: readonly RatedShape[], pinsCount = true): Answer | undefined {
    if (this.site.layout.movedLast && this.site.locks.gangs[gang.index]) return undefined;
    const standing = this.standingOf(gang.tree);
    if (!standing) return undefined;
    standing.become(others);
    const keepsAll = this.site.locks.gangs[gang.index] !== undefined;
    let best: Answer = { pods: undefined, exact: true };
    let value: Value | undefined;
    let leftOut = -1;
    for (const rated of shapes) {
      if (best.pods && !keepsAll && rated.extrasLeftOut > leftOut) break;
      const found = this.placeShape(standing, gang, rated, pinsCount);
      if (!found) return undefined;
      if (!found.pods) continue;
      if (shapes.length === 1) return found;
      const next = this.valueOf(others, gang, found.pods);
      if (!value || compareValues(next, value) < 0) [best, value] = [found, next];
      leftOut = rated.extrasLeftOut;
    }
    return best;
  }

  /** Whether a gang has a place beside the given gangs; undefined where tables cannot say. */
  fits(others: Assignment, gang: Gang, rated: RatedShape, pinsCount = true): boolean | undefined {
    const standing = this.standingOf(gang.tree);
    if (!standing) return undefined;
    standing.become(others);
    const demand = demandOfShape(gang, rated.shape, this.site.instance.scale.resources.length);
    if (standing.ledger.refusal(gang, demand)) return false;
    const expressed = express(this.site.instance, gang, rated, undefined, true);
    return expressed && new Tabulation(standing, gang, rated, expressed, pinsCount).exists();
  }

  private valueOf(others: Assignment, gang: Gang, pods: GangPods): Value {
    const { instance, layout, locks } = this.site;
    const all = [...others];
    all[gang.index] = pods;
    return evaluate(instance, layout, locks, all);
  }

  private placeShape(standing: Standing, gang: Gang, rated: RatedShape, pinsCount: boolean): Answer | undefined {
    const demand = demandOfShape(gang, rated.shape, this.site.instance.scale.resources.length);
    if (standing.ledger.refusal(gang, demand)) return { pods: undefined, exact: true };
    return this.carry(standing, gang, rated, pinsCount) ?? this.tabulate(standing, gang, rated, pinsCount);
  }

  /** First without those that can ride along; without a place for the others there is none for all. */
  private carry(standing: Standing, gang: Gang, rated: RatedShape, pinsCount: boolean): Answer | undefined {
    if (!pinsCount || this.site.locks.gangs[gang.index]) return undefined;
    const carried = withoutRiders(gang, rated);
    const answer = carried && this.tabulate(standing, carried.gang, carried.rated, pinsCount);
    if (!carried || !answer?.pods) return answer;
    const pods = addRiders(standing, gang, rated, carried, answer.pods);
    return pods && this.answer(standing, gang, pods);
  }

  private tabulate(standing: Standing, gang: Gang, rated: RatedShape, pinsCount: boolean): Answer | undefined {
    const tabulation = this.tabulationOf(standing, gang, rated, pinsCount);
    if (!tabulation) return undefined;
    const best = tabulation.best();
    return best ? this.answer(standing, gang, tabulation.place(best)) : { pods: undefined, exact: true };
  }

  /** Tables know of one topology: what is broken in the domains of others, they do not count. */
  private answer(standing: Standing, gang: Gang, pods: GangPods): Answer | undefined {
    const { trees, nodes } = this.site.instance;
    const breaks = trees.some((_, t) => t !== gang.tree && standing.mayBreakIn(t, gang, pods));
    return breaks && nodes.length <= FEW_NODES ? undefined : { pods, exact: !breaks };
  }

  private standingOf(t: number): Standing | undefined {
    const { instance } = this.site;
    const tree = instance.trees[t];
    if (!tree) return undefined;
    let standing = this.standings.get(t);
    if (!standing) this.standings.set(t, (standing = new Standing(instance, new Forest(tree), t)));
    return standing;
  }

  /** Gangs that are alike share their tables; a lock makes a gang unlike any other. */
  private tabulationOf(standing: Standing, gang: Gang, rated: RatedShape, pinsCount: boolean): Tabulation | undefined {
    const lock = this.site.locks.gangs[gang.index];
    const make = (): Tabulation | undefined => {
      const expressed = express(this.site.instance, gang, rated, lock);
      return expressed && new Tabulation(standing, gang, rated, expressed, pinsCount);
    };
    if (lock) return make();
    const key = `${pinsCount ? 1 : 0} ${likeness(gang, rated, (array) => this.numberOf(array))}`;
    if (!this.tabulations.has(key)) {
      this.forget();
      this.tabulations.set(key, make());
    }
    return this.tabulations.get(key);
  }

  private forget(): void {
    const kept = [...this.tabulations.values()].reduce((sum, tabulation) => sum + (tabulation?.size ?? 0), 0);
    if (kept > MOST_KEPT) this.tabulations.clear();
  }

  private numberOf(array: Int32Array): number {
    const known = this.numbers.get(array) ?? this.numbers.size;
    this.numbers.set(array, known);
    return known;
  }
}
