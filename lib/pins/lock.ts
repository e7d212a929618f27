import { z } from 'zod';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { yamlText } from '../emit/yaml';
import { parseText } from '../inventory/document';

/**
 * The lock of a cluster: what a compile decided or was told, so that the next one decides the same. A file beside the
 * cluster's inventory, written by synth alone, one line for each thing that can change by itself, sorted.
 */
export interface Lock {
  /** Name of the cluster. */
  readonly cluster: string;
  /** Version of Bayplan that wrote it. */
  readonly compiler: string;
  /** Digest of each file of the inventory, and of the cluster's CRDs, by its name relative to the lock's folder. */
  readonly inputs: Readonly<Record<string, string>>;
  /** By `namespace/name` of the graph. */
  readonly placements: Readonly<Record<string, LockedGraph>>;
}

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

/** Version of the file's form; a file of another one is refused. */
export const LOCK_FORMAT = 1;

/** A lock larger than this was not written by a compile. */
const MOST_BYTES = 64 * 1024 * 1024;

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits');
const content = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits');

const schema = z.strictObject({
  format: z.literal(LOCK_FORMAT, `expected ${LOCK_FORMAT}, the form that this version reads`),
  cluster: z.string().min(1),
  compiler: z.string().min(1),
  inputs: z.record(z.string(), digest),
  placements: z.record(
    z.string().regex(/^[^/]+\/[^/]+$/, 'expected namespace/name'),
    z.strictObject({
      content,
      components: z.record(
        z.string(),
        // nodes of a copy stand on one line, so that a moved copy is one changed line
        z.strictObject({ content, copies: z.array(z.string().regex(/^\S+( \S+)*$/, 'expected names of nodes')) }),
      ),
    }),
  ),
});

/** The text of a lock file. */
export function lockText({ placements, ...rest }: Lock): string {
  const graphs = Object.entries(placements).map(([graph, { content: of, components }]) => {
    const parts = Object.entries(components).map(([name, part]) => {
      return [name, { ...part, copies: part.copies.map((nodes) => nodes.join(' ')) }] as const;
    });
    return [graph, { content: of, components: Object.fromEntries(parts) }] as const;
  });
  const heading =
    '# Written by bayplan synth; keep it in Git. Graphs stay where they are here unless they have to move.\n';
  return heading + yamlText({ format: LOCK_FORMAT, ...rest, placements: Object.fromEntries(graphs) });
}

/** Reads a lock file's text; everything that is wrong with it is told at once. */
export function readLock(file: string, text: string): Outcome<Lock> {
  if (text.length > MOST_BYTES) return refused(file, '', `holds ${text.length} characters, which no compile writes`);
  if (/^(<{7}|={7}|>{7})( |$)/m.test(text)) {
    const line = text.split('\n').findIndex((each) => /^(<{7}|={7}|>{7})( |$)/.test(each)) + 1;
    return { ok: false, diagnostics: [conflict(file, line)] };
  }
  const document = parseText(file, text);
  if (!document.ok) return document;
  const parsed = schema.safeParse(document.value);
  if (parsed.success) return { ok: true, value: fromFile(parsed.data), diagnostics: [] };
  const diagnostics = parsed.error.issues
    .slice(0, 5)
    .flatMap(({ path, message }) => refused(file, path.map(String).join('.'), message).diagnostics);
  return { ok: false, diagnostics };
}

function fromFile({ cluster, compiler, inputs, placements }: z.infer<typeof schema>): Lock {
  const graphs = Object.entries(placements).map(([graph, { content: of, components }]) => {
    const parts = Object.entries(components).map(([name, part]) => {
      const copies = part.copies.map((nodes) => nodes.split(' '));
      return [name, { content: part.content, copies }] as const;
    });
    return [graph, { content: of, components: Object.fromEntries(parts) }] as const;
  });
  return { cluster, compiler, inputs, placements: Object.fromEntries(graphs) };
}

function refused(file: string, pointer: string, message: string): Outcome<never> & { diagnostics: Diagnostic[] } {
  const what = pointer === '' ? 'the lock' : `"${pointer}"`;
  const found = diagnostic('BAY6020', {
    message: `${what}: ${message}`,
    where: { file, ...(pointer === '' ? {} : { pointer }) },
    help: 'restore the file from Git; without it the next synth places every graph anew',
  });
  return { ok: false, diagnostics: [found] };
}

function conflict(file: string, line: number): Diagnostic {
  return diagnostic('BAY6020', {
    message: 'the lock has conflict markers of a merge',
    where: { file, line },
    help: 'take either side (git checkout --theirs, or --ours) and run bayplan synth: it mends what does not fit',
  });
}
