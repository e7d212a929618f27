import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleText } from '../../lib/schemas/bundle';
import { bundleOf, crd } from '../schemas/crds';
import { run } from './run';

const thing = crd({ type: 'object' });
const other = crd({ type: 'object' }, { kind: 'Other' });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: object | string): string {
  writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  return join(folder, name);
}

describe('bayplan schemas import', () => {
  test('writes one bundle of several files and standard input', async () => {
    const output = join(folder, 'schemas.json');
    const ran = await run(['schemas', 'import', file('a.json', thing), '-', '-o', output], {
      input: JSON.stringify(other),
    });
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    expect(readFileSync(output, 'utf8')).toBe(bundleText(bundleOf(thing, other)));
  });

  test('prints the bundle where no file is named', async () => {
    expect(await run(['schemas', 'import', file('a.json', thing)])).toEqual({
      code: 0,
      out: bundleText(bundleOf(thing)),
      err: '',
    });
  });

  test('writes nothing where one of the files is bad', async () => {
    const output = join(folder, 'not-written.json');
    const files = [file('a.json', thing), file('b.yaml', 'kind: Pod\napiVersion: v1\n'), join(folder, 'missing.yaml')];
    const { code, out, err } = await run(['schemas', 'import', ...files, '-o', output]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.match(/error\[BAY\d+\]/g)?.sort()).toEqual(['error[BAY1001]', 'error[BAY4510]']);
    expect(() => readFileSync(output)).toThrow();
  });

  test('warns of rules that it does not know in a kind that it does', async () => {
    const rules = [{ rule: 'has(self.image) && self.image != ""' }, { rule: 'self.size() < 9' }];
    const { code, err } = await run([
      'schemas',
      'import',
      file('c.json', crd({ type: 'object', 'x-kubernetes-validations': rules })),
    ]);
    expect(code).toBe(0);
    expect(err).toContain('warning[BAY4514]: not all of example.com/v1 Thing will be checked');
    expect(err).toContain('not checked: self.size() < 9');
  });

  test('says where it cannot write', async () => {
    const output = join(folder, 'no-such-folder', 'schemas.json');
    const { code, err } = await run(['schemas', 'import', file('a.json', thing), '-o', output]);
    expect(code).toBe(2);
    expect(err).toContain('error[BAY5006]');
    expect(err).toContain('ENOENT');
  });

  test('needs files, and an action that there is', async () => {
    for (const line of [['schemas'], ['schemas', 'import'], ['schemas', 'export', 'a.json']]) {
      const { code, err } = await run(line);
      expect(code).toBe(2);
      expect(err).toContain('BAY5020');
    }
  });
});
