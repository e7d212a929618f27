import { join, resolve } from 'node:path';
import { diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { diskFileSystem, type FileSystem } from './file-system';
import { fileNotWritten } from './findings';
import { writeFiles } from './tree';

/** What may be in a folder that counts as empty: a repository without a file. */
const ALLOWED: ReadonlySet<string> = new Set(['.git']);

/**
 * Fills a folder that is empty or not there with files (relative path with forward slashes to text); where a step
 * fails, all are taken back.
 *
 * @param name relative to the working folder
 * Errors: BAY1085 it holds something, or is no folder; BAY5006 a step failed.
 */
export function writeNewFolder(
  name: string,
  files: ReadonlyMap<string, string>,
  fs: FileSystem = diskFileSystem,
): Outcome<undefined> {
  const folder = resolve(name);
  const taken = takenBy(fs, folder);
  if (taken !== undefined) {
    const help = 'name a folder that is empty or not there';
    const message = `${name} ${taken}`;
    return { ok: false, diagnostics: [diagnostic('BAY1085', { message, where: { file: name }, help })] };
  }
  let made: string | undefined;
  try {
    made = fs.makeFolders(folder);
    writeFiles(fs, folder, files);
    return { ok: true, value: undefined, diagnostics: [] };
  } catch (cause) {
    takeBack(fs, folder, made, files);
    return { ok: false, diagnostics: [fileNotWritten(name, cause)] };
  }
}

/** What keeps a folder from being filled, said of it; undefined where nothing does. */
function takenBy(fs: FileSystem, folder: string): string | undefined {
  const kind = fs.kind(folder);
  if (kind === undefined) return undefined;
  const target = kind === 'other' ? fs.kind(fs.real(folder)) : kind;
  if (target !== 'folder') return 'is no folder';
  const names = fs.list(folder).flatMap((entry) => (ALLOWED.has(entry.name) ? [] : [entry.name]));
  return names.length === 0
    ? undefined
    : `is not empty: ${names.sort().slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
}

/** Removes what was written: the folder, where it was made, or what is in it. */
function takeBack(fs: FileSystem, folder: string, made: string | undefined, files: ReadonlyMap<string, string>): void {
  const own = new Set([...files.keys()].map((path) => join(folder, path.split('/')[0] ?? '')));
  for (const path of made === undefined ? own : [made]) fs.remove(path);
}
