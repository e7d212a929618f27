import type { InventoryNode } from '../inventory/cluster';
import type { Outcome } from '../diagnostics/diagnostic';
import { compareGraphs, unknownGraphs, type ComparedGraph, type Running } from './compare';
import type { Committed } from './committed';
import { standingsOf } from './names';
import { nodeNotes, type NodeNotes } from './node-notes';
import { plannedGraphs } from './planned';

/** What runs on a cluster, beside what was committed for it. */
export interface Verification {
  readonly cluster: string;
  /** Those with most to do first. */
  readonly graphs: readonly ComparedGraph[];
  /** Pods of graphs that were not committed, by `namespace/name`: none of our business. */
  readonly unknown: ReadonlyMap<string, number>;
  readonly notes: NodeNotes;
  /** What else the user gave. */
  readonly asked: { readonly nodes: boolean; readonly podGroups: boolean };
}

/** @param today the cluster's nodes, where the user gave them */
export function verifyRunning(
  committed: Committed,
  running: Running,
  today?: readonly InventoryNode[],
): Outcome<Verification> {
  const planned = plannedGraphs(committed);
  if (!planned.ok) return planned;
  const graphs = planned.value;
  const standings = standingsOf(committed, graphs, today);
  const value = {
    cluster: committed.cluster,
    graphs: compareGraphs(graphs, standings, running),
    unknown: unknownGraphs(graphs, running.pods),
    notes: nodeNotes(today),
    asked: { nodes: today !== undefined, podGroups: running.podGroups !== undefined },
  };
  return { ok: true, value, diagnostics: [...planned.diagnostics, ...standings.diagnostics] };
}

/** Version of the document that `bayplan verify -o json` prints. */
const FORMAT = 1;

/** The same for programs: plain data, without what was only asked for to say more. */
export function verificationDocument({ cluster, graphs, unknown, notes }: Verification): object {
  const nodes = new Set(graphs.flatMap(({ components }) => components.flatMap(({ pin }) => pin)));
  const noted = [...nodes].sort().flatMap((node) => {
    const note = notes(node);
    return note === undefined ? [] : [[node, note] as const];
  });
  return {
    version: FORMAT,
    cluster,
    status: isAsPlanned({ graphs }) ? 'as-planned' : 'drift',
    graphs,
    nodes: Object.fromEntries(noted),
    unknownGraphs: Object.fromEntries(unknown),
  };
}

export function isAsPlanned({ graphs }: Pick<Verification, 'graphs'>): boolean {
  return graphs.every(({ status }) => status === 'as-planned');
}
