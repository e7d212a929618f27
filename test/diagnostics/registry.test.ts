import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chartImageCodes } from '../../lib/diagnostics/codes/chart-images';
import { changeCodes } from '../../lib/diagnostics/codes/change';
import { adoptedCodes } from '../../lib/diagnostics/codes/adopted';
import { checkCodes } from '../../lib/diagnostics/codes/check';
import type { CodeInfo } from '../../lib/diagnostics/codes/code';
import { driftCodes } from '../../lib/diagnostics/codes/drift';
import { emitCodes } from '../../lib/diagnostics/codes/emit';
import { inputCodes } from '../../lib/diagnostics/codes/input';
import { inventoryLintCodes } from '../../lib/diagnostics/codes/inventory-lint';
import { inventoryFileCodes } from '../../lib/diagnostics/codes/inventory-file';
import { pinnedCodes } from '../../lib/diagnostics/codes/pinned';
import { pinCodes } from '../../lib/diagnostics/codes/pins';
import { placementCodes } from '../../lib/diagnostics/codes/placement';
import { schemaCodes } from '../../lib/diagnostics/codes/schemas';
import { secretSourceCodes, writtenSecretCodes } from '../../lib/diagnostics/codes/secrets';
import { verifyCodes } from '../../lib/diagnostics/codes/verify';
import { workloadCodes } from '../../lib/diagnostics/codes/workloads';
import { renderCodeList, renderExplanation } from '../../lib/diagnostics/explain';
import { isDiagnosticCode, registry } from '../../lib/diagnostics/registry';

const stages: Readonly<Record<string, readonly Readonly<Record<string, CodeInfo>>[]>> = {
  1: [inputCodes, inventoryFileCodes, inventoryLintCodes, workloadCodes],
  2: [checkCodes, adoptedCodes, secretSourceCodes],
  3: [placementCodes],
  4: [verifyCodes, changeCodes, driftCodes, schemaCodes, writtenSecretCodes],
  5: [emitCodes],
  6: [pinCodes, pinnedCodes, chartImageCodes],
};
const all = Object.entries(stages).flatMap(([stage, lists]) =>
  lists.flatMap((codes) => Object.entries(codes).map(([code, info]) => ({ stage, code, info }))),
);

describe('the registry of codes', () => {
  test.each(all)('$code is complete', ({ stage, code, info }) => {
    expect(code).toMatch(new RegExp(`^BAY${stage}\\d{3}$`));
    expect(info.title).toMatch(/^\S.*[^.\s]$/);
    expect(info.explanation.trim()).toMatch(/^[\s\S]{40,}[.!?)]$/);
    expect(info.bad.trim()).not.toBe('');
    expect(info.good.trim()).not.toBe('');
    expect(info.good.trim()).not.toBe(info.bad.trim());
  });

  test('no two codes share a title', () => {
    const titles = all.map(({ info }) => info.title);
    expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
  });

  test('holds the codes of all stages, each once', () => {
    expect(Object.keys(registry).sort()).toEqual(all.map(({ code }) => code).sort());
  });

  test('holds no code that nothing gives', () => {
    const library = resolve(__dirname, '../../lib');
    const files = readdirSync(library, { recursive: true, encoding: 'utf8' });
    const sources = files.filter((path) => path.endsWith('.ts') && !path.startsWith(join('diagnostics', 'codes')));
    const text = sources.map((path) => readFileSync(join(library, path), 'utf8')).join('\n');
    expect(all.map(({ code }) => code).filter((code) => !text.includes(`'${code}'`))).toEqual([]);
  });

  test('knows its codes from other texts', () => {
    expect(isDiagnosticCode('BAY5021')).toBe(true);
    for (const text of ['BAY9999', 'bay5021', 'toString', '']) expect(isDiagnosticCode(text)).toBe(false);
  });
});

describe('explanations', () => {
  test('an explanation shows title, prose in lines of at most 100, and both examples', () => {
    expect(renderExplanation('BAY5011')).toBe(
      [
        'BAY5011 (error): cdk8s.yaml names no app',
        '',
        'cdk8s.yaml is a map, and its key "app" is the command line that compiles the fleet: a text that is',
        'not empty.',
        '',
        'Refused:',
        '',
        '    language: typescript',
        '    output: .cdk8s.out',
        '',
        'Accepted:',
        '',
        '    language: typescript',
        '    app: node --import tsx main.ts',
        '    output: .cdk8s.out',
        '',
      ].join('\n'),
    );
  });

  test('paragraphs stay apart', () => {
    expect(renderExplanation('BAY5001').split('\n\n').length).toBeGreaterThanOrEqual(7);
  });

  test('the list has one line for each code, in order', () => {
    const lines = renderCodeList().trimEnd().split('\n');
    expect(lines.map((line) => line.slice(0, 7))).toEqual(Object.keys(registry).sort());
    expect(lines).toContain('BAY5021  error    unknown diagnostic code');
  });
});
