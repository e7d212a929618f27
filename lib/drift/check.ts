import type { Outcome } from '../diagnostics/diagnostic';
import type { ClusterInventory } from '../inventory/cluster';
import type { Committed } from './committed';
import { groundOf, type Ground, type Placed } from './ground';
import { movesOf, type Move } from './moves';
import { standingsOf } from './names';
import { plannedGraphs, type PlannedGraph } from './planned';
import { isBreaking, problemsOf, type Problem } from './problems';

export interface CheckedGraph {
  readonly namespace: string;
  readonly name: string;
  /** `broken`: a gang that lost a place; `at-risk`: one that could not restart all of its pods. */
  readonly status: 'broken' | 'at-risk' | 'holds';
  /** Pods as planned. */
  readonly planned: number;
  /** Of them, those on nodes with a problem that is no mere warning. */
  readonly displaced: number;
  readonly problems: readonly Problem[];
  /** Where the engine would put it; absent where it holds, or where the manifests do not say all that it needs. */
  readonly moves?: readonly Move[];
  /** Why the engine has no place for it. */
  readonly unplaced?: string;
}

/** The committed placement of a cluster, on its nodes of today. */
export interface InventoryCheck {
  readonly cluster: string;
  /** Broken ones first. */
  readonly graphs: readonly CheckedGraph[];
  /** What runs on the nodes beside the graphs was looked at. */
  readonly knowsPods: boolean;
}

/**
 * @param today nodes of today, and what runs on them where it is known
 * @param knowsPods that it is known
 */
export function checkInventory(
  committed: Committed,
  today: ClusterInventory,
  knowsPods: boolean,
): Outcome<InventoryCheck> {
  const planned = plannedGraphs(committed);
  if (!planned.ok) return planned;
  const graphs = planned.value;
  const standings = standingsOf(committed, graphs, today.nodes);
  const ground = groundOf(graphs, committed, today, (component) => {
    const { places, pin } = standings.of(component);
    return places.length > 0 ? places : pin;
  });
  const checked = graphs.map((graph) => ({ graph, result: checkedGraph(graph, ground) }));
  const broken = checked.filter(({ result }) => result.status === 'broken');
  const found = movesOf(
    graphs,
    broken.map(({ graph }) => graph),
    ground,
  );
  const urgency: readonly CheckedGraph['status'][] = ['broken', 'at-risk', 'holds'];
  const value = {
    cluster: committed.cluster,
    knowsPods,
    graphs: checked
      .map(({ graph, result }) => ({ ...result, ...found.get(graph) }))
      .sort((a, b) => urgency.indexOf(a.status) - urgency.indexOf(b.status)),
  };
  return { ok: true, value, diagnostics: [...planned.diagnostics, ...standings.diagnostics] };
}

function checkedGraph(graph: PlannedGraph, ground: Ground): CheckedGraph {
  const own = ground.placed.filter((each) => each.graph === graph);
  const problems = problemsOf(own, ground, ground.required.get(graph) ?? []);
  const bad = new Set(problems.filter(isBreaking).flatMap(({ node }) => node ?? []));
  const sum = (some: readonly Placed[]): number => some.reduce((pods, each) => pods + each.pods, 0);
  const { namespace, name } = graph;
  return {
    namespace,
    name,
    status: problems.some(isBreaking) ? 'broken' : problems.length > 0 ? 'at-risk' : 'holds',
    planned: sum(own),
    displaced: sum(own.filter(({ node }) => bad.has(node))),
    problems,
  };
}

/** True where nothing is broken: a node that is only cordoned is a warning. */
export function holds({ graphs }: Pick<InventoryCheck, 'graphs'>): boolean {
  return graphs.every(({ status }) => status !== 'broken');
}

/** Version of the document that `bayplan inventory check -o json` prints. */
const FORMAT = 1;

/** The same for programs. */
export function checkDocument(check: InventoryCheck): object {
  const { cluster, graphs, knowsPods } = check;
  return { version: FORMAT, cluster, status: holds(check) ? 'holds' : 'broken', knowsPods, graphs };
}
