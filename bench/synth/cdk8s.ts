import { App, Chart } from 'cdk8s';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { synthRow } from '../rows';
import { timed } from '../timing';
import { addObjects, fleetOf } from './fleets';

/** What cdk8s alone does with the plain objects of a row, and how ours compare. */
export interface Cdk8sFound {
  /** Milliseconds of `App.synth`. */
  readonly time: number;
  /** Objects that it wrote, each looked up in what we write. */
  readonly objects: number;
  /** Of these, the objects whose YAML text reads as another value in ours, or that are not there. */
  readonly differ: number;
}

function compare(name: string | undefined): Cdk8sFound | undefined {
  const row = synthRow(name);
  if (!row?.objects) return undefined;
  const { time, texts } = synthesise(row.objects);
  const ours = valuesOf(fleetOf(row).compile().files.values());
  const theirs = valuesOf(texts);
  const differ = [...theirs].filter(([identity, value]) => !isDeepStrictEqual(value, ours.get(identity)));
  return { time: Math.round(time), objects: theirs.size, differ: differ.length };
}

/** The objects in one chart, as an app without us has them. */
function synthesise(objects: number): { readonly time: number; readonly texts: readonly string[] } {
  const outdir = mkdtempSync(join(tmpdir(), 'bayplan-bench-'));
  try {
    const app = new App({ outdir });
    addObjects(new Chart(app, 'objects'), objects);
    const { time } = timed(() => {
      app.synth();
    });
    return { time, texts: readdirSync(outdir).map((file) => readFileSync(join(outdir, file), 'utf8')) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

interface Identified {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly namespace?: string; readonly name?: string };
}

/** The value of every document, by what the cluster would know it by. */
function valuesOf(texts: Iterable<string>): Map<string, unknown> {
  const values = new Map<string, unknown>();
  for (const text of texts) {
    for (const document of parseAllDocuments(text)) {
      const value = document.toJS() as Identified | null;
      const { apiVersion, kind, metadata } = value ?? {};
      values.set([apiVersion, kind, metadata?.namespace, metadata?.name].join(' '), value);
    }
  }
  return values;
}

const found = compare(process.argv[2]);
if (found) writeSync(1, `${JSON.stringify(found)}\n`);
