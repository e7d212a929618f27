import { nearest } from '../../diagnostics/nearest';
import { HOSTNAME_LABEL, type Taint } from '../../model/node';
import type { Amount } from '../../model/quantity';
import type { Resources } from '../../model/resources';
import type { FieldReader } from '../fields';
import { countNames, listNames } from '../names';
import type { ReadNode } from '../nodes';
import { namesText, type FileFindings } from './findings';
import type { FileTaint, InventoryFile, NodeClass, NodeEntry, NodeException } from './schema';
import { readTaint } from './taints';

/** What the nodes of a class share. */
type Shared = Omit<ReadNode, 'name' | 'hostname'>;

/** A node under way: exceptions come last. */
type Draft = { -readonly [field in keyof ReadNode]: ReadNode[field] } & { readonly labels: Record<string, string> };

/** The nodes of an inventory file, in the order of the file. */
export function buildNodes(
  { classes, nodes, exceptions = [] }: Pick<InventoryFile, 'classes' | 'nodes' | 'exceptions'>,
  findings: FileFindings,
): ReadNode[] {
  const shared = new Map(Object.entries(classes).map(([name, each]) => [name, sharedBy(name, each, findings)]));
  const drafts = new Map<string, Draft>();
  const entries = new Map<string, number>();
  for (const [i, entry] of nodes.entries()) {
    const pointer = `nodes[${i}]`;
    const names = findings.names(entry.names, `${pointer}.names`);
    const once = namedOnce(names, entries, i, 'nodes', findings);
    const base = shared.get(entry.class);
    if (base === undefined) reportClass(entry.class, pointer, shared.keys(), findings);
    else for (const draft of draftsOf(entry, pointer, names, base, findings)) drafts.set(draft.name, draft);
    for (const name of once) entries.set(name, i);
  }
  applyExceptions(exceptions, drafts, entries, findings);
  return [...drafts.values()].map(finished);
}

function finished(draft: Draft): ReadNode {
  const { labels, notReady } = draft;
  return {
    ...draft,
    hostname: labels[HOSTNAME_LABEL],
    ready: notReady.length === 0,
    architecture: draft.architecture ?? labels['kubernetes.io/arch'],
  };
}

function sharedBy(
  name: string,
  { allocatable, labels, taints, dra, architecture }: NodeClass,
  to: FileFindings,
): Shared {
  const pointer = `classes[${JSON.stringify(name)}]`;
  to.classes.begin(pointer);
  to.classes.call(name);
  return {
    labels: labels ?? {},
    taints: taintsOf(taints ?? [], pointer, to),
    unschedulable: false,
    ready: true,
    notReady: [],
    allocatable: to.classes.amounts(allocatable, 'allocatable'),
    ...(architecture !== undefined && { architecture }),
    ...(dra && { dra }),
  };
}

function draftsOf(
  entry: NodeEntry,
  pointer: string,
  names: readonly string[],
  base: Shared,
  findings: FileFindings,
): Draft[] {
  const own = overrides(entry, pointer, names, findings);
  return names.map((name, i) => {
    const draft: Draft = { ...base, name, hostname: name, labels: { [HOSTNAME_LABEL]: name, ...base.labels } };
    own(draft, i);
    return draft;
  });
}

function applyExceptions(
  exceptions: readonly NodeException[],
  drafts: ReadonlyMap<string, Draft>,
  known: ReadonlyMap<string, number>,
  findings: FileFindings,
): void {
  const entries = new Map<string, number>();
  for (const [i, exception] of exceptions.entries()) {
    const pointer = `exceptions[${i}]`;
    const names = findings.names(exception.names, `${pointer}.names`);
    const own = overrides(exception, pointer, names, findings);
    reportStrangers(names, known, pointer, findings);
    for (const name of namedOnce(names, entries, i, 'exceptions', findings)) entries.set(name, i);
    for (const [position, name] of names.entries()) {
      const draft = drafts.get(name);
      if (draft) own(draft, position);
    }
  }
}

/** What an entry says beside its class, as a change of the node at a place of its list. */
function overrides(
  entry: NodeException,
  pointer: string,
  names: readonly string[],
  findings: FileFindings,
): (draft: Draft, position: number) => void {
  findings.entries.begin(pointer);
  findings.entries.call(namesText(entry.names));
  const labels = Object.entries(entry.labels ?? {}).map(([key, value]) => {
    return [key, laid(value, names.length, `${pointer}.labels[${JSON.stringify(key)}]`, findings)] as const;
  });
  const amounts = changedAmounts(entry.allocatable, findings.entries);
  const taints = entry.taints && taintsOf(entry.taints, pointer, findings);
  return (draft, position) => {
    for (const [key, value] of labels) relabel(draft.labels, key, value(position));
    if (amounts) draft.allocatable = amounts(draft.allocatable);
    if (taints) draft.taints = taints;
    if (entry.dra) draft.dra = Object.keys(entry.dra).length > 0 ? entry.dra : undefined;
    if (entry.unschedulable !== undefined) draft.unschedulable = entry.unschedulable;
    if (entry.notReady) draft.notReady = entry.notReady;
  };
}

