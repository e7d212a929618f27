import { listNames } from '../inventory/names';
import { stands, type ComparedComponent, type ComparedGraph, type ComparedPod, type PodStatus } from './compare';
import type { Verification } from './verify';
import { nextSteps } from './next-steps';
import type { NodeNotes } from './node-notes';
import { count, line, nodeList } from './lines';

/** For who is paged at night: graphs with most to do first, in each what is wrong, then what to do. */
export function verificationText(verification: Verification): string {
  const { cluster, graphs, unknown } = verification;
  const wrong = graphs.filter(({ status }) => status !== 'as-planned').length;
  const all = graphs.length === 1 ? 'the graph' : `all ${graphs.length} graphs`;
  const summary =
    graphs.length === 0
      ? 'no graphs'
      : wrong === 0
        ? `${all} as planned`
        : `${wrong} of ${count(graphs.length, 'graph')} not as planned`;
  const others = [...unknown].map(([key, pods]) => `${key}: ${count(pods, 'pod')} of a graph that dist does not have`);
  const parts = [`${cluster}: ${summary}`, ...graphs.map((graph) => graphText(graph, verification)), ...others];
  const isShort = wrong === 0;
  return `${parts.join(isShort ? '\n' : '\n\n')}\n`;
}

function graphText(graph: ComparedGraph, verification: Verification): string {
  const { namespace, name } = graph;
  const lines = [...problemLines(graph, verification.notes), ...noteLines(graph)];
  const next = graph.status === 'as-planned' ? [] : nextSteps(graph, verification);
  const steps = next.map((step) => line('next', step));
  return [`${namespace}/${name}: ${headline(graph)}`, ...lines, ...steps].join('\n');
}

function headline({ status, components }: ComparedGraph): string {
  const planned = components.reduce((sum, component) => sum + component.planned.least, 0);
  const pods = components.flatMap((component) => component.pods).filter(stands);
  const nodes = new Set(pods.map(({ node }) => node)).size;
  switch (status) {
    case 'partial':
      return `PARTIAL GANG, ${pods.length} of ${count(planned, 'pod')} on nodes`;
    case 'waiting':
      return `WAITS AS A WHOLE, none of ${count(planned, 'pod')} on a node`;
    case 'absent':
      return `NOT THERE, none of ${count(planned, 'pod')} exists`;
    case 'differs':
      return `NOT AS PLANNED, ${count(pods.length, 'pod')} on ${count(nodes, 'node')}`;
    case 'as-planned':
      return `as planned, ${count(pods.length, 'pod')} on ${count(nodes, 'node')}`;
  }
}

/** Pending first, as the rest often follows from it. */
function problemLines({ components, strangers, says }: ComparedGraph, notes: NodeNotes): string[] {
  const of = (status: PodStatus): ComparedPod[] =>
    components.flatMap(({ pods }) => pods.filter((pod) => pod.status === status));
  const unready = components.flatMap(({ pods }) => pods.filter((pod) => stands(pod) && !pod.ready));
  return [
    ...components.flatMap(pendingLine),
    ...schedulerLines(says, of('pending')),
    ...[...of('elsewhere'), ...strangers].map((pod) => line('elsewhere', elsewhere(pod, components, notes))),
    ...components.flatMap(({ name, missing }) => counted('missing', missing, `of ${name}`)),
    ...components.flatMap((component) => openLine(component, notes)),
    ...components.flatMap(({ name, extra }) => counted('extra', extra, `of ${name} more than planned`)),
    ...unready.map((pod) => line('not ready', told(pod, notes))),
    ...of('terminating').map((pod) => line('leaving', told(pod, notes))),
    ...of('ended').map((pod) => line('ended', told(pod, notes))),
  ];
}

function counted(word: string, number: number, what: string): string[] {
  return number > 0 ? [line(word, `${count(number, 'pod')} ${what}`)] : [];
}

/** One line for all of a component: a gang waits as a whole, and may be large. */
function pendingLine({ name, pods }: ComparedComponent): string[] {
  const pending = pods.filter(({ status }) => status === 'pending');
  if (pending.length === 0) return [];
  const names = listNames(pending.map((pod) => pod.name));
  const since = pending.flatMap((pod) => pod.since ?? []).sort()[0];
  return [
    line(
      'pending',
      `${count(pending.length, 'pod')} of ${name}${since === undefined ? '' : ` since ${since}`}: ${names}`,
    ),
  ];
}

/** What KAI says of the gang; where nobody asked it, what the scheduler says of the pods. */
function schedulerLines(says: readonly string[], pending: readonly ComparedPod[]): string[] {
  const texts =
    says.length > 0 ? says.map((text) => `KAI: ${text}`) : [...new Set(pending.flatMap(({ why }) => why ?? []))];
  return texts.flatMap((text) => text.split('\n').map((part) => line('', oneLine(part))));
}

function named({ name, component, node, since }: ComparedPod, notes: NodeNotes): string {
  const on = node === undefined ? '' : ` on ${noted(node, notes)}`;
  return `${name}${component === '' ? '' : ` (${component})`}${on}${since === undefined ? '' : `, since ${since}`}`;
}

function told(pod: ComparedPod, notes: NodeNotes): string {
  return `${named(pod, notes)}${pod.why === undefined ? '' : `: ${oneLine(pod.why)}`}`;
}

/** What others say, without what would move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
}

function noted(node: string, notes: NodeNotes): string {
  const note = notes(node);
  return note === undefined ? node : `${node} (${note})`;
}

function elsewhere(pod: ComparedPod, components: readonly ComparedComponent[], notes: NodeNotes): string {
  const pin = components.find(({ name }) => name === pod.component)?.pin;
  return `${named(pod, notes)}; ${pin ? `pinned to ${listNames(pin)}` : 'dist has no such component'}`;
}

/** Where the pods that are not there were planned. */
function openLine({ name, open, missing, pods }: ComparedComponent, notes: NodeNotes): string[] {
  const isAway = ({ status }: ComparedPod): boolean => ['elsewhere', 'pending', 'terminating'].includes(status);
  if (open.length === 0 || !(missing > 0 || pods.some(isAway))) return [];
  return [line('open', `${name} was planned on ${nodeList(open, (node) => noted(node, notes))}`)];
}

/** What is no drift, and good to know. */
function noteLines({ components }: ComparedGraph): string[] {
  return components.flatMap(({ name, pods, generations }) => {
    const shifted = pods.filter(({ status }) => status === 'in-pin').length;
    const text = `${count(shifted, 'pod')} of ${name} on another node of its pin than planned, as pins allow`;
    const rolling = `pods of ${generations} generations of ${name}: a rollout is under way`;
    return [...(shifted > 0 ? [line('note', text)] : []), ...(generations > 1 ? [line('note', rolling)] : [])];
  });
}
