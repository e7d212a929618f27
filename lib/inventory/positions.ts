import { findNodeAtLocation, parseTree, type Node as JsonNode } from 'jsonc-parser';
import { isAlias, isMap, isNode, isScalar, isSeq, type Document } from 'yaml';

/** Line and column, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Finds the offset of a place such as `items[3].metadata` in a text, or of what is around it where it is missing. */
export type Find = (pointer: string) => number | undefined;

type Step = string | number;

/** Reads a place back into its steps: `a.b[0]["x.y"]` is a, b, 0, x.y. */
function steps(pointer: string): Step[] {
  const parts = pointer.matchAll(/\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]|([^.[\]]+)/g);
  return [...parts].map(([, index, quoted, name]) => {
    if (index !== undefined) return Number(index);
    return quoted === undefined ? (name ?? '') : String(JSON.parse(quoted));
  });
}

/** Where an offset of a text is. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** Finds places in a JSON text. */
export function inJson(text: string): Find {
  const root = parseTree(text);
  return (pointer) => {
    const path = steps(pointer);
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

/** Finds places in a YAML document. */
export function inYaml(document: Document): Find {
  return (pointer) => {
    let node: unknown = document.contents;
    let shown: number | undefined;
    for (const step of steps(pointer)) {
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
