import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { exitCodes, type ExitCode } from '../diagnostics/exit';
import { nearest } from '../diagnostics/nearest';
import { writeFile } from '../emit/write-file';
import { readDocument, readText, shownName } from '../inventory/document';
import { emptyLock, readLock, type Lock } from '../pins/lock';
import { lookUp } from '../pins/look-up';
import { isCalled, merged, toLookUp, type Merged, type PinChange, type Update } from '../pins/merge';
import { wantedDocument, type Wanted, type WantedDocument } from '../pins/wanted';
import { appOption, compileFleet } from './app';
import { texts, type Arguments, type Command } from './command';
import { report, type Io } from './io';
import { progressOn, registryOptions, registryOptionsOf } from './registry-options';
import { UsageError } from './usage-error';

/** Looks up what the fleet wants pinned, and keeps it in the lock of each cluster. */
export const lock: Command = {
  usage: 'lock',
  summary: 'Look up the digests and commits that the fleet needs, and keep them in the locks',
  positionals: {},
  options: {
    app: appOption,
    update: {
      type: 'array',
      string: true,
      describe: 'Look up anew what is locked already: these, by name or the end of it, or everything',
    },
    check: { type: 'boolean', describe: 'Only say what is missing or stale: ask nobody, and write nothing' },
    ...registryOptions,
  },
  examples: [
    ['bayplan lock', 'look up what is missing'],
    ['bayplan lock --update', 'look up everything anew, and show what changed'],
    ['bayplan lock --update vllm-runtime', 'only that image'],
    ['bayplan lock --check', 'in CI: whether the locks are complete and current'],
    ['bayplan lock --mirror nvcr.io=registry.example/nvcr', 'ask a mirror first'],
  ],
  run: async (io, args) => {
    const update = updateOf(args);
    const options = registryOptionsOf(args, io.env);
    if (args['check'] === true) {
      if (update !== 'none') throw new UsageError('--check and --update exclude each other', 'leave one of them out');
      return compileFleet(io, args, { BAYPLAN_LOCK_CHECK: '1' });
    }
    const folder = mkdtempSync(join(tmpdir(), 'bayplan-lock-'));
    try {
      const file = join(folder, 'wanted.json');
      const code = await compileFleet(io, args, { BAYPLAN_LOCK_WANTED: file });
      if (code !== exitCodes.ok) return code;
      const document = readWanted(file);
      if (!document.ok) return ended(io, document.diagnostics);
      return await lockAll(io, document.value, update, options);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function updateOf(args: Arguments): Update {
  if (args['update'] === undefined) return 'none';
  const names = texts(args, 'update');
  return names.length === 0 ? 'all' : names;
}

function readWanted(file: string): Outcome<WantedDocument> {
  const document = existsSync(file) ? readDocument(file) : undefined;
  const read = document?.ok ? wantedDocument.safeParse(document.value) : undefined;
  if (read?.success) return { ok: true, value: read.data, diagnostics: [] };
  const found = diagnostic('BAY6042', {
    message: `the app ended without saying what it wants pinned${read ? ' in a form that this version reads' : ''}`,
    where: { file: 'cdk8s.yaml', pointer: 'app' },
    help: 'let it call synth() of its Fleet, with the version of Bayplan that this is',
  });
  return { ok: false, diagnostics: [found] };
}

/** A cluster, its lock as it is, and where that is. */
interface Locked {
  readonly cluster: string;
  readonly file: string;
  /** Empty where there is no file. */
  readonly text: string;
  readonly lock: Lock;
  readonly wanted: readonly Wanted[];
}

async function lockAll(
  io: Io,
  { clusters }: WantedDocument,
  update: Update,
  options: Parameters<typeof lookUp>[1],
): Promise<ExitCode> {
  requireKnown(update, clusters.flatMap(({ wanted }) => wanted)); // prettier-ignore
  const read = clusters.map(readLocked);
  const refusals = read.flatMap(({ diagnostics }) => diagnostics);
  if (refusals.length > 0) return ended(io, refusals);
  const locked = read.flatMap((one) => (one.ok && one.value ? [one.value] : []));
  const wanted = unique(locked.flatMap((one) => toLookUp(one.lock, one.wanted, update)));
  const progress = progressOn(io);
  const found = await lookUp(wanted, options, progress.step).finally(progress.clear);
  if (!found.ok) return ended(io, found.diagnostics);
  const results = locked.map((one) => ({ ...one, ...merged(one.lock, one.cluster, one.wanted, found.value) }));
  const failed = writeAll(results.map(({ file, text: fresh, cluster }) => ({ file, fresh, before: textOf(locked, cluster) }))); // prettier-ignore
  if (failed.length > 0) return ended(io, failed, exitCodes.internal);
  if (io.env['BAYPLAN_FORMAT'] !== 'json') io.err(summary(results));
  return exitCodes.ok;
}

/** The lock of a cluster; nothing where the cluster keeps none and needs none. */
function readLocked({ cluster, lockFile, wanted }: WantedDocument['clusters'][number]): Outcome<Locked | undefined> {
  if (lockFile === undefined) {
    const { missing } = merged(emptyLock, cluster, wanted, emptyLock);
    const diagnostics = missing.map((one) => withoutLock(cluster, one));
    return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: undefined, diagnostics };
  }
  const none = { cluster, file: lockFile, text: '', lock: emptyLock, wanted };
  if (!existsSync(lockFile)) return { ok: true, value: none, diagnostics: [] };
  const content = readText(lockFile);
  if (!content.ok) return content;
  const read = readLock(shownName(lockFile), content.value);
  return read.ok ? { ...read, value: { ...none, text: content.value, lock: read.value } } : read;
}

function withoutLock(cluster: string, { kind, name, where }: Wanted): Diagnostic {
  return diagnostic('BAY6043', {
    message: `${kind} ${JSON.stringify(name)} cannot be locked: cluster "${cluster}" keeps no lock`,
    where,
    help: `name one (lock: '${cluster}.lock.yaml'), or write a ${kind === 'model' ? 'commit' : 'digest'} where it is declared`,
    data: { kind, name },
  });
}

/** That every name that is to be looked up anew is one of those that are wanted. */
function requireKnown(update: Update, wanted: readonly Wanted[]): void {
  if (typeof update === 'string') return;
  for (const asked of update) {
    if (wanted.some(({ name }) => isCalled(name, asked))) continue;
    const near = nearest(asked, wanted.map(({ name }) => name)); // prettier-ignore
    const help = near === undefined ? 'bayplan lock --update alone looks up everything anew' : `did you mean ${near}?`;
    throw new UsageError(`the fleet wants nothing called ${JSON.stringify(asked)}`, help);
  }
}

/** What several clusters want is looked up once. */
function unique(wanted: readonly Wanted[]): Wanted[] {
  return [...new Map(wanted.map((one) => [`${one.kind} ${one.name}`, one])).values()];
}

interface Writing {
  readonly file: string;
  readonly fresh: string;
  /** Empty where there was no file. */
  readonly before: string;
}

/** Writes all files or none: where one cannot be written, those before it get back what they held. */
function writeAll(files: readonly Writing[]): readonly Diagnostic[] {
  const done: Writing[] = [];
  for (const one of files) {
    const { diagnostics, ok } = writeFile(one.file, one.fresh);
    if (!ok) {
      for (const { file, before } of done) {
        if (before === '') rmSync(file);
        else writeFile(file, before);
      }
      return diagnostics;
    }
    done.push(one);
  }
  return [];
}

function textOf(locked: readonly Locked[], cluster: string): string {
  return locked.find((one) => one.cluster === cluster)?.text ?? '';
}

function ended(io: Io, diagnostics: readonly Diagnostic[], code: ExitCode = exitCodes.input): ExitCode {
  report(io, diagnostics);
  return code;
}

/** What changed in each lock, and how many pins there are. */
function summary(results: readonly (Locked & Merged)[]): string {
  const changed = results.filter(({ changes }) => changes.length > 0);
  const all = changed.flatMap(({ changes }) => changes);
  const waived = results.reduce((sum, each) => sum + each.waived, 0);
  const counted = (sign: string): number => all.filter((change) => signOf(change) === sign).length;
  const total =
    all.length === 0
      ? `nothing changed in ${results.length} ${results.length === 1 ? 'lock' : 'locks'}`
      : `${counted('+')} added, ${counted('~')} changed, ${counted('-')} removed`;
  return [
    ...changed.flatMap(({ file, changes }) => [shownName(file), ...changes.map(changeLine)]),
    `${total}${waived > 0 ? `, ${waived} ${waived === 1 ? 'pin' : 'pins'} waived` : ''}`,
    '',
  ].join('\n');
}

function signOf({ before, after }: PinChange): string {
  if (before === undefined) return '+';
  return after === undefined ? '-' : '~';
}

function changeLine(change: PinChange): string {
  const { kind, name, before, after } = change;
  const what = [before, after].filter((each) => each !== undefined).join(' -> ');
  return `  ${signOf(change)} ${kind} ${name}  ${what}`;
}
