import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { diskFileSystem, type FileSystem } from '../../lib/emit/file-system';
import { writeTree } from '../../lib/emit/write-tree';

/*
 * project/            the working folder
 * ├── main.ts
 * ├── dist/           what is replaced
 * ├── .dist.next/     while a run writes
 * └── .dist.prev/     for the moment between two renames
 */
const old = { 'eu/a.yaml': 'a: 1\n', 'eu/flux/b.yaml': 'b: 1\n', 'index.json': '{}\n' };
const wanted = { 'eu/a.yaml': 'a: 2\n', 'us/c.yaml': 'c: 1\n' };

let project: string;
beforeEach(() => {
  project = join(fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'bayplan-'))), 'project');
  fs.mkdirSync(project);
  put('.', { 'main.ts': 'fleet' });
});
afterEach(() => {
  fs.rmSync(join(project, '..'), { recursive: true });
});

type Files = Readonly<Record<string, string>>;

function put(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(project, folder, path);
    fs.mkdirSync(join(file, '..'), { recursive: true });
    fs.writeFileSync(file, text);
  }
}

/** All that stands below a folder of the project: files with their text, links with their target, empty folders as null. */
function found(folder = '.'): Record<string, string | null> {
  const entries = fs.readdirSync(join(project, folder), { withFileTypes: true });
  const rows = entries.flatMap((entry): [string, string | null][] => {
    const path = join(project, folder, entry.name);
    if (entry.isSymbolicLink()) return [[entry.name, `-> ${fs.readlinkSync(path)}`]];
    if (!entry.isDirectory()) return [[entry.name, fs.readFileSync(path, 'utf8')]];
    const below = Object.entries(found(join(folder, entry.name)));
    return below.length === 0 ? [[entry.name, null]] : below.map(([name, text]) => [`${entry.name}/${name}`, text]);
  });
  return Object.fromEntries(rows);
}

const inDist = (files: Files): Files => Object.fromEntries(Object.entries(files).map(([p, t]) => [`dist/${p}`, t]));
const onlyDist = (files: Files): Files => ({ 'main.ts': 'fleet', ...inDist(files) });

function write(files: Files, options: { fs?: FileSystem; outdir?: string } = {}): ReturnType<typeof writeTree> {
  return writeTree(options.outdir ?? 'dist', new Map(Object.entries(files)), { cwd: project, fs: options.fs });
}

function codes(outcome: ReturnType<typeof writeTree>): string[] {
  return outcome.diagnostics.map((d) => d.code);
}

/** The disk, counting the calls that change something; `fails` decides which of them fail instead. */
function faulty(fails: (call: number, method: string) => boolean): { fs: FileSystem; calls: () => number } {
  let calls = 0;
  const step = <A extends unknown[], R>(method: string, run: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      if (fails(++calls, method)) throw Object.assign(new Error(`EIO: ${method} failed`), { code: 'EIO' });
      return run(...args);
    };
  };
  const { write, makeFolder, makeFolders, rename, remove } = diskFileSystem;
  const changing = {
    write: step('write', write),
    makeFolder: step('makeFolder', makeFolder),
    makeFolders: step('makeFolders', makeFolders),
    rename: step('rename', rename),
    remove: step('remove', remove),
  };
  return { fs: { ...diskFileSystem, ...changing }, calls: () => calls };
}

describe('writing a tree', () => {
  test('into nothing makes the folder and those around it', () => {
    expect(write(wanted, { outdir: 'out/of/the/way' })).toEqual({
      ok: true,
      value: { written: 2, changed: true },
      diagnostics: [],
    });
    expect(found('out')).toEqual({ 'of/the/way/eu/a.yaml': 'a: 2\n', 'of/the/way/us/c.yaml': 'c: 1\n' });
  });

  test('replaces all that was there, empty folders too, and leaves nothing beside it', () => {
    put('dist', old);
    fs.mkdirSync(join(project, 'dist/gone'));
    expect(write(wanted).ok).toBe(true);
    expect(found()).toEqual(onlyDist(wanted));
  });

  test('an unchanged tree is not touched', () => {
    put('dist', wanted);
    const before = new Date('2001-02-03T04:05:06Z');
    for (const path of ['dist/eu/a.yaml', 'dist/us/c.yaml', 'dist/us', 'dist/eu', 'dist', '.']) {
      fs.utimesSync(join(project, path), before, before);
    }
    const { fs: disk, calls } = faulty(() => true);
    expect(write(wanted, { fs: disk })).toEqual({ ok: true, value: { written: 0, changed: false }, diagnostics: [] });
    expect(calls()).toBe(0);
    for (const path of ['dist/eu/a.yaml', 'dist', '.']) {
      expect(fs.statSync(join(project, path)).mtime).toEqual(before);
    }
  });

  test.each<[string, () => void]>([
    ['one text differs', () => put('dist', { 'us/c.yaml': 'c: 2\n' })],
    ['a file too many', () => put('dist', { 'us/d.yaml': 'd\n' })],
    ['a file too few', () => fs.rmSync(join(project, 'dist/us/c.yaml'))],
    ['an empty folder', () => fs.mkdirSync(join(project, 'dist/uk'))],
  ])('%s is a change', (_name, change) => {
    put('dist', wanted);
    change();
    expect(write(wanted)).toMatchObject({ ok: true, value: { written: 2, changed: true } });
    expect(found()).toEqual(onlyDist(wanted));
  });

  test('a link named dist stays a link, and what it points to is replaced', () => {
    put('elsewhere', old);
    fs.symlinkSync('elsewhere', join(project, 'dist'));
    expect(write(wanted).ok).toBe(true);
    expect(fs.readlinkSync(join(project, 'dist'))).toBe('elsewhere');
    expect(found('elsewhere')).toEqual(wanted);
    expect(fs.readdirSync(project).sort()).toEqual(['dist', 'elsewhere', 'main.ts']);
  });
});

