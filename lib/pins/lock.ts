import type { z } from 'zod';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { yamlText } from '../emit/yaml';
import { parseText } from '../inventory/document';
import { LOCK_FORMAT, lockSchema } from './lock-schema';

/**
 * The lock of a cluster: what a compile decided or was told, so that the next one decides the same. A file beside the
 * cluster's inventory, one line for each thing that can change by itself, sorted. `bayplan lock` writes what images,
 * charts and models stand for, and synth everything else.
 */
export interface Lock {
  /** Name of the cluster; undefined where the file does not say it. */
  readonly cluster?: string;
  /** Version of Bayplan that placed the graphs. */
  readonly compiler?: string;
  /** Digest of each file of the inventory, and of the cluster's CRDs, by its name relative to the lock's folder. */
  readonly inputs: Readonly<Record<string, string>>;
  /** By reference, as it was declared. */
  readonly images: Readonly<Record<string, ImagePin>>;
  /** By `oci://address:version`, or by address of the repository, name and version with blanks between them. */
  readonly charts: Readonly<Record<string, ChartPin>>;
  /** By repository, with `@` and the revision where one is declared. */
  readonly models: Readonly<Record<string, ModelPin>>;
  /** By `namespace/name` of the graph. */
  readonly placements: Readonly<Record<string, LockedGraph>>;
}

/** Not pinned, and why: the reason of a PinWaiver. */
export interface Waived {
  readonly waived: string;
}

export type ImagePin = PinnedImage | Waived;

export interface PinnedImage {
  readonly digest: string;
  /** `os/architecture[/variant]`; empty where no registry was asked. */
  readonly platforms: readonly string[];
}

export type ChartPin = { readonly digest: string } | Waived | { readonly unpinnable: string };

export type ModelPin = { readonly revision: string } | Waived;

export interface LockedGraph {
  /** Digest of what the graph asks for, whatever it is called. */
  readonly content: string;
  /** By name as declared. */
  readonly components: Readonly<Record<string, LockedComponent>>;
}

export interface LockedComponent {
  /** Digest of what the component asks for, whatever it is called. */
  readonly content: string;
  /** Names of the nodes of each copy, a node for each pod. */
  readonly copies: readonly (readonly string[])[];
}

/** The lock of a cluster that was never compiled. */
export const emptyLock: Lock = { inputs: {}, images: {}, charts: {}, models: {}, placements: {} };

/** What stands for the platforms of an image that no registry was asked for. */
const UNKNOWN = 'unknown';

/** A lock larger than this was not written by a compile. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Of the issues that a file has, so many are told. */
const MOST_ISSUES = 5;

const CONFLICT = /^(<{7}|={7}|>{7}|\|{7})( |\r?$)/;

/** The text of a lock file. */
export function lockText({ images, placements, ...rest }: Lock): string {
  const pins = mapped(images, (pin) =>
    'digest' in pin ? { digest: pin.digest, platforms: pin.platforms.join(' ') || UNKNOWN } : pin,
  );
  const graphs = mapped(placements, ({ content, components }) => ({
    content,
    components: mapped(components, (part) => ({ ...part, copies: part.copies.map((nodes) => nodes.join(' ')) })),
  }));
  const heading =
    '# Written by bayplan synth and bayplan lock; keep it in Git. What is here stays as it is unless it has to change.\n';
  return heading + yamlText({ format: LOCK_FORMAT, ...rest, images: pins, placements: graphs });
}

/** Reads a lock file's text; everything that is wrong with it is told at once. */
export function readLock(file: string, text: string): Outcome<Lock> {
  if (text.length > MOST_BYTES) return refused(file, '', `holds ${text.length} characters, which no compile writes`);
  const line = text.split('\n').findIndex((each) => CONFLICT.test(each)) + 1;
  if (line > 0) return { ok: false, diagnostics: [conflict(file, line)] };
  const document = parseText(file, text);
  if (!document.ok) return document;
  const parsed = lockSchema.safeParse(document.value);
  if (parsed.success) return { ok: true, value: fromFile(parsed.data), diagnostics: [] };
  const diagnostics = parsed.error.issues
    .slice(0, MOST_ISSUES)
    .flatMap(({ path, message }) => refused(file, path.map(String).join('.'), message).diagnostics);
  return { ok: false, diagnostics };
}

/** The entry of a name; whatever else an object knows by that name is none. */
export function entryOf<T>(entries: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function fromFile({ format: _format, ...file }: z.infer<typeof lockSchema>): Lock {
  const images = mapped(file.images ?? {}, (pin): ImagePin =>
    'digest' in pin
      ? { digest: pin.digest, platforms: pin.platforms === UNKNOWN ? [] : pin.platforms.split(' ') }
      : pin,
  );
  const placements = mapped(file.placements ?? {}, ({ content, components }) => ({
    content,
    components: mapped(components, (part) => ({
      content: part.content,
      copies: part.copies.map((nodes) => nodes.split(' ')),
    })),
  }));
  return { ...emptyLock, ...file, images, placements };
}

/** The same keys, each with what is made of its value. */
function mapped<A, B>(entries: Readonly<Record<string, A>>, make: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [key, make(value)]));
}

function refused(file: string, pointer: string, message: string): Outcome<never> & { diagnostics: Diagnostic[] } {
  const what = pointer === '' ? 'the lock' : `"${pointer}"`;
  const found = diagnostic('BAY6020', {
    message: `${what}: ${message}`,
    where: { file, ...(pointer === '' ? {} : { pointer }) },
    help: `restore the file: git checkout -- ${file}; without it the next synth places every graph anew`,
  });
  return { ok: false, diagnostics: [found] };
}

function conflict(file: string, line: number): Diagnostic {
  return diagnostic('BAY6020', {
    message: 'the lock has conflict markers of a merge',
    where: { file, line },
    help: 'take either side (git checkout --theirs, or --ours), then run bayplan lock and bayplan synth: they mend what does not fit',
  });
}
