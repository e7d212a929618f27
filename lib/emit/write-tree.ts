import { basename, dirname, join, resolve, sep } from 'node:path';
import type { Diagnostic, Outcome } from '../diagnostics/diagnostic';
import { diskFileSystem, type FileSystem } from './file-system';
import { aroundWorkingFolder, badPath, holdsForeign, notRemoved, Unfinished, writeFailed } from './findings';
import { holdsExactly, isManifestPath, readTree, writeFiles } from './tree';

/** What writing a tree did. */
export interface TreeWritten {
  /** Files written: all of them, or 0 where the folder held just these already. */
  readonly written: number;
  readonly changed: boolean;
}

export interface WriteTreeOptions {
  /** @default - the machine's own */
  readonly fs?: FileSystem;
  /** The folder that `outdir` is relative to, and that must not be replaced. @default - the working folder */
  readonly cwd?: string;
}

/**
 * Makes a folder hold exactly the given files (relative path with forward slashes to text), or leaves it as it was.
 *
 * The files are written to `.<name>.next` beside it; then the folder becomes `.<name>.prev`, the new one takes its
 * name, and the old one is removed. What a killed run left behind is put right first. A folder that holds these files
 * already is not touched.
 *
 * Errors: BAY5001 it holds what no compile wrote, BAY5002 it is the working folder or lies around it, BAY5003 a step
 * failed and was taken back, BAY5004 a path that is no plain manifest path. Warning: BAY5005.
 */
export function writeTree(
  outdir: string,
  files: ReadonlyMap<string, string>,
  { fs = diskFileSystem, cwd = process.cwd() }: WriteTreeOptions = {},
): Outcome<TreeWritten> {
  const wrong = [...files.keys()].filter((path) => !isManifestPath(path));
  if (wrong.length > 0) return refused(...wrong.sort().map((path) => badPath(outdir, path)));
  try {
    const places = findPlaces(fs, resolve(cwd, outdir));
    if (isAround(places.target, fs.real(cwd))) return refused(aroundWorkingFolder(outdir));
    recover(fs, places);
    const foreign = foreignFiles(fs, places.target);
    if (foreign.length > 0) return refused(holdsForeign(outdir, foreign));
    if (fs.kind(places.target) && holdsExactly(fs, places.target, files)) return done({ written: 0, changed: false });
    replace(fs, places, files);
    return done({ written: files.size, changed: true }, clear(fs, places, outdir));
  } catch (cause) {
    return refused(writeFailed(outdir, cause));
  }
}

function done(value: TreeWritten, diagnostics: readonly Diagnostic[] = []): Outcome<TreeWritten> {
  return { ok: true, value, diagnostics };
}

function refused(...diagnostics: readonly Diagnostic[]): Outcome<TreeWritten> {
  return { ok: false, diagnostics };
}

/** The folder itself, with links followed, and its two companions on the same file system. */
interface Places {
  readonly target: string;
  readonly next: string;
  readonly prev: string;
}

/** Links are followed, so that a link named dist stays a link and the rename happens beside what it points to. */
function findPlaces(fs: FileSystem, folder: string): Places {
  const target = realPath(fs, folder);
  const beside = (ending: string): string => join(dirname(target), `.${basename(target)}.${ending}`);
  return { target, next: beside('next'), prev: beside('prev') };
}

/** The path with links followed as far as it exists. */
function realPath(fs: FileSystem, path: string): string {
  if (fs.kind(path) || dirname(path) === path) return fs.real(path);
  return join(realPath(fs, dirname(path)), basename(path));
}

function isAround(folder: string, inner: string): boolean {
  return `${inner}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** What a killed run left: the old folder gets its name back, or is removed where the new one is in place. */
function recover(fs: FileSystem, { target, next, prev }: Places): void {
  if (fs.kind(prev)) {
    if (fs.kind(target)) removeOwn(fs, prev);
    else fs.rename(prev, target);
  }
  if (fs.kind(next)) removeOwn(fs, next);
}

/** Removes a companion folder, unless somebody keeps other things under its name. */
function removeOwn(fs: FileSystem, folder: string): void {
  const [foreign] = foreignFiles(fs, folder);
  if (foreign !== undefined) throw new Error(`${folder} is in the way: no compile wrote ${foreign}`);
  fs.remove(folder);
}

/** What was not written by a compile: files of other kinds in a folder, or the path itself where it is no folder. */
function foreignFiles(fs: FileSystem, path: string): readonly string[] {
  const kind = fs.kind(path);
  if (kind === undefined) return [];
  return kind === 'folder' ? readTree(fs, path).foreign : [basename(path)];
}

/**
 * Writes the new folder and lets it take the old one's place. Each step that changes something names its undoing
 * beforehand; where one fails, all are undone, last first.
 */
function replace(fs: FileSystem, { target, next, prev }: Places, files: ReadonlyMap<string, string>): void {
  const undo: (() => void)[] = [];
  try {
    const made = fs.makeFolders(dirname(target));
    if (made !== undefined)
      undo.unshift(() => {
        fs.remove(made);
      });
    fs.makeFolder(next);
    undo.unshift(() => {
      fs.remove(next);
    });
    writeFiles(fs, next, files);
    // Read back: another run may be writing to the same place, or two names may differ in nothing but case.
    if (!holdsExactly(fs, next, files)) throw new Error(`${next} does not hold what was written to it`);
    if (fs.kind(target)) {
      fs.rename(target, prev);
      undo.unshift(() => {
        fs.rename(prev, target);
      });
    }
    fs.rename(next, target);
  } catch (cause) {
    const stuck = undo.filter((step) => !succeeds(step));
    throw stuck.length === 0
      ? cause
      : new Unfinished(
          cause,
          [next, prev].filter((path) => fs.kind(path)),
        );
  }
}

function succeeds(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}

/** The new folder is in place: what cannot be removed now is removed by the next run. */
function clear(fs: FileSystem, { prev }: Places, outdir: string): readonly Diagnostic[] {
  try {
    fs.remove(prev);
    return [];
  } catch (cause) {
    return [notRemoved(outdir, prev, cause)];
  }
}