describe('a folder that must not be replaced', () => {
  test.each(['.', '..', '/', './dist/..', 'link'])('%s is the working folder or around it', (outdir) => {
    fs.symlinkSync('..', join(project, 'link'));
    const before = found();
    const outcome = write(wanted, { outdir });
    expect(codes(outcome)).toEqual(['BAY5002']);
    expect(found()).toEqual(before);
  });

  test('a folder with sources is named, with the files that are no manifests', () => {
    put('lib', {
      'a.yaml': 'a',
      'fleet.ts': '1',
      'deep/er/x.py': '2',
      LICENSE: '3',
      '.yaml': '4',
      'e.sh': '',
      'f.sh': '',
    });
    const before = found();
    const outcome = write(wanted, { outdir: 'lib' });
    expect(codes(outcome)).toEqual(['BAY5001']);
    expect(outcome.diagnostics[0]).toMatchObject({
      where: { file: 'lib' },
      notes: ['not a .yaml, .yml or .json file: .yaml, LICENSE, deep/er/x.py, e.sh, f.sh and 1 more'],
    });
    expect(found()).toEqual(before);
  });

  test('a link inside the folder is not followed and not replaced', () => {
    put('dist', old);
    fs.symlinkSync('../main.ts', join(project, 'dist/fleet.yaml'));
    expect(codes(write(wanted))).toEqual(['BAY5001']);
    expect(found('dist')).toEqual({ ...old, 'fleet.yaml': '-> ../main.ts' });
  });

  test('a file of that name is not replaced', () => {
    expect(codes(write(wanted, { outdir: 'main.ts' }))).toEqual(['BAY5001']);
    expect(found()).toEqual({ 'main.ts': 'fleet' });
  });

  test('a folder of the working folder whose name only begins like it may be replaced', () => {
    expect(write(wanted, { outdir: `../${basename(project)}-dist` }).ok).toBe(true);
    expect(found(`../${basename(project)}-dist`)).toEqual(wanted);
  });
});

describe('a path that cannot stand in the folder', () => {
  test.each([
    '../a.yaml',
    '/a.yaml',
    'a/../b.yaml',
    'a//b.yaml',
    './a.yaml',
    'a.txt',
    'a/.yaml',
    '',
    'a\\b.yaml',
    'a\0.yaml',
    'a.yaml/',
  ])('%j', (path) => {
    put('dist', old);
    expect(codes(write({ ...wanted, [path]: 'x' }))).toEqual(['BAY5004']);
    expect(found()).toEqual(onlyDist(old));
  });

  test('a file and a folder of one name', () => {
    put('dist', old);
    const outcome = write({ 'a.yaml': '1', 'a.yaml/b.yaml': '2' });
    expect(codes(outcome)).toEqual(['BAY5003']);
    expect(found()).toEqual(onlyDist(old));
  });
});

