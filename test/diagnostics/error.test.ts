import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { diagnostic } from '../../lib/diagnostics/diagnostic';
import { DiagnosticError } from '../../lib/diagnostics/error';
import { renderText } from '../../lib/diagnostics/render-text';

const found = [
  diagnostic('BAY5020', { message: 'prefill is 0 while decode is 2', where: { construct: 'eu-west/graph' } }),
  diagnostic('BAY5021', { message: 'second finding', where: { construct: 'eu-west/graph' } }),
];

describe('an error that carries findings', () => {
  test('keeps the findings and is an Error of its own name', () => {
    const error = new DiagnosticError(found);
    expect(error).toBeInstanceOf(Error);
    expect(error.diagnostics).toEqual(found);
    expect(String(error)).toBe('DiagnosticError: prefill is 0 while decode is 2; second finding');
    expect(Object.keys(error)).toEqual([]);
  });

  test('its stack is the rendered text, followed by frames of the caller alone', () => {
    const { stack = '' } = new DiagnosticError(found);
    const [text, frames] = [stack.slice(0, renderText(found).length), stack.slice(renderText(found).length)];
    expect(text).toBe(renderText(found));
    expect(frames).toContain('error.test.ts');
    expect(frames).not.toMatch(/node_modules|lib.diagnostics/);
  });

  test('uncaught in a fleet it prints what is wrong and the line that wrote it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bayplan-'));
    const fleet = join(folder, 'main.ts');
    const library = JSON.stringify(resolve(__dirname, '../../lib/diagnostics/error'));
    const findings = JSON.stringify(found);
    writeFileSync(
      fleet,
      `import { DiagnosticError } from ${library};\nthrow new DiagnosticError(${findings} as never);\n`,
    );
    const { stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', fleet], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toContain(`${renderText(found)}    at `);
    expect(stderr).toContain('main.ts:2:7');
  });
});
