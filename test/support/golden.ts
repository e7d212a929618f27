import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

const root = join(__dirname, '..', 'golden');

/**
 * Compares a tree of files with test/golden/<name>, file by file; with UPDATE_GOLDEN=1 in the environment it is
 * written instead, to be reviewed like code.
 */
export function expectGolden(name: string, files: ReadonlyMap<string, string>): void {
  const folder = join(root, name);
  if (process.env['UPDATE_GOLDEN'] === '1') writeGolden(folder, files);
  expect(Object.fromEntries(files)).toEqual(readTree(folder));
}

function writeGolden(folder: string, files: ReadonlyMap<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Text of every file below a folder by its path with forward slashes; empty where there is no folder. */
export function readTree(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const names = paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
  return Object.fromEntries(names.map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path), 'utf8')]));
}
