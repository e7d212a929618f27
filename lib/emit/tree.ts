import { dirname, join } from 'node:path';
import type { FileSystem } from './file-system';

/** What stands in a folder: the text of each file, and what is no manifest. Paths are relative, with forward slashes. */
export interface Tree {
  readonly files: readonly string[];
  /** Folders without anything in them. */
  readonly empty: readonly string[];
  /** Files of other kinds, links, devices: what a compile never writes. */
  readonly foreign: readonly string[];
}

/** True for the path of a file that a compile may write: plain segments, and the ending of a manifest. */
export function isManifestPath(path: string): boolean {
  const segments = path.split('/');
  return isManifestName(path) && segments.every((s) => !['', '.', '..'].includes(s)) && !/[\\\0]/.test(path);
}

function isManifestName(name: string): boolean {
  return /[^/]\.(?:yaml|yml|json)$/.test(name);
}

/** Walks a folder without following links; entries in order of path. */
export function readTree(fs: FileSystem, folder: string): Tree {
  const tree = { files: [] as string[], empty: [] as string[], foreign: [] as string[] };
  walk('');
  return { files: tree.files.sort(), empty: tree.empty.sort(), foreign: tree.foreign.sort() };

  function walk(below: string): void {
    const entries = fs.list(join(folder, below));
    if (entries.length === 0 && below !== '') tree.empty.push(below);
    for (const entry of entries) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) walk(path);
      else (entry.isFile() && isManifestName(entry.name) ? tree.files : tree.foreign).push(path);
    }
  }
}

/** True where a folder holds these files with these texts, and nothing else. */
export function holdsExactly(fs: FileSystem, folder: string, files: ReadonlyMap<string, string>): boolean {
  const tree = readTree(fs, folder);
  if (tree.foreign.length > 0 || tree.empty.length > 0 || tree.files.length !== files.size) return false;
  return tree.files.every((path) => files.has(path) && fs.read(join(folder, path)) === files.get(path));
}

/** Text of every manifest in a folder by path; empty where there is no folder. Errors of the file system are thrown. */
export function readFiles(fs: FileSystem, folder: string): ReadonlyMap<string, string> {
  if (fs.kind(folder) !== 'folder') return new Map();
  return new Map(readTree(fs, folder).files.map((path) => [path, fs.read(join(folder, path))]));
}

/** Writes files below a folder that is there. */
export function writeFiles(fs: FileSystem, folder: string, files: ReadonlyMap<string, string>): void {
  const folders = new Set([...files.keys()].map((path) => dirname(join(folder, path))));
  for (const path of folders) fs.makeFolders(path);
  for (const [path, text] of files) fs.write(join(folder, path), text);
}