type Laid = (position: number) => string | null;

/** Values laid over so many nodes in order, each over equally many. */
function laid(value: string | null, count: number, pointer: string, findings: FileFindings): Laid {
  if (value === null || value === '') return () => value;
  const values = findings.names(value, pointer);
  if (values.length === 0 || count === 0) return () => null;
  const each = count / values.length;
  if (!Number.isInteger(each)) {
    findings.add(
      'BAY1058',
      pointer,
      `${values.length} values for ${count} nodes: ${JSON.stringify(value)} cannot be laid over them evenly`,
      'split the entry in two, each with names that its values divide, or correct the range',
    );
    return () => null;
  }
  return (position) => values[Math.floor(position / each)] ?? null;
}

function relabel(labels: Record<string, string>, key: string, value: string | null): void {
  if (value === null) Reflect.deleteProperty(labels, key);
  else labels[key] = value;
}

function changedAmounts(
  allocatable: NodeException['allocatable'],
  fields: FieldReader,
): ((before: Resources) => Resources) | undefined {
  if (!allocatable) return undefined;
  const given = Object.entries(allocatable).filter(([, amount]) => amount !== null);
  const gone = Object.keys(allocatable).filter((resource) => allocatable[resource] === null);
  const amounts = fields.amounts(Object.fromEntries(given), 'allocatable');
  return (before) => {
    const after: Record<string, Amount> = { ...before, ...amounts };
    for (const resource of gone) Reflect.deleteProperty(after, resource);
    return after;
  };
}

function taintsOf(taints: readonly FileTaint[], pointer: string, findings: FileFindings): Taint[] {
  return taints.flatMap((taint, i) => {
    const read = readTaint(taint);
    if (read) return [read];
    findings.add(
      'BAY1060',
      `${pointer}.taints[${i}]`,
      `${JSON.stringify(taint)} is not a taint`,
      'write key=value:NoSchedule or key:NoExecute; effects are NoSchedule, PreferNoSchedule and NoExecute',
    );
    return [];
  });
}

/** The names, those that stand here or in an earlier entry told. */
function namedOnce(
  names: readonly string[],
  before: ReadonlyMap<string, number>,
  index: number,
  section: 'nodes' | 'exceptions',
  findings: FileFindings,
): ReadonlySet<string> {
  const here = new Set(names);
  const twice = here.size === names.length ? [] : names.filter((name, i) => names.indexOf(name) !== i);
  const earlier = [...here].filter((name) => before.has(name));
  const repeated = [...new Set([...twice, ...earlier])];
  if (repeated.length > 0) {
    const others = new Set(earlier.map((name) => `${section}[${before.get(name)}]`));
    findings.add(
      'BAY1056',
      `${section}[${index}].names`,
      `${countNames('node', repeated)} named twice${repeated.length > 1 ? `: ${listNames(repeated)}` : ''}, here and ${
        others.size > 0 ? `in ${listNames([...others])}` : 'once more'
      }`,
      section === 'nodes'
        ? 'name every node once; what differs on single nodes stands in exceptions'
        : 'say all that differs on a node in one exception',
    );
  }
  return here;
}

function reportClass(name: string, pointer: string, known: Iterable<string>, findings: FileFindings): void {
  const names = [...known];
  const near = nearest(name, names);
  findings.add(
    'BAY1057',
    `${pointer}.class`,
    `there is no class ${JSON.stringify(name)}`,
    near === undefined
      ? names.length > 0
        ? `classes of this file: ${listNames(names)}`
        : 'describe the class below classes'
      : `did you mean ${near}?`,
  );
}

function reportStrangers(
  names: readonly string[],
  known: ReadonlyMap<string, number>,
  pointer: string,
  findings: FileFindings,
): void {
  const strangers = names.filter((name) => !known.has(name));
  const [first] = strangers;
  if (first === undefined) return;
  const near = known.size <= 10_000 ? nearest(first, known.keys()) : undefined;
  findings.add(
    'BAY1059',
    `${pointer}.names`,
    `${countNames('node', strangers)} not among the nodes above${strangers.length > 1 ? `: ${listNames(strangers)}` : ''}`,
    near === undefined ? 'an exception says what differs on nodes that stand in nodes' : `did you mean ${near}?`,
  );
}
