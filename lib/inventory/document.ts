import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { tooDeepAt } from '../yaml-depth';
import { findDuplicateKey, searchDuplicate, type DuplicateKey } from './duplicate-key';
import type { Stop } from './json-list';
import { findJsonError, type JsonSyntaxError } from './json-syntax';
import { positionOf, type Position } from './positions';

/**
 * Reads a JSON or YAML file; relative names start from the working folder. The value is what the text says, unchecked;
 * a table that kubectl prints for people stays a text. A byte order mark is dropped, and UTF-16, which PowerShell
 * writes on `>`, is understood.
 */
export function readDocument(name: string): Outcome<unknown> {
  const text = readText(name);
  return text.ok ? parseText(shownName(name), text.value) : text;
}

/** The text of a file, whatever Unicode it is written in. */
export function readText(name: string): Outcome<string> {
  try {
    return textOf(shownName(name), readFileSync(resolve(name)));
  } catch (error) {
    return unreadable(shownName(name), error);
  }
}

/** How a file is named in diagnostics: relative to the working folder where it lies inside it. */
export function shownName(name: string): string {
  const path = relative(process.cwd(), resolve(name));
  const inside = path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isAbsolute(path);
  return (inside ? path : name).split(sep).join('/');
}

/** The text that bytes are; an error where they are neither UTF-8 nor, by their byte order mark, UTF-16. */
export function textOf(file: string, bytes: Buffer): Outcome<string> {
  if (isUtf16(bytes) || isUtf8(bytes)) return { ok: true, value: decodeText(bytes), diagnostics: [] };
  return failed('BAY1051', file, { ...badByte, ...notUtf8(bytes) });
}

const badByte = {
  message: 'not UTF-8: a byte that begins no character',
  help: 'save the file as UTF-8; if a program wrote it, let it write it again',
};

