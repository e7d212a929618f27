import { isAbsolute, relative } from 'node:path';
import type { Diagnostic, Severity, Where } from './diagnostic';

/** How findings are printed for people. */
export interface TextOptions {
  /** Write ANSI colours. Default false. */
  readonly color?: boolean;
  /** Absolute file names inside this folder are shown relative to it. Default: names are shown as they are. */
  readonly cwd?: string;
  /** The text of a file that a finding points into: the line is then shown with a caret. Default: no lines shown. */
  readonly source?: (file: string) => string | undefined;
}

type Paint = (style: keyof typeof styles, text: string) => string;

// node:util has styleText only from Node 20.12 on; engines start at 20.9.
const styles = { bold: '1', red: '1;31', yellow: '1;33', blue: '1;34', cyan: '1;36' } as const;

/**
 * Findings as text, in the order given: one block each, then a line that counts them and one that names
 * `bayplan explain`. Ends with a newline; empty where there are no findings.
 *
 * @example
 * error[BAY1001]: cannot read topologies/eu-west/nodes.json
 *   --> topologies/eu-west/nodes.json:3:7 at items[0]
 *   = note: the file has 12 lines
 *   = help: export it again
 */
export function renderText(diagnostics: readonly Diagnostic[], options: TextOptions = {}): string {
  if (diagnostics.length === 0) return '';
  const paint: Paint = (style, text) => (options.color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text);
  const blocks = diagnostics.map((d) => block(d, options, paint));
  return [...blocks, closing(diagnostics, paint)].join('\n\n') + '\n';
}

function block(found: Diagnostic, options: TextOptions, paint: Paint): string {
  const head = paint(found.severity === 'error' ? 'red' : 'yellow', `${found.severity}[${found.code}]`);
  return [
    `${head}${paint('bold', `: ${continued(found.message, '  ')}`)}`,
    ...places(found.where, options.cwd).map((place) => `${paint('blue', '  -->')} ${place}`),
    ...excerpt(found.where, options, paint),
    ...found.notes.map((note) => attached('note', note, paint)),
    ...(found.help === undefined ? [] : [attached('help', found.help, paint)]),
  ].join('\n');
}

function attached(label: 'note' | 'help', text: string, paint: Paint): string {
  return `${paint('blue', '  =')} ${paint('bold', `${label}:`)} ${continued(text, ' '.repeat(10))}`;
}

/** The places of a finding, most precise first: in a file, then in the construct tree. */
function places(where: Where, cwd: string | undefined): string[] {
  const { construct, file, line, column, pointer } = where;
  const position = file === undefined ? [] : [shown(file, cwd), line, line === undefined ? undefined : column];
  const inFile = [position.filter((part) => part !== undefined).join(':'), pointer].filter(Boolean).join(' at ');
  return [inFile, construct ?? ''].filter((place) => place !== '').map(printable);
}

function shown(file: string, cwd: string | undefined): string {
  if (cwd === undefined || !isAbsolute(file)) return file;
  const inside = relative(cwd, file);
  return inside === '' || inside.startsWith('..') || isAbsolute(inside) ? file : inside;
}

const excerptWidth = 110;

/** The line that a finding points at, cut to a screen, with a caret below the column. */
function excerpt({ file, line, column }: Where, { source }: TextOptions, paint: Paint): string[] {
  if (file === undefined || line === undefined) return [];
  const text = source?.(file)?.split(/\r?\n/)[line - 1];
  if (text === undefined) return [];
  const from = Math.max(0, (column ?? 1) - excerptWidth);
  const cut = printable(text.slice(from, from + excerptWidth).replaceAll('\t', ' '));
  const margin = ' '.repeat(String(line).length);
  const caret = column === undefined ? '' : ` ${' '.repeat(column - 1 - from)}${paint('cyan', '^')}`;
  return [
    `${margin} ${paint('blue', '|')}`,
    `${paint('blue', `${line} |`)} ${cut}`,
    `${margin} ${paint('blue', '|')}${caret}`,
  ];
}

/** Text that may span lines: all lines after the first are indented. */
function continued(text: string, indent: string): string {
  return text.split('\n').map(printable).join(`\n${indent}`);
}

/** What a terminal would obey, spelt out: names in messages come from files that anybody may have written. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

function closing(diagnostics: readonly Diagnostic[], paint: Paint): string {
  const counts = [counted(diagnostics, 'error'), counted(diagnostics, 'warning')].filter((count) => count !== '');
  const codes = [...new Set(diagnostics.map((d) => d.code))].sort();
  return `${paint('bold', counts.join(', '))}\nfor more, run: bayplan explain ${codes.join(' ')}`;
}

function counted(diagnostics: readonly Diagnostic[], severity: Severity): string {
  const count = diagnostics.filter((d) => d.severity === severity).length;
  return count === 0 ? '' : `${count} ${severity}${count === 1 ? '' : 's'}`;
}
