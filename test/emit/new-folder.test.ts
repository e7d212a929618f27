import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFileSystem } from '../../lib/emit/file-system';
import { writeNewFolder } from '../../lib/emit/new-folder';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'bayplan-folder-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const files = new Map([
  ['a.txt', 'a'],
  ['sub/b.txt', 'b'],
]);

/** A disk that fails at the second file. */
function failing(): typeof diskFileSystem {
  let count = 0;
  return {
    ...diskFileSystem,
    write: (file, content) => {
      if ((count += 1) === 2) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      diskFileSystem.write(file, content);
    },
  };
}

test('fills a folder that is not there, at any depth, or is empty', () => {
  for (const target of [join(folder, 'deep/new'), mkdirSync(join(folder, 'empty'), { recursive: true }) ?? '']) {
    expect(writeNewFolder(target, files)).toEqual({ ok: true, value: undefined, diagnostics: [] });
    expect(readFileSync(join(target, 'sub/b.txt'), 'utf8')).toBe('b');
    expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('a');
  }
});

test('a folder that cannot be looked into keeps what it has', () => {
  const kept = join(folder, 'kept');
  mkdirSync(kept);
  writeFileSync(join(kept, 'a.txt'), 'mine');
  const list = (): never => {
    throw Object.assign(new Error('not allowed'), { code: 'EACCES' });
  };
  const refused = writeNewFolder(kept, files, { ...diskFileSystem, list });
  expect(refused).toMatchObject({ ok: false, diagnostics: [{ code: 'BAY5006' }] });
  expect(readFileSync(join(kept, 'a.txt'), 'utf8')).toBe('mine');
});

test('a step that fails leaves everything as it was', () => {
  const deep = writeNewFolder(join(folder, 'deep/new'), files, failing());
  expect(deep).toMatchObject({ ok: false, diagnostics: [{ code: 'BAY5006' }] });
  expect(existsSync(join(folder, 'deep'))).toBe(false);
  const there = join(folder, 'there');
  mkdirSync(join(there, '.git'), { recursive: true });
  expect(writeNewFolder(there, files, failing()).ok).toBe(false);
  expect(readdirSync(there)).toEqual(['.git']);
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link'));
  expect(writeNewFolder(join(folder, 'link'), files)).toMatchObject({ ok: false, diagnostics: [{ code: 'BAY5006' }] });
});
