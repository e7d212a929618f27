import { holds, type CheckedGraph, type InventoryCheck } from './check';
import { count, line, nodeList } from './lines';
import type { Move } from './moves';
import type { Problem } from './problems';

/** Broken gangs first; in each what is wrong with which node, then what to do. */
export function checkText(check: InventoryCheck): string {
  const { cluster, graphs, knowsPods } = check;
  const broken = graphs.filter(({ status }) => status === 'broken').length;
  const summary =
    graphs.length === 0
      ? 'no graphs'
      : broken === 0
        ? `the placement of ${count(graphs.length, 'graph')} holds`
        : `the placement of ${broken} of ${count(graphs.length, 'graph')} no longer holds`;
  const unasked = knowsPods
    ? []
    : ['What runs on the nodes beside the graphs was not looked at: give --pods for that.'];
  const parts = [`${cluster}: ${summary}`, ...graphs.map((graph) => graphText(graph, cluster)), ...unasked];
  const isShort = holds(check) && graphs.every(({ problems }) => problems.length === 0);
  return `${parts.join(isShort ? '\n' : '\n\n')}\n`;
}

function graphText(graph: CheckedGraph, cluster: string): string {
  const { namespace, name, problems, moves = [], unplaced } = graph;
  const lines = [
    ...problems.map((problem) => line(problem.kind.replace('-', ' '), problemText(problem))),
    ...moves.map((move) => line('instead', moveText(move))),
    ...(unplaced === undefined ? [] : [line('no place', unplaced)]),
    ...steps(graph, cluster).map((step) => line('next', step)),
  ];
  return [`${namespace}/${name}: ${headline(graph)}`, ...lines].join('\n');
}

function headline({ status, planned, displaced, problems }: CheckedGraph): string {
  if (status === 'holds') return `holds, ${count(planned, 'pod')}`;
  if (status === 'at-risk') return `HOLDS, and could not restart on ${count(problems.length, 'cordoned node')}`;
  if (displaced === 0) return `BROKEN, its pods no longer share the domain that they have to`;
  return `BROKEN, ${displaced} of ${count(planned, 'pod')} cannot stand where they were planned`;
}

function problemText({ node, pods, text }: Problem): string {
  const planned = Object.entries(pods).map(([component, number]) => `${count(number, 'pod')} of ${component}`);
  return `${node === undefined ? '' : `${node}: `}${text}${planned.length > 0 ? `; planned there: ${planned.join(', ')}` : ''}`;
}

function moveText({ component, from, to }: Move): string {
  return `${component} could stand on ${nodeList(to)} in place of ${nodeList(from)}`;
}

function steps({ namespace, name, status, problems, unplaced }: CheckedGraph, cluster: string): string[] {
  if (status === 'holds') return [];
  if (status === 'at-risk')
    return [`kubectl uncordon ${problems.flatMap(({ node }) => node ?? []).join(' ')}, when the work there is done`];
  const running = `is it running? bayplan verify --cluster ${cluster} --pods pods.json (look for ${namespace}/${name})`;
  const planAnew = `plan anew for today's nodes: docs/operate.md, "A node is gone"`;
  return [
    running,
    unplaced === undefined ? planAnew : 'bring nodes back, or make the graph smaller: there is no other place for it',
  ];
}
