import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diskFileSystem, type FileSystem } from '../../lib/emit/file-system';
import { writeFile } from '../../lib/emit/write-file';

let folder: string;
let file: string;
beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'bayplan-')));
  file = join(folder, 'out.zip');
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true });
});

const found = (): Record<string, string> =>
  Object.fromEntries(fs.readdirSync(folder).map((name) => [name, fs.readFileSync(join(folder, name), 'utf8')]));

test('writes bytes and texts, over what was there', () => {
  expect(writeFile(file, Uint8Array.of(65, 66))).toEqual({ ok: true, value: undefined, diagnostics: [] });
  expect(found()).toEqual({ 'out.zip': 'AB' });
  writeFile(file, 'C');
  expect(found()).toEqual({ 'out.zip': 'C' });
});

test('a link stays a link, and what it points to is written', () => {
  fs.mkdirSync(join(folder, 'far'));
  fs.writeFileSync(join(folder, 'far', 'real.zip'), 'old');
  fs.symlinkSync(join('far', 'real.zip'), file);
  writeFile(file, 'new');
  expect(fs.readlinkSync(file)).toBe(join('far', 'real.zip'));
  expect(fs.readdirSync(join(folder, 'far'))).toEqual(['real.zip']);
  expect(fs.readFileSync(join(folder, 'far', 'real.zip'), 'utf8')).toBe('new');
});

test('what is neither file nor folder is written to and not replaced', () => {
  const written: [string, unknown][] = [];
  const device: FileSystem = {
    ...diskFileSystem,
    kind: () => 'other',
    real: (path) => path,
    write: (path, content) => void written.push([path, content]),
    rename: () => {
      throw new Error('a device was renamed');
    },
  };
  expect(writeFile(file, 'x', device).ok).toBe(true);
  expect(written).toEqual([[file, 'x']]);
});

test.each(['write', 'rename'] as const)('a failed %s leaves the file of before, and nothing beside it', (step) => {
  fs.writeFileSync(file, 'old');
  const full: FileSystem = {
    ...diskFileSystem,
    [step]: (path: string) => {
      if (step === 'write') fs.writeFileSync(path, 'ne');
      throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    },
  };
  const outcome = writeFile(file, 'new', full);
  expect(outcome).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'BAY5006', message: `cannot write ${file}: ENOSPC`, where: { file } }],
  });
  expect(found()).toEqual({ 'out.zip': 'old' });
});

test('a folder of that name, and no folder around it, are refused', () => {
  fs.mkdirSync(file);
  const codes = [file, join(folder, 'none', 'out.zip')].map((name) => writeFile(name, 'x').diagnostics[0]?.message);
  expect(codes).toEqual([`cannot write ${file}: EISDIR`, `cannot write ${join(folder, 'none', 'out.zip')}: ENOENT`]);
  expect(fs.readdirSync(folder)).toEqual(['out.zip']);
});
