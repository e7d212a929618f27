import { join, resolve } from 'node:path';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
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
  let takeBack = (): void => undefined;
  try {
    const taken = takenBy(fs, folder);
    if (taken !== undefined) return { ok: false, diagnostics: [notEmpty(name, taken)] };
    const made = fs.makeFolders(folder);
    // From here on everything of these names is ours.
    takeBack = () => {
      for (const path of made === undefined ? topmost(folder, files) : [made]) fs.remove(path);
    };
    writeFiles(fs, folder, files);
    return { ok: true, value: undefined, diagnostics: [] };
  } catch (cause) {
    takeBack();
    return { ok: false, diagnostics: [fileNotWritten(name, cause)] };
  }
}

function notEmpty(name: string, taken: string): Diagnostic {
  return diagnostic('BAY1085', {
    message: `${name} ${taken}`,
    where: { file: name },
    help: 'name a folder that is empty or not there',
  });
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

/** What files make in a folder: those at its top, and the folders of the others. */
function topmost(folder: string, files: ReadonlyMap<string, string>): ReadonlySet<string> {
  return new Set([...files.keys()].map((path) => join(folder, path.split('/')[0] ?? '')));
}
