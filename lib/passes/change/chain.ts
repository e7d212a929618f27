import { compareText } from '../../order';
import type { DomainChange } from './domains';
import type { Conflict, Wait } from './rule';

/** Graphs that wait for each other, and what each waits for. */
export interface Chain {
  /** Namespace and name, in order. */
  readonly graphs: readonly string[];
  readonly links: readonly Link[];
  readonly waits: readonly Wait[];
  readonly domains: readonly DomainChange[];
}

/** New pods of one component wait for nodes that old pods of another hold. */
export interface Link {
  readonly waiting: string;
  readonly holding: string;
  /** Names of the nodes, in order. */
  readonly nodes: readonly string[];
}

/** Namespace and name of the graph that a component is of. */
export function ownerOfKey(key: string): string {
  return key.split(' ')[0] ?? '';
}

/** Conflicts that have graphs in common belong together. */
export function chainsOf(conflicts: readonly Conflict[]): readonly Chain[] {
  const groups: { graphs: Set<string>; conflicts: Conflict[] }[] = [];
  for (const conflict of conflicts) {
    const graphs = new Set(keysOf(conflict).map(ownerOfKey));
    const touched = groups.filter((group) => [...graphs].some((graph) => group.graphs.has(graph)));
    for (const each of touched) groups.splice(groups.indexOf(each), 1);
    groups.push({
      graphs: new Set([...touched.flatMap((each) => [...each.graphs]), ...graphs]),
      conflicts: [...touched.flatMap((each) => each.conflicts), conflict],
    });
  }
  return groups
    .map((group): Chain => {
      const waits = group.conflicts.filter((each) => each.kind === 'room');
      const domains = joined(group.conflicts.filter((each) => each.kind === 'domain'));
      return { graphs: [...group.graphs].sort(), links: linksOf(waits), waits, domains };
    })
    .sort((a, b) => compareText(a.graphs.join(' '), b.graphs.join(' ')));
}

function keysOf(conflict: Conflict): readonly string[] {
  return conflict.kind === 'room' ? [...conflict.waiting, ...conflict.holding] : conflict.waiting;
}

/** Components that go from the same domains to the same are told together. */
function joined(changes: readonly DomainChange[]): DomainChange[] {
  const found = new Map<string, DomainChange>();
  for (const change of changes) {
    const key = JSON.stringify([change.level, change.from, change.to]);
    const waiting = [...(found.get(key)?.waiting ?? []), ...change.waiting];
    found.set(key, { ...change, waiting: [...new Set(waiting)].sort() });
  }
  return [...found.values()];
}

function linksOf(waits: readonly Wait[]): Link[] {
  const nodes = new Map<string, { waiting: string; holding: string; nodes: string[] }>();
  for (const { node, waiting, holding } of waits) {
    for (const one of waiting) {
      for (const other of holding) {
        const key = `${one}\n${other}`;
        const link = nodes.get(key) ?? { waiting: one, holding: other, nodes: [] };
        link.nodes.push(node);
        nodes.set(key, link);
      }
    }
  }
  return [...nodes.values()].sort((a, b) => compareText(`${a.waiting}\n${a.holding}`, `${b.waiting}\n${b.holding}`));
}

/** True where somebody waits, through others, for itself. */
export function isCycle({ links }: Pick<Chain, 'links'>): boolean {
  const reaches = (from: string, seen: ReadonlySet<string>, goal: string): boolean =>
    links.some(
      ({ waiting, holding }) =>
        waiting === from &&
        (holding === goal || (!seen.has(holding) && reaches(holding, new Set([...seen, holding]), goal))),
    );
  return links.some(({ waiting }) => reaches(waiting, new Set([waiting]), waiting));
}

/**
 * Who waits for whom, from the one that nobody waits for to the one that could go, a sentence for each way.
 *
 * @param named a component as it is told to the user
 */
export function chainSentences({ links, waits, domains }: Chain, named: (key: string) => string): readonly string[] {
  const left = [...links];
  const sentences: string[] = [];
  while (left.length > 0) {
    const start = left.find(({ waiting }) => !left.some(({ holding }) => holding === waiting)) ?? left[0];
    if (start) sentences.push(sentence(walk(start, left), links, named));
  }
  return [
    ...sentences,
    ...waits.flatMap((wait) => freshSentence(wait, named)),
    ...domains.map((change) => domainSentence(change, named)),
  ];
}

/** Takes the links from one on out of those that are left, until there is none or it comes round. */
function walk(start: Link, left: Link[]): Link[] {
  const path: Link[] = [];
  const seen = new Set<string>();
  let next: Link | undefined = start;
  while (next !== undefined) {
    path.push(next);
    left.splice(left.indexOf(next), 1);
    seen.add(next.waiting);
    const last: string = next.holding;
    next = seen.has(last) ? undefined : left.find(({ waiting }) => waiting === last);
  }
  return path;
}

function sentence(path: readonly Link[], links: readonly Link[], named: (key: string) => string): string {
  const [first] = path;
  const last = path.at(-1)?.holding ?? '';
  const steps = path.map(({ waiting, holding, nodes }) => {
    const holder = holding === waiting ? 'its own old pods' : named(holding);
    return `waits for ${listed(nodes)}, held by ${holder}`;
  });
  const told = `${named(first?.waiting ?? '')} ${steps.join(', which ')}`;
  if (path.length > 1 && path.some(({ waiting }) => waiting === last)) return `${told}: a cycle`;
  return links.some(({ waiting }) => waiting === last) ? told : `${told}, which has room where it goes`;
}

/** A new graph that takes the room is part of the reason. */
function freshSentence({ node, waiting, fresh }: Wait, named: (key: string) => string): string[] {
  if (fresh.length === 0) return [];
  const others = waiting.map(named).join(', ');
  return [`on ${node} new pods of ${fresh.map(named).join(', ')} could take the room before those of ${others}`];
}

/** How many nodes of a link are told. */
const SHOWN = 5;

function listed(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
  return `${names.slice(0, SHOWN).join(', ')}${more}`;
}

function domainSentence({ waiting, level, from, to }: DomainChange, named: (key: string) => string): string {
  const who = waiting.map(named).join(', ');
  return `${who}: old pods run in ${listed(from)} and new ones are pinned to ${listed(to)}, and ${level} is required`;
}
