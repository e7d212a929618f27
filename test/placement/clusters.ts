import { checkPlan } from '../../lib/checker/check';
import type { GangDocument, GroupDocument, NodeDocument, ProblemDocument } from '../../lib/placement/document';
import type { Plan, Reason } from '../../lib/placement/plan';
import { readProblem } from '../../lib/placement/read';
import { solve, type SolveOptions } from '../../lib/placement/solve';

export const HOST = 'kubernetes.io/hostname';
export const GPU = 'nvidia.com/gpu';

/** Free GPUs by zone, rack and node; every node has 8, or more where it says more. */
export type Drawing = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;

/** Nodes of a drawing, with labels `zone`, `rack` and the host name. */
export function nodesOf(drawing: Drawing): NodeDocument[] {
  return Object.entries(drawing).flatMap(([zone, racks]) =>
    Object.entries(racks).flatMap(([rack, nodes]) =>
      Object.entries(nodes).map(([name, free]) => {
        const total = Math.max(8, free);
        return {
          name,
          labels: { zone, rack, [HOST]: name },
          allocatable: { cpu: 64, memory: '512Gi', pods: 110, [GPU]: total },
          used: { [GPU]: total - free },
        };
      }),
    ),
  );
}

/** A group of pods with so many GPUs each. */
export function group(name: string, gpus: number, more: Partial<GroupDocument> = {}): GroupDocument {
  const { pod, ...rest } = more;
  return { name, ...rest, pod: { requests: gpus > 0 ? { [GPU]: gpus } : { cpu: 1 }, ...pod } };
}

export function gang(name: string, groups: GroupDocument[], more: Partial<GangDocument> = {}): GangDocument {
  return { name, groups, ...more };
}

/** A constraint on the topology of zones and racks. */
export function on(required?: string, preferred?: string): { topology: string; required?: string; preferred?: string } {
  return { topology: 't', ...(required && { required }), ...(preferred && { preferred }) };
}

/** A problem on a drawing, with one topology of zone, rack and host. */
export function problem(drawing: Drawing, gangs: GangDocument[], more: Partial<ProblemDocument> = {}): ProblemDocument {
  return {
    version: 1,
    topologies: [{ name: 't', levels: ['zone', 'rack', HOST] }],
    nodes: nodesOf(drawing),
    gangs,
    ...more,
  };
}

/** Solves a document that must be sound input; whatever comes out must pass the checks of the plan checker. */
export function plan(document: ProblemDocument, options: SolveOptions = {}): Plan {
  const read = readProblem(document);
  if (!read.ok) throw new Error(read.diagnostics.map((d) => d.message).join('; '));
  const solved = solve(read.value, options);
  const faults = checkPlan(document, solved);
  if (faults.length > 0) throw new Error(JSON.stringify(faults));
  return solved;
}

/** The placements of a plan by gang; undefined for a gang without. */
export function placements(solved: Plan): Record<string, Readonly<Record<string, readonly string[]>> | undefined> {
  return Object.fromEntries(solved.gangs.map((g) => [g.name, g.status === 'placed' ? g.placements : undefined]));
}

/** The binding reason of the only gang that has no place. */
export function refusal(solved: Plan): Reason {
  const [reason] = solved.gangs.flatMap((g) => (g.status === 'unplaced' ? [g.reasons[0]] : []));
  if (!reason) throw new Error('every gang is placed');
  return reason;
}

/** Racks of a drawing that a gang uses. */
export function racksUsed(drawing: Drawing, solved: Plan, name: string): string[] {
  const used = new Set(Object.values(placements(solved)[name] ?? {}).flat());
  const racks = Object.values(drawing).flatMap((zone) => Object.entries(zone));
  return racks.filter(([, nodes]) => Object.keys(nodes).some((node) => used.has(node))).map(([rack]) => rack);
}