describe('a step that fails', () => {
  const { fs: counting, calls } = faulty(() => false);
  const steps = (): number => {
    const before = calls();
    put('dist', old);
    write(wanted, { fs: counting });
    return calls() - before;
  };

  test('any single one leaves the old folder as it was and no litter, or the new one whole', () => {
    const total = steps();
    expect(total).toBeGreaterThan(7);
    for (let failing = 1; failing <= total; failing++) {
      fs.rmSync(join(project, 'dist'), { recursive: true });
      put('dist', old);
      const outcome = write(wanted, { fs: faulty((call) => call === failing).fs });
      // The last step removes the old tree, when the new one is in place already: a warning, and nothing else left.
      const last = failing === total;
      expect({ failing, codes: codes(outcome) }).toEqual({ failing, codes: [last ? 'BAY5005' : 'BAY5003'] });
      expect(found()).toEqual(last ? { ...onlyDist(wanted), ...prevOf(old) } : onlyDist(old));
      expect(write(wanted).ok).toBe(true);
      expect(found()).toEqual(onlyDist(wanted));
    }
  });

  test('a run killed at any moment loses nothing, and the next run puts everything right', () => {
    const total = steps();
    for (let killed = 1; killed <= total; killed++) {
      fs.rmSync(join(project, 'dist'), { recursive: true });
      put('dist', old);
      write(wanted, { fs: faulty((call) => call >= killed).fs });
      const left = found();
      const whole = [inDist(old), inDist(wanted), prevOf(old)].some((files) => contains(left, files));
      expect({ killed, whole }).toEqual({ killed, whole: true });
      expect(codes(write(wanted))).toEqual([]);
      expect(found()).toEqual(onlyDist(wanted));
    }
  });

  test('a run killed between the renames is put right also by a run that itself fails', () => {
    put('.dist.prev', old);
    put('.dist.next', wanted);
    expect(codes(write(wanted, { fs: faulty((_, method) => method === 'write').fs }))).toEqual(['BAY5003']);
    expect(found()).toEqual(onlyDist(old));
  });

  test('says where the old output is if it cannot be put back', () => {
    put('dist', old);
    let renames = 0;
    const outcome = write(wanted, { fs: faulty((_, method) => method === 'rename' && ++renames > 1).fs });
    expect(outcome.diagnostics).toMatchObject([
      {
        code: 'BAY5003',
        notes: [
          'EIO: rename failed',
          `left behind: ${join(project, '.dist.prev')}; the next compile restores what was there before`,
        ],
      },
    ]);
    expect(write(old)).toMatchObject({ value: { changed: false } });
    expect(found()).toEqual(onlyDist(old));
  });

  test('folders made around the output folder go with it', () => {
    const { fs: disk } = faulty((_, method) => method === 'write');
    expect(codes(write(wanted, { fs: disk, outdir: 'out/of/the/way' }))).toEqual(['BAY5003']);
    expect(found()).toEqual({ 'main.ts': 'fleet' });
  });

  test('a file in the way of the folders around it', () => {
    const outcome = write(wanted, { outdir: 'main.ts/dist' });
    expect(codes(outcome)).toEqual(['BAY5003']);
    expect(found()).toEqual({ 'main.ts': 'fleet' });
  });

  test('a file in the way of the companion folder is not removed', () => {
    put('dist', old);
    put('.', { '.dist.next': 'mine' });
    const outcome = write(wanted);
    expect(codes(outcome)).toEqual(['BAY5003']);
    expect(outcome.diagnostics[0]?.notes[0]).toContain('.dist.next is in the way');
    expect(found()).toEqual({ ...onlyDist(old), '.dist.next': 'mine' });
  });

  test('another run that writes to the same place is noticed before the rename', () => {
    put('dist', old);
    const disk: FileSystem = {
      ...diskFileSystem,
      write: (file, text) => {
        diskFileSystem.write(file, text);
        put('.dist.next', { 'theirs.yaml': 'x' });
      },
    };
    expect(codes(write(wanted, { fs: disk }))).toEqual(['BAY5003']);
    expect(found()).toEqual(onlyDist(old));
  });

  test.each([
    ['ENOSPC', 'make room'],
    ['EACCES', 'must be writable'],
    ['EXDEV', 'mount a folder around'],
    ['EBUSY', 'mount a folder around'],
    ['EIO', 'compile again'],
  ])('%s names its own way out', (code, help) => {
    put('dist', old);
    const fails: FileSystem = {
      ...diskFileSystem,
      rename: () => {
        throw Object.assign(new Error(`${code}: no`), { code });
      },
    };
    const outcome = write(wanted, { fs: fails });
    expect(outcome.diagnostics[0]).toMatchObject({
      code: 'BAY5003',
      notes: [`${code}: no`, 'what it held before is unchanged'],
    });
    expect(outcome.diagnostics[0]?.help).toContain(help);
    expect(found()).toEqual(onlyDist(old));
  });
});

const withMounts = canMount() ? describe : describe.skip;
withMounts('an output folder that is a mount point (needs leave to mount)', () => {
  beforeEach(() => {
    fs.mkdirSync(join(project, 'dist'));
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(project, 'dist')]);
  });
  afterEach(() => {
    execFileSync('umount', [join(project, 'dist')]);
  });

  test('is left as it was', () => {
    put('dist', old);
    expect(codes(write(wanted))).toEqual(['BAY5003']);
    expect(found()).toEqual(onlyDist(old));
  });
});

function canMount(): boolean {
  const folder = fs.mkdtempSync(join(tmpdir(), 'bayplan-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'none', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder]);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmdirSync(folder);
  }
}

const prevOf = (files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([p, t]) => [`.dist.prev/${p}`, t]));

function contains(all: Readonly<Record<string, string | null>>, files: Files): boolean {
  return Object.entries(files).every(([path, text]) => all[path] === text);
}
