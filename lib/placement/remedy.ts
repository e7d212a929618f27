import type { Case } from './explain';
import { compile, compileVariant } from './instance';
import { makeGround, makeSite, type Site } from './ground';
import type { Assignment } from './objective';
import { isPodGroup, type Constraint, type GangSpec, type GroupSpec, type Problem } from './problem';
import { Search } from './search';
import { minimumShape } from './shape';

export type RemedyKind = 'replica' | 'level' | 'replicas';

/** A change to one gang, and how to ask for it. */
interface Remedy {
  readonly help: string;
  readonly gang: GangSpec;
}

/** Changes to the gang that would give it a place beside the others; each was tried. At most one of each kind. */
export function remedies(the: Case, kinds: readonly RemedyKind[]): string[] {
  return kinds.flatMap((kind) => {
    const found = candidates(the, kind).find((remedy) => works(the, remedy.gang));
    return found ? [found.help] : [];
  });
}

function candidates(the: Case, kind: RemedyKind): Remedy[] {
  const { gang, site } = the;
  if (kind === 'replica') return pinnedByReplica(gang.spec);
  return kind === 'level' ? widerLevels(gang.spec, site.instance.problem) : fewerReplicas(the);
}

function works(the: Case, changed: GangSpec): boolean {
  const { site, assignment, gang } = the;
  const variantGang = compileVariant(site.instance, changed, gang.index);
  return site.placer.fits(assignment, variantGang, minimumShape(variantGang)) ?? isFound(the, changed);
}

/** By search, where tables cannot say. */
function isFound({ site, assignment, gang, limits }: Case, changed: GangSpec): boolean {
  const { problem } = site.instance;
  const gangs = problem.gangs.map((spec) => (spec.name === gang.spec.name ? changed : spec));
  const instance = compile({ ...problem, gangs, locked: new Map() });
  const variant = makeSite(instance);
  const placed = sameAssignment(site, variant, assignment);
  const task = instance.gangs.find((other) => other.spec.name === changed.name);
  if (!task || !placed) return false;
  const steps = Math.min(limits.gang, 20_000);
  const search = new Search(
    makeGround(variant, placed),
    [{ gang: task, shapes: [minimumShape(task)], optional: false }],
    { steps, firstOnly: true },
  );
  return search.run().best !== undefined;
}

/** The other gangs where they are; nodes have the same numbers in both instances, groups of other gangs the same order. */
function sameAssignment(from: Site, to: Site, assignment: Assignment): Assignment | undefined {
  return to.instance.gangs.map((gang) => {
    const before = from.instance.gangs.find((other) => other.spec.name === gang.spec.name);
    return before ? assignment[before.index] : undefined;
  });
}

function pinnedByReplica(gang: GangSpec): Remedy[] {
  const paths = setPinned(gang.groups, '');
  const one = paths.map((path) => ({
    paths: [path],
    gang: { ...gang, groups: mapGroups(gang.groups, '', path, pinReplica) },
  }));
  const all = {
    paths,
    gang: { ...gang, groups: paths.reduce((groups, path) => mapGroups(groups, '', path, pinReplica), gang.groups) },
  };
  return [...one, ...(paths.length > 1 ? [all] : [])].map((r) => ({
    help: `set pinning: 'replica' on ${r.paths.join(', ')}`,
    gang: r.gang,
  }));
}

function setPinned(groups: readonly GroupSpec[], prefix: string): string[] {
  return groups.flatMap((group) =>
    isPodGroup(group)
      ? group.pinned === 'set'
        ? [prefix + group.name]
        : []
      : setPinned(group.groups, `${prefix}${group.name}/`),
  );
}

function pinReplica(group: GroupSpec): GroupSpec {
  return isPodGroup(group) ? { ...group, pinned: 'replica' } : group;
}

