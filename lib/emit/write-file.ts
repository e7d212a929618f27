import { dirname } from 'node:path';
import type { FileSystem } from './file-system';

/** Replaces a file as a whole, or leaves it as it was; a file that holds the text already is not touched. */
export function writeFile(fs: FileSystem, file: string, text: string): { readonly changed: boolean } {
  if (fs.kind(file) === 'file' && fs.read(file) === text) return { changed: false };
  const staged = `${file}.next`;
  try {
    fs.makeFolders(dirname(file));
    fs.write(staged, text);
    fs.rename(staged, file);
  } catch (error) {
    fs.remove(staged);
    throw error;
  }
  return { changed: true };
}
