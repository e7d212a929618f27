import { diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { isMap, type Place, type RawMap } from './fields';
import { listNames, sorted } from './names';

/** What a list holds: core/v1 Nodes or Pods, ResourceSlices of resource.k8s.io, or PodGroups of KAI. */
export type ItemKind = 'Node' | 'Pod' | 'ResourceSlice' | 'PodGroup';

const kinds: Readonly<Record<ItemKind, { readonly group?: string; readonly command: string }>> = {
  Node: { command: 'kubectl get nodes -o json' },
  Pod: { command: 'kubectl get pods -A -o json' },
  ResourceSlice: { group: 'resource.k8s.io', command: 'kubectl get resourceslices -o json' },
  PodGroup: { group: 'scheduling.run.ai', command: 'kubectl get podgroups.scheduling.run.ai -A -o json' },
};

/**
 * The items of a list as kubectl (`List`) or the API (`NodeList`, whose items do not repeat their kind) writes it.
 * Anything else is refused with a word on what it is instead.
 */
export function readList(document: unknown, kind: ItemKind, place: Place): Outcome<readonly RawMap[]> {
  const items = isMap(document) ? itemsOfKind(document, kind) : undefined;
  if (!isMap(document) || !items) {
    return refused('BAY1003', kind, place(''), `not a list of ${kind}s but ${describe(document)}`);
  }
  const { metadata } = document;
  if (isMap(metadata) && typeof metadata.continue === 'string' && metadata.continue !== '') {
    return refused(
      'BAY1005',
      kind,
      place('metadata.continue'),
      `the list of ${kind}s is cut off after ${items.length}`,
    );
  }
  if (kind === 'Node' && items.length === 0) {
    return refused('BAY1004', kind, place('items'), 'the list of Nodes is empty');
  }
  return { ok: true, value: items, diagnostics: [] };
}

function refused(
  code: 'BAY1003' | 'BAY1004' | 'BAY1005',
  kind: ItemKind,
  where: ReturnType<Place>,
  message: string,
): Outcome<never> {
  const help = `export it with \`${kinds[kind].command}\``;
  return { ok: false, diagnostics: [diagnostic(code, { message, where, help })] };
}

function itemsOfKind(document: RawMap, kind: ItemKind): readonly RawMap[] | undefined {
  const { items } = document;
  const typed = document.kind === `${kind}List` && isOfGroup(document, kind);
  const untyped = document.kind === 'List' && document.apiVersion === 'v1';
  if (!(typed || untyped) || !Array.isArray(items)) return undefined;
  const fits = (item: unknown): item is RawMap =>
    isMap(item) && ((item.kind === kind && isOfGroup(item, kind)) || (typed && item.kind === undefined));
  return items.every(fits) ? items : undefined;
}

/** Kinds of core/v1, whose items may leave the version out, or of any version of another group. */
function isOfGroup({ apiVersion }: RawMap, kind: ItemKind): boolean {
  const { group } = kinds[kind];
  if (group === undefined) return apiVersion === 'v1' || typeof apiVersion !== 'string';
  return typeof apiVersion === 'string' && apiVersion.startsWith(`${group}/`);
}

/** Kind of an object, with its API group and version where it is not core/v1. */
function kindOf({ apiVersion, kind }: RawMap): string | undefined {
  if (typeof kind !== 'string' || kind === '') return undefined;
  return apiVersion === 'v1' || typeof apiVersion !== 'string' ? kind : `${apiVersion} ${kind}`;
}

/** What a document is, for someone who took it for something else. */
export function describe(document: unknown): string {
  if (document === undefined || document === null || document === '') return 'empty';
  if (typeof document === 'string') return plainText(document);
  if (Array.isArray(document)) return 'a bare list without kind';
  if (!isMap(document)) return `the value ${JSON.stringify(document)}`;
  const kind = kindOf(document);
  if (kind === undefined) return `a map without kind, with ${listNames(sorted(Object.keys(document)))}`;
  if (Array.isArray(document.items)) return describeItems(kind, document.items);
  const name = isMap(document.metadata) ? document.metadata.name : undefined;
  return `one ${kind}${typeof name === 'string' ? `, ${name}` : ''}`;
}

function plainText(text: string): string {
  return /^\s*(?:NAMESPACE\s+)?NAME\s/.test(text) ? 'the table that kubectl prints without -o json' : 'plain text';
}

function describeItems(kind: string, items: readonly unknown[]): string {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = (isMap(item) ? kindOf(item) : undefined) ?? UNKNOWN;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size === 0 || kind !== 'List') return `a ${kind}`;
  const [only, ...others] = sorted(counts.keys());
  if (others.length === 0) return only === UNKNOWN ? 'a list of items without kind' : `a list of ${only}s`;
  return `a list of ${listNames(sorted(counts.keys()).map((name) => `${counts.get(name)} x ${name}`))}`;
}

/** Stands for the kind of items that have none. */
const UNKNOWN = 'item without kind';
