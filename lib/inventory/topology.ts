import { diagnostic, type Diagnostic, type Where } from '../diagnostics/diagnostic';
import { nearest } from '../diagnostics/nearest';
import type { ClusterInventory, InventoryNode } from './cluster';
import { countNames, listNames, namesPayload, sorted } from './names';
import { compareText } from '../order';

/**
 * Holds a topology's levels, broadest first, against the labels of the nodes. One value under two parents is fine: a
 * domain is the whole tuple. Only domains whose values are the same once joined with dots are not, since KAI takes them
 * for one.
 */
export function lintTopology(inventory: ClusterInventory, levels: readonly string[]): Diagnostic[] {
  const where = placeOfNodes(inventory);
  const missing = levels.flatMap((level) => lintLevel(inventory.nodes, level, where));
  return [...missing, ...lintDomains(inventory.nodes, levels, where)];
}

/** Where findings about nodes are: the file that they were read from, or the argument that they were given as. */
export function placeOfNodes({ files }: ClusterInventory): Where {
  return files.nodes === undefined ? { pointer: 'nodes' } : { file: files.nodes };
}

function lintLevel(nodes: readonly InventoryNode[], level: string, where: Where): Diagnostic[] {
  const without = nodes.filter((node) => !Object.hasOwn(node.labels, level)).map((node) => node.name);
  if (without.length === 0) return [];
  if (without.length === nodes.length) return [unknownLevel(nodes, level, where)];
  return [
    diagnostic('BAY1017', {
      message: `${countNames('node', without)} without the label ${level}${without.length > 1 ? `: ${listNames(without)}` : ''}`,
      where,
      help: `label ${without.length > 1 ? 'them' : 'it'} and export the list again; until then no pod of a graph that this topology constrains goes there`,
      data: { level, ...namesPayload('node', without) },
    }),
  ];
}

function unknownLevel(nodes: readonly InventoryNode[], level: string, where: Where): Diagnostic {
  const known = sorted(new Set(nodes.flatMap((node) => Object.keys(node.labels))));
  const close = nearest(level, known);
  return diagnostic('BAY1018', {
    message: `no node has the label ${level}, which is a level of the topology`,
    where,
    help: `${close === undefined ? '' : `did you mean ${close}? otherwise `}label the nodes and export the list again, or leave the level out`,
    data: { level },
  });
}

/** Tells the broadest depth at which domains run together: narrower ones do because of it. */
function lintDomains(nodes: readonly InventoryNode[], levels: readonly string[], where: Where): Diagnostic[] {
  const inTree = nodes.filter((node) => levels.every((level) => Object.hasOwn(node.labels, level)));
  for (let depth = 2; depth <= levels.length; depth += 1) {
    const merged = mergedDomains(inTree, levels.slice(0, depth));
    const level = levels[depth - 1];
    if (merged.length > 0 && level !== undefined) return [mergedDiagnostic(merged, level, where)];
  }
  return [];
}

/** Groups of domains that have one name when their values are joined with dots, as KAI joins them (topology_structs.go, 0.17.0). */
function mergedDomains(nodes: readonly InventoryNode[], levels: readonly string[]): string[][] {
  const byJoined = new Map<string, Set<string>>();
  for (const { labels } of nodes) {
    const values = levels.map((level) => labels[level] ?? '');
    const joined = values.join('.');
    const tuples = byJoined.get(joined);
    if (tuples) tuples.add(values.join('/'));
    else byJoined.set(joined, new Set([values.join('/')]));
  }
  const merged = [...byJoined.values()].filter((tuples) => tuples.size > 1).map((tuples) => sorted(tuples));
  return merged.sort(([a = ''], [b = '']) => compareText(a, b));
}

function mergedDiagnostic(merged: readonly (readonly string[])[], level: string, where: Where): Diagnostic {
  const groups = merged.map((domains) => domains.slice(0, 3).join(' and '));
  return diagnostic('BAY1019', {
    message: `KAI takes different domains of ${level} for one: ${listNames(groups)}`,
    where,
    help: 'relabel one of each, with values that hold no dots: KAI joins the values from the broadest level down with dots',
    data: { level, ...namesPayload('domain', groups) },
  });
}
