import type { GroupSpec, Problem, TopologySpec } from '../problem';
import { isPodGroup } from '../problem';
import type { Findings } from './loose';

/** Reports the nodes that no pod constrained by a topology can use, because they lack a label of it. */
export function reportUnlabelled(problem: Problem, findings: Findings): void {
  const constrained = new Set(
    problem.gangs.flatMap((gang) => [gang.constraint?.topology, ...topologiesOf(gang.groups)]),
  );
  for (const topology of problem.topologies) {
    if (constrained.has(topology.name)) reportTopology(topology, problem, findings);
  }
}

function topologiesOf(groups: readonly GroupSpec[]): (string | undefined)[] {
  return groups.flatMap((group) => [
    group.constraint?.topology,
    ...(isPodGroup(group) ? [] : topologiesOf(group.groups)),
  ]);
}

function reportTopology(topology: TopologySpec, problem: Problem, findings: Findings): void {
  for (const level of topology.levels) {
    const without = problem.nodes.filter((node) => !Object.hasOwn(node.labels, level)).map((node) => node.name);
    if (without.length === 0) continue;
    const listed = without.sort().slice(0, 5).join(', ') + (without.length > 5 ? ', …' : '');
    const message = `${without.length} of ${problem.nodes.length} nodes lack the label ${level}: ${listed}`;
    findings.add('BAY3023', 'nodes', message, 'label the nodes, or leave them out', [
      `they take no pod that is constrained by topology "${topology.name}"`,
    ]);
  }
}