/** Line and column of the first byte that is no UTF-8. */
function notUtf8(bytes: Buffer): { readonly line: number; readonly column: number } {
  const before = bytes.toString('utf8', 0, firstNotUtf8(bytes, bytes.toString('utf8'))).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function isUtf16([first, second]: Buffer): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The sign that stands for what cannot be read may also be meant: then its own bytes are there. */
function firstNotUtf8(bytes: Buffer, text: string): number {
  let offset = 0;
  for (let from = 0; ;) {
    const to = text.indexOf('\ufffd', from);
    if (to === -1) return offset;
    offset += Buffer.byteLength(text.slice(from, to));
    if (bytes[offset] !== 0xef || bytes[offset + 1] !== 0xbf || bytes[offset + 2] !== 0xbd) return offset;
    offset += 3;
    from = to + 1;
  }
}

/** Bytes as text: UTF-8, or UTF-16 where a byte order mark says so. Bytes that are neither give the sign U+FFFD. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.toString('utf16le', 2);
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString('utf16le', 2);
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  return bytes.toString('utf8', marked ? 3 : 0);
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ERR_STRING_TOO_LONG: 'it is too large to be read at once',
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read at once',
};

/** The finding of an error that reading a file gave. */
export function unreadable(file: string, error: unknown): Outcome<never> {
  const code = fieldOf(error, 'code') ?? 'unknown error';
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return failed('BAY1001', file, {
    message: `cannot read ${file}: ${causes[code] ?? code}`,
    help: missing ? 'check the name; relative names start from the working folder' : `make ${file} a readable file`,
  });
}

/** The heading of a table that kubectl prints without `-o`. */
const table = /^\s*(?:NAMESPACE\s+)?NAME\s+[A-Z]/;

/** Largest YAML, in characters, that is read: its tree takes a hundred times as much memory. */
const LARGEST_YAML = 16_000_000;

/** The value of a JSON or YAML text; the name of the file decides where it could be either. */
export function parseText(file: string, text: string): Outcome<unknown> {
  try {
    return parsed(file, text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Both parsers go down into maps and lists by calling themselves.
    return tooDeep(file);
  }
}

function tooDeep(file: string, place?: Position): Outcome<never> {
  const message = 'maps and lists stand too deep within each other';
  return failed('BAY1002', file, { message, help: 'if a program wrote the file, let it write it again', ...place });
}

function parsed(file: string, text: string): Outcome<unknown> {
  if (table.test(text)) return { ok: true, value: text, diagnostics: [] };
  if (!/^\s*[{[]/.test(text)) return parseYaml(file, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // YAML may begin with a brace too; only the file's name tells which of the two was meant.
    return /\.ya?ml$/i.test(file) ? parseYaml(file, text) : brokenJson(file, text);
  }
  const twice = findDuplicateKey(text, value);
  return twice ? usedTwice(file, twice) : { ok: true, value, diagnostics: [] };
}

/** A key that stands twice in one map. */
export function usedTwice(file: string, { key, line, column }: DuplicateKey): Outcome<never> {
  return failed('BAY1002', file, {
    message: `the key ${JSON.stringify(key)} is used twice in one map`,
    help: 'keep one of the two: a reader would take the one and drop the other without a word',
    line,
    column,
  });
}

/** A text that `JSON.parse` refused. */
export function brokenJson(file: string, text: string): Outcome<never> {
  return notJson(file, findJsonError(text) ?? { offset: 0, expected: 'JSON', line: 1, column: 1 }, text);
}

function notJson(file: string, { offset, expected, line, column }: JsonSyntaxError, text: string): Outcome<never> {
  const ended = offset >= text.length;
  return failed('BAY1002', file, {
    message: ended
      ? `not JSON: the file ends where ${expected} should follow`
      : `not JSON: found ${JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))} where ${expected} should be`,
    help: ended
      ? 'the file was cut short: export it again'
      : 'correct the line; if a program wrote the file, let it write it again',
    line,
    column,
  });
}

/** The finding of a text that stops being a list of JSON in the middle. */
export function brokenList(file: string, stop: Stop): Outcome<never> {
  const text = stop.lead + stop.bytes.toString('utf8');
  const moved = <T extends { readonly line: number; readonly column: number }>(found: T): T => ({
    ...found,
    line: stop.line + found.line - 1,
    column: found.line > 1 ? found.column : stop.column + found.column - 1 - stop.lead.length,
  });
  const broken = findJsonError(text);
  // Where the bytes go on, their end is none of the text.
  if (broken && (stop.isCutShort || broken.offset < text.length)) return notJson(file, moved(broken), text);
  const twice = searchDuplicate(text);
  if (twice) return usedTwice(file, moved(twice));
  if (!isUtf8(stop.bytes)) return failed('BAY1051', file, { ...badByte, ...moved(notUtf8(stop.bytes)) });
  const { line, column } = stop;
  const message = 'not a list as kubectl writes it';
  return failed('BAY1002', file, { message, help: 'export it again with `-o json`', line, column });
}

/** Uses of one anchor, multiplied where anchors hold aliases: thousands of pods may share a spec, a bomb needs billions. */
const mostAliases = 10_000;

function yamlKey(text: string, offset: number): string {
  const [key = ''] = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^:\n]*)/.exec(text.slice(offset, offset + 200)) ?? [];
  return key.trim().replace(/^(["'])(.*)\1$/, '$2');
}

function parseYaml(file: string, text: string): Outcome<unknown> {
  if (text.length > LARGEST_YAML) return tooLarge(file, 'YAML', LARGEST_YAML);
  const deep = tooDeepAt(text);
  if (deep !== undefined) return tooDeep(file, positionOf(text, deep));
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
  // A warning is a tag that nobody knows: its value would be read as if it had none.
  const error = document.errors[0] ?? document.warnings[0];
  if (!error) return yamlValue(file, (options) => document.toJS(options));
  // The parser catches this one itself, wherever the stack happened to end.
  if (/call stack/i.test(error.message)) throw new RangeError(error.message);
  const { line, col } = lineCounter.linePos(error.pos[0]);
  return brokenYaml(file, text, error, { line, column: col });
}

/** A text that is no YAML. */
export function brokenYaml(file: string, text: string, error: YAMLError, { line, column }: Position): Outcome<never> {
  if (error.code === 'DUPLICATE_KEY') return usedTwice(file, { key: yamlKey(text, error.pos[0]), line, column });
  const many = error.code === 'MULTIPLE_DOCS';
  return failed('BAY1002', file, {
    message: many ? 'more than one YAML document in one file' : `not YAML: ${sentence(error.message)}`,
    help: many
      ? 'keep one document: a list holds all its items'
      : 'correct the line; if a program wrote the file, let it write it again',
    line,
    column,
  });
}

/** @param most characters or bytes */
export function tooLarge(file: string, form: string, most: number): Outcome<never> {
  return failed('BAY1050', file, {
    message: `${form} of more than ${Math.floor(most / 1_000_000)} MB`,
    help: 'export the list as JSON, with `-o json`: that is read item by item, whatever its size',
  });
}

/** The value of a document. Aliases that multiply without end are found only when it is made. */
export function yamlValue(
  file: string,
  make: (options: { maxAliasCount: number }) => unknown,
  place?: Position,
): Outcome<unknown> {
  try {
    return { ok: true, value: make({ maxAliasCount: mostAliases }), diagnostics: [] };
  } catch (error) {
    const reason = sentence(fieldOf(error, 'message') ?? 'it cannot be resolved');
    return failed('BAY1002', file, {
      message: `not YAML: ${reason}`,
      help: 'write the file without aliases',
      ...place,
    });
  }
}

/** A text that a thrown value carries; not every one is an `Error` of this realm. */
function fieldOf(error: unknown, field: 'code' | 'message'): string | undefined {
  const text: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, field) : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** Others' messages in the form of ours: lower case, no full stop, one line. */
function sentence(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/[.:]\s*$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

interface Failure {
  readonly message: string;
  readonly help: string;
  readonly line?: number;
  readonly column?: number;
}

function failed(code: 'BAY1001' | 'BAY1002' | 'BAY1050' | 'BAY1051', file: string, failure: Failure): Outcome<never> {
  const { message, help, line, column } = failure;
  const where = line === undefined ? { file } : { file, line, column };
  return { ok: false, diagnostics: [diagnostic(code, { message, help, where })] };
}
