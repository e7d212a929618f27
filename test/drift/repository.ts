import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Fleet } from '../../lib';

/** Folders that were made, for `removeRepositories`. */
const made: string[] = [];

/** A repository with what a fleet compiles to; clusters say `lock: 'NAME.lock.yaml'` to have one in topologies. */
export function repository(fleet: Fleet): string {
  const root = mkdtempSync(join(tmpdir(), 'bayplan-drift-'));
  made.push(root);
  const { files, locks } = fleet.compile();
  for (const [path, text] of files) write(join(root, 'dist', path), text);
  for (const [path, text] of locks) write(join(root, 'topologies', path), text);
  return root;
}

export function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export function removeRepositories(): void {
  for (const root of made.splice(0)) rmSync(root, { recursive: true });
}
