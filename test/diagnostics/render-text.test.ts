import { diagnostic, type Diagnostic } from '../../lib/diagnostics/diagnostic';
import { renderText } from '../../lib/diagnostics/render-text';

const unreadable = diagnostic('BAY5021', {
  message: 'cannot read nodes.json',
  where: { file: '/fleet/topologies/nodes.json', line: 3, column: 7, pointer: 'items[0].metadata' },
  notes: ['the file has 12 lines', 'first line\nsecond line'],
  help: 'export it again',
});
const leftover = diagnostic('BAY5005', { message: 'cannot remove .dist.prev', where: { construct: 'eu-west/graph' } });

/** What a test wants to see, without the indentation of the test itself. */
function lines(...text: readonly string[]): string {
  return text.map((line) => `${line}\n`).join('');
}

describe('findings as text', () => {
  test('nothing found prints nothing', () => {
    expect(renderText([])).toBe('');
  });

  test('a finding names code, message, place, notes and help, and a last line counts', () => {
    expect(renderText([unreadable])).toBe(
      lines(
        'error[BAY5021]: cannot read nodes.json',
        '  --> /fleet/topologies/nodes.json:3:7 at items[0].metadata',
        '  = note: the file has 12 lines',
        '  = note: first line',
        '          second line',
        '  = help: export it again',
        '',
        '1 error',
        'for more, run: bayplan explain BAY5021',
      ),
    );
  });

  test('several findings stand apart in the order given, and each code is named once', () => {
    expect(renderText([leftover, unreadable, leftover, unreadable])).toBe(
      lines(
        ...[leftover, unreadable, leftover, unreadable].flatMap((d) => [...block(d), '']),
        '2 errors, 2 warnings',
        'for more, run: bayplan explain BAY5005 BAY5021',
      ),
    );
  });

  test.each<[string, Diagnostic['where'], string[]]>([
    ['a construct', { construct: 'eu-west/graph' }, ['eu-west/graph']],
    ['a file', { file: 'a.yaml' }, ['a.yaml']],
    ['a column without a line', { file: 'a.yaml', column: 4 }, ['a.yaml']],
    ['a place in a document without a file', { pointer: 'gangs.a' }, ['gangs.a']],
    ['file and construct', { construct: 'c', file: 'a.yaml', line: 2 }, ['a.yaml:2', 'c']],
    ['an absolute file inside the working folder', { file: '/fleet/a.yaml' }, ['a.yaml']],
    ['an absolute file outside the working folder', { file: '/fleet2/a.yaml' }, ['/fleet2/a.yaml']],
  ])('%s as place', (_name, where, expected) => {
    const text = renderText([{ ...leftover, where }], { cwd: '/fleet' });
    expect(text.split('\n').filter((line) => line.startsWith('  -->'))).toEqual(expected.map((e) => `  --> ${e}`));
  });

  test('a line of the source is shown with a caret where the source is at hand', () => {
    const where = { file: 'p.yaml', line: 12, column: 5 };
    const source = (file: string): string | undefined =>
      file === 'p.yaml' ? `${'\n'.repeat(11)}a:\tb\u0007 # c\n` : undefined;
    expect(
      renderText(
        [
          { ...leftover, where },
          { ...leftover, where: { ...where, file: 'q' } },
        ],
        { source },
      ),
    ).toBe(
      lines(
        'warning[BAY5005]: cannot remove .dist.prev',
        '  --> p.yaml:12:5',
        '   |',
        '12 | a: b\\x07 # c',
        '   |     ^',
        '',
        'warning[BAY5005]: cannot remove .dist.prev',
        '  --> q:12:5',
        '',
        '2 warnings',
        'for more, run: bayplan explain BAY5005',
      ),
    );
  });

  test('a very long line of the source is cut so that the caret stays in sight', () => {
    const where = { file: 'p.json', line: 1, column: 1_000 };
    const text = renderText([{ ...leftover, where }], { source: () => '1234567890'.repeat(200) });
    const [line = '', caret = ''] = text.split('\n').slice(3, 5);
    expect(line.length).toBeLessThan(120);
    expect(line[caret.indexOf('^')]).toBe('0');
  });

  test('control characters of names are spelt out instead of obeyed', () => {
    const evil = { ...leftover, message: 'no node \u001b[2Jx', where: { construct: 'a\rb' } };
    expect(renderText([evil])).toContain('no node \\x1b[2Jx\n  --> a\\x0db\n');
  });

  test('colours are written only where they are asked for, and change nothing else', () => {
    const coloured = renderText([unreadable, leftover], { color: true });
    expect(coloured.replace(/\u001b\[[\d;]*m/g, '')).toBe(renderText([unreadable, leftover]));
    expect(coloured).toContain('\u001b[1;31merror[BAY5021]\u001b[0m');
    expect(coloured).toContain('\u001b[1;33mwarning[BAY5005]\u001b[0m');
    expect(renderText([unreadable])).not.toContain('\u001b');
  });
});

function block(d: Diagnostic): string[] {
  return renderText([d]).split('\n').slice(0, -4);
}
