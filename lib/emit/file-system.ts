import * as fs from 'node:fs';

/** The few calls that writing a tree needs, so that a test can let any of them fail. */
export interface FileSystem {
  /** Names in a folder, with what they are; links are not followed. */
  readonly list: (folder: string) => readonly fs.Dirent[];
  /** What a path is, without following a link at its end; undefined where nothing is there. */
  readonly kind: (path: string) => 'file' | 'folder' | 'other' | undefined;
  /** The path with all links followed. */
  readonly real: (path: string) => string;
  readonly read: (file: string) => string;
  readonly write: (file: string, content: string | Uint8Array) => void;
  /** Makes a folder where none is. */
  readonly makeFolder: (folder: string) => void;
  /** Makes a folder and those around it where they are missing; gives the outermost one made, if any. */
  readonly makeFolders: (folder: string) => string | undefined;
  readonly rename: (from: string, to: string) => void;
  /** Removes a file or a folder with all it holds; nothing there is no error. */
  readonly remove: (path: string) => void;
}

/** The machine's own file system. */
export const diskFileSystem: FileSystem = {
  list: (folder) => fs.readdirSync(folder, { withFileTypes: true }),
  kind: (path) => {
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
  },
  real: (path) => fs.realpathSync(path),
  read: (file) => fs.readFileSync(file, 'utf8'),
  write: (file, content) => {
    fs.writeFileSync(file, content);
  },
  makeFolder: (folder) => {
    fs.mkdirSync(folder);
  },
  makeFolders: (folder) => fs.mkdirSync(folder, { recursive: true }),
  rename: (from, to) => {
    fs.renameSync(from, to);
  },
  remove: (path) => {
    fs.rmSync(path, { recursive: true, force: true });
  },
};
