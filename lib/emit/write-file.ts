import { basename, dirname, join, resolve } from 'node:path';
import type { Outcome } from '../diagnostics/diagnostic';
import { shownName } from '../inventory/document';
import { diskFileSystem, type FileSystem } from './file-system';
import { fileNotWritten } from './findings';

/**
 * Writes a file as a whole or leaves it as it was: to `.<name>.next` beside it, which then takes its name. One that
 * holds the text already is not touched. A link is followed; a pipe or a device is written to as it is.
 *
 * @param name relative to the working folder
 * Error: BAY5006.
 */
export function writeFile(
  name: string,
  content: string | Uint8Array,
  fs: FileSystem = diskFileSystem,
): Outcome<undefined> {
  try {
    const path = resolve(name);
    const kind = fs.kind(path);
    const target = kind === undefined ? path : fs.real(path);
    const isFile = kind !== undefined && fs.kind(target) === 'file';
    if (isFile && typeof content === 'string' && fs.read(target) === content) return written;
    if (kind === undefined || isFile) replace(fs, target, content);
    else fs.write(target, content);
    return written;
  } catch (cause) {
    return { ok: false, diagnostics: [fileNotWritten(shownName(name), cause)] };
  }
}

/** The same in a folder that need not be there; where the file cannot be written, no folder is made. */
export function writeFileAndFolders(
  name: string,
  content: string | Uint8Array,
  fs: FileSystem = diskFileSystem,
): Outcome<undefined> {
  let made: string | undefined;
  try {
    made = fs.makeFolders(dirname(resolve(name)));
  } catch (cause) {
    return { ok: false, diagnostics: [fileNotWritten(shownName(name), cause)] };
  }
  const outcome = writeFile(name, content, fs);
  if (!outcome.ok && made !== undefined) fs.remove(made);
  return outcome;
}

const written: Outcome<undefined> = { ok: true, value: undefined, diagnostics: [] };

function replace(fs: FileSystem, target: string, content: string | Uint8Array): void {
  const next = join(dirname(target), `.${basename(target)}.next`);
  try {
    fs.write(next, content);
    fs.rename(next, target);
  } catch (cause) {
    if (fs.kind(next) === 'file') fs.remove(next);
    throw cause;
  }
}
