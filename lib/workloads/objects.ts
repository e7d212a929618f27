import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { diagnostic, type Diagnostic, type Where } from '../diagnostics/diagnostic';
import { checkedText, readText, shownName } from '../inventory/document';
import { parseDocuments, type TextDocument } from '../inventory/documents';
import { isMap, type Place, type RawMap } from '../inventory/fields';
import { asMap, asText } from '../inventory/raw';
import { describe } from '../inventory/list';

/** An object of a file of manifests. */
export interface ManifestObject {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent where the object does not say, and for objects of cluster scope. */
  readonly namespace?: string;
  readonly name: string;
  /** The object as it was read. */
  readonly document: RawMap;
  /** File and line where it begins. */
  readonly where: Where;
  /** Turns a place inside it, such as `spec.components[0]`, into a place for the user. */
  readonly place: Place;
}

/** Every object of some files, in their order, and what was wrong with the rest: one broken document leaves the others. */
export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What `readManifests` takes: the name of a file or a folder, or the bytes of standard input. */
export type ManifestSource = string | { readonly file: string; readonly bytes: Buffer };

/** Files that are read of a folder, as `kubectl apply -f` has it. */
const extension = /\.(?:ya?ml|json)$/;

/**
 * Reads files of manifests: YAML of many documents, JSON, and lists within them, as kubectl writes and takes them. Of a
 * folder every file that ends in .yaml, .yml or .json is read, in order of name, without folders in it.
 */
export function readManifests(sources: readonly ManifestSource[]): Manifests {
  const read = sources.flatMap((source) => {
    if (typeof source !== 'string') return [fromText(source.file, checkedText(source.file, source.bytes))];
    return filesOf(source).map((name) => fromText(shownName(name), readText(name)));
  });
  return {
    objects: read.flatMap(({ objects }) => objects),
    diagnostics: read.flatMap(({ diagnostics }) => diagnostics),
  };
}

function filesOf(name: string): readonly string[] {
  if (!statSync(resolve(name), { throwIfNoEntry: false })?.isDirectory()) return [name];
  const files = readdirSync(resolve(name)).filter((file) => extension.test(file));
  return files.sort().map((file) => join(name, file));
}

function fromText(file: string, text: ReturnType<typeof readText>): Manifests {
  if (!text.ok) return { objects: [], diagnostics: text.diagnostics };
  const { documents, diagnostics } = parseDocuments(file, text.value);
  const read = documents.map((document) => objectsOf(file, document));
  return {
    objects: read.flatMap(({ objects }) => objects),
    diagnostics: [...diagnostics, ...read.flatMap((each) => each.diagnostics)],
  };
}

interface Item {
  readonly value: unknown;
  /** Place in the document; empty for the document itself. */
  readonly pointer: string;
}

/** A document is an object or a list of objects; lists in lists are opened too, as kubectl does. */
function objectsOf(file: string, document: TextDocument): Manifests {
  const objects: ManifestObject[] = [];
  const diagnostics: Diagnostic[] = [];
  const waiting: Item[] = [{ value: document.value, pointer: '' }];
  for (let item = waiting.shift(); item; item = waiting.shift()) {
    const within = item.pointer;
    const items = listed(item.value);
    if (items) {
      waiting.unshift(...items.map((value, i) => ({ value, pointer: joined(within, `items[${i}]`) })));
      continue;
    }
    const place: Place = (pointer) => placeIn(file, document, joined(within, pointer));
    const object = objectOf(item.value, place);
    if (object) objects.push(object);
    else diagnostics.push(noObject(item.value, place('')));
  }
  return { objects, diagnostics };
}

function joined(a: string, b: string): string {
  return a === '' || b === '' ? a + b : `${a}.${b}`;
}

function listed(value: unknown): readonly unknown[] | undefined {
  if (!isMap(value) || !Array.isArray(value.items)) return undefined;
  return typeof value.kind === 'string' && value.kind.endsWith('List') ? value.items : undefined;
}

function placeIn(file: string, document: TextDocument, pointer: string): Where {
  if (pointer === '') return { file, line: document.line };
  return { file, ...(document.locate(pointer) ?? { line: document.line }), pointer };
}

function objectOf(value: unknown, place: Place): ManifestObject | undefined {
  const { apiVersion, kind, metadata } = asMap(value);
  const { name, namespace, generateName } = asMap(metadata);
  const isKustomize = typeof apiVersion === 'string' && apiVersion.startsWith('kustomize.config.k8s.io/');
  // Those of Kustomize itself are applied by nobody, and need no name.
  const named = asText(name) || asText(generateName) || (isKustomize ? '' : undefined);
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || named === undefined) return undefined;
  const where = place('');
  return { apiVersion, kind, namespace: asText(namespace), name: named, document: asMap(value), where, place };
}

function noObject(value: unknown, where: Where): Diagnostic {
  const { apiVersion, kind, metadata } = asMap(value);
  const wanting = [
    ...(typeof apiVersion === 'string' ? [] : ['apiVersion']),
    ...(typeof kind === 'string' ? [] : ['kind']),
    ...(asText(asMap(metadata).name) ? [] : ['metadata.name']),
  ];
  const what = wanting.length === 3 ? describe(value) : `one without ${wanting.join(' and ')} that is a text`;
  return diagnostic('BAY1101', {
    message: `not a Kubernetes object but ${what}`,
    where,
    help: 'hand on manifests alone: each document has apiVersion, kind and metadata.name',
  });
}