/** Changes the group of a path and leaves the others alone. */
function mapGroups(
  groups: readonly GroupSpec[],
  prefix: string,
  path: string,
  change: (group: GroupSpec) => GroupSpec,
): GroupSpec[] {
  return groups.map((group) => {
    const own = prefix + group.name;
    if (own === path) return change(group);
    return isPodGroup(group) ? group : { ...group, groups: mapGroups(group.groups, `${own}/`, path, change) };
  });
}

function widerLevels(gang: GangSpec, problem: Problem): Remedy[] {
  const widened = (
    constraint: Constraint | undefined,
  ): { level: string | undefined; constraint: Constraint | undefined }[] => {
    const levels = problem.topologies.find((topology) => topology.name === constraint?.topology)?.levels ?? [];
    const at = levels.indexOf(constraint?.required ?? '');
    if (!constraint || at < 0) return [];
    const wider = levels
      .slice(0, at)
      .reverse()
      .map((level) => ({ level, constraint: { ...constraint, required: level } }));
    return [...wider, { level: undefined, constraint: { ...constraint, required: undefined } }];
  };
  const own = widened(gang.constraint).map(({ level, constraint }) => ({
    help: widenHelp(gang.constraint, level, gang.name),
    gang: { ...gang, constraint },
  }));
  const inner = allPaths(gang.groups, '').flatMap(({ path, group }) =>
    widened(group.constraint).map(({ level, constraint }) => ({
      help: widenHelp(group.constraint, level, path),
      gang: { ...gang, groups: mapGroups(gang.groups, '', path, (g) => ({ ...g, constraint })) },
    })),
  );
  return [...inner, ...own].filter((remedy) => levelsNest(remedy.gang, problem));
}

function widenHelp(constraint: Constraint | undefined, level: string | undefined, what: string): string {
  return level === undefined
    ? `drop the required level ${constraint?.required} of ${what}`
    : `require ${level} instead of ${constraint?.required} for ${what}`;
}

/** A required level must not be broader than one around it of the same topology. */
function levelsNest(gang: GangSpec, problem: Problem): boolean {
  const depth = (constraint: Constraint): number =>
    problem.topologies
      .find((topology) => topology.name === constraint.topology)
      ?.levels.indexOf(constraint.required ?? '') ?? -1;
  const check = (groups: readonly GroupSpec[], around: readonly Constraint[]): boolean =>
    groups.every((group) => {
      const own = group.constraint;
      if (own?.required !== undefined && around.some((c) => c.topology === own.topology && depth(c) > depth(own)))
        return false;
      return isPodGroup(group) || check(group.groups, own?.required !== undefined ? [...around, own] : around);
    });
  return check(gang.groups, gang.constraint?.required !== undefined ? [gang.constraint] : []);
}

function allPaths(groups: readonly GroupSpec[], prefix: string): { path: string; group: GroupSpec }[] {
  return groups.flatMap((group) => {
    const path = prefix + group.name;
    return [{ path, group }, ...(isPodGroup(group) ? [] : allPaths(group.groups, `${path}/`))];
  });
}

/** One group with fewer copies: for each group the most copies that work, by bisection. */
function fewerReplicas(the: Case): Remedy[] {
  const gang = the.gang.spec;
  return allPaths(gang.groups, '').flatMap(({ path, group }) => {
    const reduced = (copies: number): GangSpec => ({
      ...gang,
      groups: mapGroups(gang.groups, '', path, (g) => ({ ...g, replicas: copies, minReplicas: copies })),
    });
    const copies = mostThat((n) => works(the, reduced(n)), group.minReplicas - 1);
    if (copies === 0) return [];
    const help = `run ${path} with ${copies} ${copies === 1 ? 'copy' : 'copies'} instead of ${group.minReplicas}`;
    return [{ help, gang: reduced(copies) }];
  });
}

/** The largest number from 1 to `most` that passes, if larger ones fail from some point on; 0 where 1 fails. */
function mostThat(passes: (n: number) => boolean, most: number): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (passes(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
