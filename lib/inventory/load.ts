import { hasErrors, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { compareNames, compareText } from '../order';
import { checkNodes, checkPods, checkRunning, hasHostname } from './checks';
import type { ClusterInventory, RunningPod } from './cluster';
import { FieldReader, type Place, type RawMap } from './fields';
import { readInventoryFile } from './file/read';
import { readList, type ItemKind } from './list';
import { locate } from './locate';
import { readNode, type ReadNode } from './nodes';
import { readPod } from './pods';
import { checkSlices, readSlice, withDevices, type DeviceSlice } from './slices';
import { readDocumentOf, readListDocument, type ByteSource, type PlacedDocument } from './source';
import { wantedOf } from './wanted';

/** Where a list comes from. */
export interface ListSource {
  readonly read: (kind: ItemKind) => Outcome<PlacedDocument>;
  /** As it is shown to the user; absent for a list in memory. */
  readonly file?: string;
}

/** The lists that an inventory is made from. */
export interface ListSources {
  readonly nodes: ListSource;
  readonly pods?: ListSource;
  readonly slices?: ListSource;
}

/** Whether a pod is about to be placed anew. */
type IsOwn = (pod: RunningPod) => boolean;

/** What was read of one list. */
interface Listed<T> {
  readonly items: readonly T[];
  readonly place: Place;
  readonly text?: string;
}

export function bytesSource(source: ByteSource): ListSource {
  return { read: (kind) => readListDocument(source, wantedOf[kind]), file: source.file };
}

/** Reads and checks the lists; everything that is wrong is told at once. */
export function loadLists({ nodes, pods, slices }: ListSources, isOwn: IsOwn): Outcome<ClusterInventory> {
  const readNodes = readItems(nodes, 'Node', readNode);
  const readPods = pods && readItems(pods, 'Pod', readPod);
  const readSlices = slices && readItems(slices, 'ResourceSlice', readSlice);
  const found = [readNodes, readPods, readSlices].flatMap((outcome) => outcome?.diagnostics ?? []);
  if (!readNodes.ok || readPods?.ok === false || readSlices?.ok === false) return { ok: false, diagnostics: found };
  const listed = { nodes: readNodes.value, pods: readPods?.value, slices: readSlices?.value };
  const checked = check(listed, { nodes: nodes.file, pods: pods?.file }, isOwn);
  return { ...checked, diagnostics: [...found, ...checked.diagnostics] };
}

/** Reads and checks an inventory file. */
export function loadFile(source: ByteSource, isOwn: IsOwn): Outcome<ClusterInventory> {
  const document = readDocumentOf(source);
  if (!document.ok) return document;
  const { value, place, text } = document.value;
  const read = readInventoryFile(value, place);
  if (!read.ok) return { ok: false, diagnostics: located(read.diagnostics, text) };
  const { nodes, pods } = read.value;
  const section =
    (name: string): Place =>
    (pointer) =>
      place(pointer.replace(/^items/, name));
  const listed = {
    nodes: { items: nodes, place: section('nodes'), text },
    ...(pods.length > 0 && { pods: { items: pods, place: section('pods'), text } }),
  };
  const files = { nodes: source.file, ...(pods.length > 0 && { pods: source.file }) };
  return check(listed, files, isOwn);
}

interface AllListed {
  readonly nodes: Listed<ReadNode>;
  readonly pods?: Listed<RunningPod>;
  readonly slices?: Listed<DeviceSlice>;
}

/** What the lists say, each by itself and together. */
function check(
  { nodes, pods, slices }: AllListed,
  files: ClusterInventory['files'],
  isOwn: IsOwn,
): Outcome<ClusterInventory> {
  const ofNodes = located(checkNodes(nodes.items, nodes.place), nodes.text);
  const ofPods = pods ? located(checkPods(pods.items, pods.place), pods.text) : [];
  const ofSlices = slices ? located(checkSlices(nodes.items, slices.items, slices.place), slices.text) : [];
  const diagnostics = [...ofNodes, ...ofPods, ...ofSlices];
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  const all = slices ? withDevices(nodes.items, slices.items) : nodes.items;
  const inventory = {
    files,
    nodes: all.filter(hasHostname).sort(compareNames),
    pods: [...(pods?.items ?? [])].sort(byNamespaceAndName),
  };
  const running = pods ? located(checkRunning(inventory, pods.place, isOwn), pods.text) : [];
  return { ok: true, value: inventory, diagnostics: [...diagnostics, ...running] };
}

/** Items that could be read at all, with what was wrong in their fields. */
function readItems<T>(
  source: ListSource,
  kind: ItemKind,
  readItem: (raw: RawMap, fields: FieldReader) => T | undefined,
): Outcome<Listed<T>> {
  const document = source.read(kind);
  if (!document.ok) return document;
  const { value, place, text } = document.value;
  const list = readList(value, kind, place);
  if (!list.ok) return { ok: false, diagnostics: located(list.diagnostics, text) };
  const fields = new FieldReader(nouns[kind]);
  const items = list.value.flatMap((raw, i) => {
    fields.begin(`items[${i}]`);
    return readItem(raw, fields) ?? [];
  });
  const diagnostics = located(fields.diagnostics(place), text);
  if (hasErrors(diagnostics)) return { ok: false, diagnostics };
  return { ok: true, value: { items, place, text }, diagnostics };
}

const nouns = { Node: 'node', Pod: 'pod', ResourceSlice: 'slice' } as const;

function located(diagnostics: readonly Diagnostic[], text: string | undefined): readonly Diagnostic[] {
  return text === undefined ? diagnostics : locate(diagnostics, text);
}

function byNamespaceAndName(a: RunningPod, b: RunningPod): number {
  return compareText(a.namespace, b.namespace) || compareNames(a, b);
}
