import type { InventoryFile } from '../inventory/file/schema';
import { quoted } from './yaml';

/** What fits on a line stands on one. */
const width = 120;

/** Sections, and the classes and entries in them, have lines of their own; from this depth on maps may share one. */
const sharing = 2;

const heading = '# Written by bayplan inventory import; docs/inventory.md describes the format.\n';

/** An inventory as the text of its file: YAML, every class and entry on one line where it fits, keys as they are given. */
export function inventoryText(file: InventoryFile): string {
  return `${heading}${mapLines(file, '', 0).join('\n')}\n`;
}

type Container = readonly unknown[] | Readonly<Record<string, unknown>>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

function isList(value: Container): value is readonly unknown[] {
  return Array.isArray(value);
}

function mapLines(map: Readonly<Record<string, unknown>>, indent: string, depth: number): string[] {
  return Object.entries(map).flatMap(([key, value]) =>
    valueLines(`${indent}${inBlock(key)}:`, value, indent, depth + 1),
  );
}

/** A value behind a key or a dash: on its line, or on lines of its own below it. */
function valueLines(before: string, value: unknown, indent: string, depth: number): string[] {
  if (!isContainer(value)) return [`${before} ${scalar(value, inBlock)}`];
  if (isOneLine(before, value, depth)) return [`${before} ${flow(value)}`];
  if (depth > sharing && !isList(value) && !Object.values(value).some(isContainer)) {
    return [before, ...filled(Object.entries(value).map(flowEntry), `${indent}  `)];
  }
  return [before, ...blockLines(value, `${indent}  `, depth)];
}

/** A map over several lines, as many entries on each as fit. */
function filled(entries: readonly string[], indent: string): string[] {
  const lines: string[] = [];
  for (const [i, entry] of entries.entries()) {
    const text = i < entries.length - 1 ? `${entry},` : `${entry} }`;
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + text.length <= width) lines[lines.length - 1] = `${line} ${text}`;
    else lines.push(`${indent}${i === 0 ? '{' : ' '} ${text}`);
  }
  return lines;
}

function blockLines(value: Container, indent: string, depth: number): string[] {
  if (!isList(value)) return mapLines(value, indent, depth);
  return value.flatMap((item) => itemLines(item, indent, depth + 1));
}

/** The first line of a map stands behind the dash. */
function itemLines(item: unknown, indent: string, depth: number): string[] {
  const dash = `${indent}-`;
  if (!isContainer(item) || isOneLine(dash, item, depth)) return valueLines(dash, item, indent, depth);
  const lines = blockLines(item, `${indent}  `, depth);
  return [`${dash} ${(lines[0] ?? '').slice(indent.length + 2)}`, ...lines.slice(1)];
}

function isOneLine(before: string, value: Container, depth: number): boolean {
  const isEmpty = Object.keys(value).length === 0;
  return isEmpty || (depth >= sharing && before.length + 1 + flow(value).length <= width);
}

function flow(value: unknown): string {
  if (!isContainer(value)) return scalar(value, inFlow);
  if (isList(value)) return `[${value.map(flow).join(', ')}]`;
  const entries = Object.entries(value).map(flowEntry);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

function flowEntry([key, value]: readonly [string, unknown]): string {
  return `${inFlow(key)}: ${flow(value)}`;
}

function scalar(value: unknown, text: (value: string) => string): string {
  return typeof value === 'string' ? text(value) : String(value);
}

/** Ranges need no quotes where no map or list is on the line. */
function inBlock(text: string): string {
  return /^[A-Za-z][\w./-]*\[[\w./,[\]-]*$/.test(text) ? text : quoted(text);
}

function inFlow(text: string): string {
  return /[,[\]{}:]/.test(text) ? JSON.stringify(text) : quoted(text);
}
