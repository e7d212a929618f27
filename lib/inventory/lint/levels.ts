import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { compareNames } from '../../order';
import type { ClusterInventory, InventoryNode } from '../cluster';
import { CLIQUE_LABEL } from '../dialects';
import { isGpuNode } from '../gpus';
import type { DetectedLevel, DetectedTopology, LeftOut } from '../levels';
import { listNames } from '../names';
import { lintTopology, placeOfNodes } from '../topology';
import { aboutNodes } from './finding';
import { strays } from './kinds';

/** The labels that make levels, and those that could. */
export function lintLevels(inventory: ClusterInventory, { levels, leftOut }: DetectedTopology): Diagnostic[] {
  return [
    ...levels.flatMap(({ label }) => missingOfLevel(inventory, label)),
    ...joinedDomains(inventory, levels),
    ...levels.flatMap((level, depth) => sharedValues(inventory, level, levels[depth - 1])),
    ...leftOut.flatMap((label) => [...missingElsewhere(inventory, label), ...crossing(inventory, label)]),
  ];
}

/** Of nodes without GPUs only those are told that lack what others of their kind have. */
function missingOfLevel(inventory: ClusterInventory, label: string): Diagnostic[] {
  const odd = new Set(strays(inventory.nodes, label));
  // Where the label of NVLink partitions is missed, a rule of its own says so.
  const isMeant = (node: InventoryNode): boolean => (odd.has(node) ? label !== CLIQUE_LABEL : isGpuNode(node));
  const meant = inventory.nodes.filter((node) => Object.hasOwn(node.labels, label) || isMeant(node));
  return lintTopology({ ...inventory, nodes: meant }, [label]);
}

/** Nodes that lack a label are told by level, so only whole tuples are looked at here. */
function joinedDomains(inventory: ClusterInventory, levels: readonly DetectedLevel[]): Diagnostic[] {
  const labels = levels.map(({ label }) => label);
  const nodes = inventory.nodes.filter((node) => labels.every((label) => Object.hasOwn(node.labels, label)));
  return nodes.length === 0 ? [] : lintTopology({ ...inventory, nodes }, labels);
}

function sharedValues(
  inventory: ClusterInventory,
  { label, shared, domains }: DetectedLevel,
  above: DetectedLevel | undefined,
): Diagnostic[] {
  if (shared.length === 0 || above === undefined) return [];
  const told = shared.map((value) => {
    const parents = domains.filter(({ values }) => values.at(-1) === value).map(({ values }) => values.at(-2) ?? '');
    return `${value} (in ${listNames(parents)})`;
  });
  return [
    diagnostic('BAY1071', {
      message: `${shared.length === 1 ? 'a value' : `${shared.length} values`} of ${label} in more than one domain of ${above.label}: ${listNames(told)}`,
      where: placeOfNodes(inventory),
      help: 'nothing is to be done where names are given anew in each domain; where one thing is meant, one of the two labels is wrong on some nodes',
      data: { level: label, above: above.label, count: shared.length, values: shared.slice(0, 100) },
    }),
  ];
}

function crossing(inventory: ClusterInventory, { label, reason }: LeftOut): Diagnostic[] {
  if (reason.kind !== 'crosses') return [];
  const { level, value, within } = reason;
  return [
    diagnostic('BAY1072', {
      message: `${label} makes no level, since its domains cross those of ${level}: ${value} lies in ${listNames(within)}`,
      where: placeOfNodes(inventory),
      help: `look whether the nodes of ${value} have the right value of both labels; where they have, choose between the two labels`,
      data: { label, level, value, within: within.slice(0, 100) },
    }),
  ];
}

/** A label that too many nodes lack for a level, on those whose kind has it. */
function missingElsewhere(inventory: ClusterInventory, { label, reason }: LeftOut): Diagnostic[] {
  // The label of NVLink partitions has a rule of its own, whether it is a level or not.
  if (reason.kind !== 'missing' || label === CLIQUE_LABEL) return [];
  const odd = [...strays(inventory.nodes.filter(isGpuNode), label)].sort(compareNames);
  return aboutNodes('BAY1070', inventory, odd, {
    one: `lacks the label ${label}, which others of its kind have`,
    many: `lack the label ${label}, which others of their kind have`,
    help: `label ${odd.length === 1 ? 'it' : 'them'} and export the list again: until then the label makes no level`,
    data: { label },
  });
}
