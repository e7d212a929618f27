import type { InventoryDiff, NodeChange } from './diff';
import { listNames } from './names';

/** What is different, a line for each: `- node gone: a`, `~ cordoned: b, c`. */
export function tellDiff({ gone, added, changes }: InventoryDiff): string[] {
  return [
    ...(gone.length === 0 ? [] : [`- gone: ${counted(gone)}`]),
    ...(added.length === 0 ? [] : [`+ new: ${counted(added)}`]),
    ...changes.map((change) => `~ ${tellChange(change)}: ${counted(change.nodes)}`),
  ];
}

function tellChange({ kind, of = '', from, to }: NodeChange): string {
  switch (kind) {
    case 'cordoned':
      return to === 'cordoned' ? 'cordoned' : 'no longer cordoned';
    case 'ready':
      return to === 'ready' ? 'ready again' : `not ready, ${to ?? ''}`;
    case 'allocatable':
      return `${of} ${arrow(from, to)}`;
    case 'level':
    case 'label':
      return `${of} ${arrow(quoted(from), quoted(to))}`;
    case 'taint':
      return tellTaint(of, from, to);
    case 'architecture':
      return `architecture ${arrow(from, to)}`;
  }
}

function tellTaint(taint: string, from: string | undefined, to: string | undefined): string {
  if (from !== undefined && to !== undefined) return `taint ${taint} ${arrow(quoted(from), quoted(to))}`;
  const [key, effect] = taint.split(':');
  const value = from ?? to ?? '';
  return `${to === undefined ? 'no longer tainted' : 'tainted'} ${key}${value === '' ? '' : `=${value}`}:${effect}`;
}

function arrow(from = 'none', to = 'none'): string {
  return `${from} → ${to}`;
}

function quoted(value: string | undefined): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function counted(names: readonly string[]): string {
  return names.length > 5 ? `${names.length} nodes, ${listNames(names)}` : listNames(names);
}
