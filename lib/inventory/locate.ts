import { findNodeAtLocation, parseTree, type Node as JsonNode } from 'jsonc-parser';
import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Document } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic';

// Beyond it, finding a line would take longer than the findings are worth: they still have their place in the document.
const longestText = 8_000_000;

/**
 * Adds line and column to findings that have a place in a document, such as `gangs[0].groups[1].pod`. Where that place
 * is missing from the text (a key that is wanted), the one around it is shown.
 *
 * @param text what the document was read from: JSON or YAML
 */
export function locate(diagnostics: readonly Diagnostic[], text: string): readonly Diagnostic[] {
  const wanted = diagnostics.some(({ where }) => where.pointer !== undefined && where.line === undefined);
  if (!wanted || text.length > longestText) return diagnostics;
  const find = /^\s*[{[]/.test(text) ? inJson(text) : inYaml(text);
  return diagnostics.map((found) => {
    const { pointer, line } = found.where;
    if (pointer === undefined || line !== undefined) return found;
    const offset = find(steps(pointer));
    return offset === undefined ? found : { ...found, where: { ...found.where, ...position(text, offset) } };
  });
}

type Step = string | number;

/** Reads a place back into its steps: `a.b[0]["x.y"]` is a, b, 0, x.y. */
function steps(pointer: string): Step[] {
  const parts = pointer.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? '') : String(JSON.parse(quoted));
  });
}

function position(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

type Find = (path: readonly Step[]) => number | undefined;

function inJson(text: string): Find {
  const root = parseTree(text);
  return (path) => {
    for (let length = path.length; root && length > 0; length--) {
      const node = findNodeAtLocation(root, path.slice(0, length));
      if (node) return shownJson(node).offset;
    }
    return undefined;
  };
}

/** A map or list is shown by its key, a single value by itself. */
function shownJson(node: JsonNode): JsonNode {
  const compound = node.type === 'object' || node.type === 'array';
  return compound && node.parent?.type === 'property' ? node.parent : node;
}

function inYaml(text: string): Find {
  const document = parseDocument(text, { logLevel: 'error' });
  return (path) => {
    let node: unknown = document.contents;
    let shown: number | undefined;
    for (const step of path) {
      const next = below(document, node, step);
      if (!next) break;
      ({ node, shown } = next);
    }
    return shown;
  };
}

interface Found {
  readonly node: unknown;
  readonly shown: number | undefined;
}

function below(document: Document, around: unknown, step: Step): Found | undefined {
  const node = isAlias(around) ? around.resolve(document) : around;
  if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
    return { node: node.items[step], shown: start(node.items[step]) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair && { node: pair.value, shown: start(isScalar(pair.value) ? pair.value : pair.key) };
}

function start(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
