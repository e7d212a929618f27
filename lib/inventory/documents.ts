import { isMap, parseAllDocuments, visit, type Document } from 'yaml';
import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { findDuplicateKey } from './duplicate-key';
import { brokenJson, brokenYaml, usedTwice, yamlValue } from './document';
import { deepest, tooDeepAt } from '../yaml-depth';
import { inJson, inYaml, positionOf, positionsIn, type Find, type Position } from './positions';

/** One of the documents of a file. */
export interface TextDocument {
  /** What the text says, unchecked. */
  readonly value: unknown;
  /** Line on which it begins, counted from 1. */
  readonly line: number;
  /** Where a place such as `spec.components[1]` is in the file, or what is around it; undefined where neither is known. */
  readonly locate: (pointer: string) => Position | undefined;
}

/** All documents of a text that could be read, and what was wrong with the others. */
export interface TextDocuments {
  readonly documents: readonly TextDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Larger than a document of YAML can be for a parser that keeps every sign; JSON has no such bound. */
const largestYaml = 32_000_000;

/**
 * Reads a file of many documents: YAML divided by `---`, each document by itself, so that a fault in one leaves the
 * others; or JSON, which is one document. Documents without content are left out.
 */
export function parseDocuments(file: string, text: string): TextDocuments {
  if (!/^\s*[{[]/.test(text)) return parseYamlParts(file, text);
  const deep = tooDeepAt(text);
  if (deep !== undefined) return without([tooDeep(file, positionOf(text, deep))]);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const isYaml = /\.ya?ml$/i.test(file) || templateLine(text) !== undefined;
    return isYaml ? parseYamlParts(file, text) : without(brokenJson(file, text).diagnostics);
  }
  const twice = findDuplicateKey(text, value);
  if (twice) return without(usedTwice(file, twice).diagnostics);
  const line = positionOf(text, text.search(/\S/)).line;
  return { documents: [{ value, line, locate: locator(text, 0, () => inJson(text)) }], diagnostics: [] };
}

function without(diagnostics: readonly Diagnostic[]): TextDocuments {
  return { documents: [], diagnostics };
}

/** Beyond it, finding a line would take longer than the findings are worth: they still have their place in the document. */
const longestSearched = 8_000_000;

/** Finds places in a text, which is looked through when the first is asked for. */
function locator(text: string, linesBefore: number, make: () => Find): TextDocument['locate'] {
  if (text.length > longestSearched) return () => undefined;
  const position = positionsIn(text);
  let find: Find | undefined;
  return (pointer) => {
    const offset = (find ??= make())(pointer);
    return offset === undefined ? undefined : after(linesBefore, position(offset));
  };
}

function after(lines: number, { line, column }: Position): Position {
  return { line: line + lines, column };
}

/** A piece of a text, from one `---` to the next. */
interface Part {
  readonly text: string;
  readonly linesBefore: number;
}

/** `---` at the start of a line begins a document wherever it stands, in texts of several lines too (YAML 1.2, 9.1.2). */
function* partsOf(text: string): Iterable<Part> {
  const marker = /^---(?=\s|$)/gm;
  let from = 0;
  let linesBefore = 0;
  for (let match = marker.exec(text); match; match = marker.exec(text)) {
    const part = text.slice(from, match.index);
    // Directives stand before the marker and belong to what follows.
    if (match.index === from || /^%/m.test(part)) continue;
    yield { text: part, linesBefore };
    linesBefore += part.split('\n').length - 1;
    from = match.index;
  }
  yield { text: text.slice(from), linesBefore };
}

function parseYamlParts(file: string, text: string): TextDocuments {
  const documents: TextDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const part of partsOf(text)) {
    const read = parsePart(file, part);
    documents.push(...read.documents);
    diagnostics.push(...read.diagnostics);
  }
  return { documents, diagnostics };
}

function parsePart(file: string, { text, linesBefore }: Part): TextDocuments {
  const place = (offset: number): Position => after(linesBefore, positionOf(text, offset));
  if (text.length > largestYaml) return without([tooLarge(file, place(0), text.length)]);
  const deep = tooDeepAt(text);
  if (deep !== undefined) return without([tooDeep(file, place(deep))]);
  const documents: TextDocument[] = [];
  for (const [index, document] of parseAll(text).entries()) {
    // A warning is a tag that nobody knows: its value would be read as if it had none.
    const error = document.errors[0] ?? document.warnings[0];
    const template = error || hasTemplateValue(text, document) ? templateLine(text) : undefined;
    if (template !== undefined)
      return { documents, diagnostics: [isTemplate(file, text.slice(template), place(template))] };
    if (error) return { documents, diagnostics: brokenYaml(file, text, error, place(error.pos[0])).diagnostics };
    if (document.contents === null) continue;
    const start = place(document.contents.range?.[0] ?? 0);
    const value = yamlValue(file, (options) => document.toJS(options), start);
    if (!value.ok) return { documents, diagnostics: value.diagnostics };
    // Nothing but comments after a marker.
    if (value.value === null) continue;
    // Parsed anew where a finding asks: all documents of a large file at once would not fit into memory.
    const locate = locator(text, linesBefore, () => again(text, index));
    documents.push({ value: value.value, line: start.line, locate });
  }
  return { documents, diagnostics: [] };
}

function again(text: string, index: number): Find {
  const document = parseAll(text)[index];
  return document ? inYaml(document) : () => undefined;
}

/** `<<` is resolved, as kubectl does. */
function parseAll(text: string): readonly Document[] {
  return [...parseAllDocuments(text, { prettyErrors: false, logLevel: 'error', merge: true })];
}

/** `{{ .Values.image }}` without quotes is YAML: a map whose key is a map. */
function hasTemplateValue(text: string, document: Document): boolean {
  if (!text.includes('{{')) return false;
  let found = false;
  visit(document, {
    Pair: (_, { key }) => {
      if (!isMap(key)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** Where an action of a Go template stands outside of comments. */
function templateLine(text: string): number | undefined {
  const offset = text.search(/^[^#\n]*\{\{/m);
  return offset === -1 ? undefined : text.indexOf('{{', offset);
}

/** @param action the text from where the action begins */
function isTemplate(file: string, action: string, { line, column }: Position): Diagnostic {
  const [shown = ''] = /^.*?(?:\}\}|$)/m.exec(action.slice(0, 80)) ?? [];
  return diagnostic('BAY1102', {
    message: `a template, not a manifest: it says ${shown}`,
    where: { file, line, column },
    help: 'render it first: `helm template RELEASE CHART` writes manifests to its standard output, and - reads them',
  });
}

function tooLarge(file: string, { line, column }: Position, length: number): Diagnostic {
  return diagnostic('BAY1103', {
    message: `one YAML document of ${Math.ceil(length / 1e6)} million signs; at most ${largestYaml / 1e6} million are read`,
    where: { file, line, column },
    help: 'export it with `-o json`, which has no such bound',
  });
}

function tooDeep(file: string, { line, column }: Position): Diagnostic {
  return diagnostic('BAY1103', {
    message: `more than ${deepest} maps and lists within each other`,
    where: { file, line, column },
    help: 'no manifest goes so deep: let the program that wrote the file write it again',
  });
}
