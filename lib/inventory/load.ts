import { hasErrors, type Outcome } from '../diagnostics/diagnostic';
import { compareNames, compareText } from '../order';
import { checkNodes, checkPods, checkRunning, hasHostname } from './checks';
import type { ClusterInventory, RunningPod } from './cluster';
import type { Place } from './fields';
import { readInventoryFile } from './file/read';
import { located, readItems, type Listed, type ListSource } from './items';
import { readNode, type ReadNode } from './nodes';
import { readPod } from './pods';
import { checkSlices, readSlice, withDevices, type DeviceSlice } from './slices';
import { readDocumentOf, type ByteSource } from './source';

/** The lists that an inventory is made from. */
export interface ListSources {
  readonly nodes: ListSource;
  readonly pods?: ListSource;
  readonly slices?: ListSource;
}

/** Whether a pod is about to be placed anew. */
type IsOwn = (pod: RunningPod) => boolean;

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

function byNamespaceAndName(a: RunningPod, b: RunningPod): number {
  return compareText(a.namespace, b.namespace) || compareNames(a, b);
}
