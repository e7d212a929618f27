import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { HOSTNAME_LABEL } from '../model/node';
import { formatAmount } from '../model/resources';
import {
  DOMAIN_LABEL,
  type ClusterInventory,
  type InventoryNode,
  type NamespacedName,
  type RunningPod,
} from './cluster';
import type { Place } from './fields';
import { sortedGroups } from './groups';
import { countNames, listNames, namesPayload, sorted } from './names';
import type { ReadNode } from './nodes';
import { KAI_SCHEDULER, QUEUE_LABEL } from './pods';
import { GPU, usage } from './usage';

/** Errors of names and hostnames over all nodes: pins use the hostname label's value, so it must say one node. */
export function checkNodes(nodes: readonly ReadNode[], place: Place): Diagnostic[] {
  const names = repeated(nodes, ({ name }) => name);
  const hosts = repeated(nodes, ({ hostname }) => hostname || undefined).filter(
    ({ members }) => new Set(members).size > 1,
  );
  const bare = nodes.filter((node) => !node.hostname).map((node) => node.name);
  return [
    ...(names.length > 0 ? [twiceNamed(names, place)] : []),
    ...(hosts.length > 0 ? [sharedHostnames(hosts, place)] : []),
    ...(bare.length > 0 ? [withoutHostname(sorted(bare), place)] : []),
  ];
}

export function hasHostname(node: ReadNode): node is InventoryNode {
  return Boolean(node.hostname);
}

interface Repeated {
  readonly value: string;
  readonly members: readonly string[];
}

/** Values that occur more than once, in order, each with the names of those that have it, in order. */
function repeated<T extends { readonly name: string }>(
  items: readonly T[],
  valueOf: (item: T) => string | undefined,
): Repeated[] {
  // Mostly there are none, and that is quick to see.
  const values = items.flatMap((item) => valueOf(item) ?? []);
  if (new Set(values).size === values.length) return [];
  return sortedGroups(items, valueOf)
    .filter(([, members]) => members.length > 1)
    .map(([value, members]) => ({ value, members: sorted(members.map(({ name }) => name)) }));
}

function twiceNamed(names: readonly Repeated[], place: Place): Diagnostic {
  const listed = names.map(({ value, members }) => `${value} (${members.length} times)`);
  return diagnostic('BAY1010', {
    message: `more than one node of one name: ${listNames(listed)}`,
    where: place('items'),
    help: 'node names are unique in a cluster: export one cluster at a time, and do not join lists',
    data: namesPayload(
      'node',
      names.map((name) => name.value),
    ),
  });
}

function sharedHostnames(hosts: readonly Repeated[], place: Place): Diagnostic {
  const listed = hosts.map(({ value, members }) => `${JSON.stringify(value)} on ${listNames([...new Set(members)])}`);
  return diagnostic('BAY1011', {
    message: `more than one node with one value of ${HOSTNAME_LABEL}: ${listed.slice(0, 3).join('; ')}${
      listed.length > 3 ? `; … and ${listed.length - 3} more` : ''
    }`,
    where: place('items'),
    help: `give every node a value of ${HOSTNAME_LABEL} of its own: a pin to one of these nodes would allow the others too`,
    data: namesPayload(
      'hostname',
      hosts.map((host) => host.value),
    ),
  });
}

function withoutHostname(names: readonly string[], place: Place): Diagnostic {
  return diagnostic('BAY1012', {
    message: `${countNames('node', names)} without a value of ${HOSTNAME_LABEL}${names.length > 1 ? `: ${listNames(names)}` : ''}`,
    where: place('items'),
    help: `label ${names.length > 1 ? 'each' : 'it'} with \`kubectl label node NAME ${HOSTNAME_LABEL}=NAME\` and export the list again: pods are pinned by that label`,
    data: namesPayload('node', names),
  });
}

/** A pod that stands twice in a list would be counted twice. */
export function checkPods(pods: readonly NamespacedName[], place: Place): Diagnostic[] {
  const twice = repeated(pods, podName).map(({ value }) => value);
  if (twice.length === 0) return [];
  return [
    diagnostic('BAY1013', {
      message: `more than one pod of one name: ${listNames(twice)}`,
      where: place('items'),
      help: 'names are unique in a namespace: export one cluster at a time, and do not join lists',
      data: namesPayload('pod', twice),
    }),
  ];
}

function podName({ namespace, name }: NamespacedName): string {
  return `${namespace}/${name}`;
}

/** Warnings of what does not add up between nodes and pods; `isOwn` names pods that are about to be placed anew. */
export function checkRunning(
  inventory: ClusterInventory,
  place: Place,
  isOwn: (pod: RunningPod) => boolean,
): Diagnostic[] {
  const others = inventory.pods.filter((pod) => !isOwn(pod));
  return [
    ...strayPods(inventory, place),
    ...overfullNodes(inventory, place),
    ...podsWithoutQueue(others, place),
    ...unknownClaims(inventory, others, place),
  ];
}

/** On GPU nodes only, and not where the node itself says that it is in a ComputeDomain. */
function unknownClaims({ nodes }: ClusterInventory, pods: readonly RunningPod[], place: Place): Diagnostic[] {
  const doubtful = nodes.filter(
    ({ labels, allocatable }) => !(DOMAIN_LABEL in labels) && (allocatable[GPU] ?? 0n) > 0n,
  );
  const names = new Set(doubtful.map(({ name }) => name));
  const claiming = pods.filter(({ node, claims }) => claims !== undefined && names.has(node));
  if (claiming.length === 0) return [];
  const told = claiming.map((pod) => `${podName(pod)} (${listNames(pod.claims ?? [])})`);
  return [
    diagnostic('BAY1020', {
      message: `${claiming.length === 1 ? 'a pod holds' : `${claiming.length} pods hold`} devices by resource claims, which a list of pods only names: ${listNames(told)}`,
      where: place('items'),
      help: 'no graph with a ComputeDomain is planned on their nodes, as if each held the channel of one; devices of other kinds are not counted',
      data: namesPayload('pod', claiming.map(podName)),
    }),
  ];
}

function strayPods({ nodes, pods }: ClusterInventory, place: Place): Diagnostic[] {
  const known = new Set(nodes.map((node) => node.name));
  const stray = pods.filter((pod) => !known.has(pod.node));
  if (stray.length === 0) return [];
  const names = stray.map(podName);
  const gone = sorted(new Set(stray.map((pod) => pod.node)));
  return [
    diagnostic('BAY1014', {
      message: `${countNames('pod', names)} on ${countNames('node', gone)} that the node list does not have${
        gone.length > 1 ? `: ${listNames(gone)}` : ''
      }`,
      where: place('items'),
      help: 'export nodes and pods one right after the other, from the same cluster; these pods count in their queues only',
      data: { ...namesPayload('pod', names), nodes: gone.slice(0, 100) },
    }),
  ];
}

function overfullNodes(inventory: ClusterInventory, place: Place): Diagnostic[] {
  const { byNode } = usage(inventory, () => false);
  const overfull = inventory.nodes.flatMap((node) => {
    const excess = Object.entries(byNode.get(node.name) ?? {}).filter(
      ([resource, used]) => used > (node.allocatable[resource] ?? (resource === 'pods' ? used : 0n)),
    );
    const told = sorted(
      excess.map(([resource, used]) => {
        const has = formatAmount(resource, node.allocatable[resource] ?? 0n);
        return `${resource} ${formatAmount(resource, used)} of ${has}`;
      }),
    );
    return told.length === 0 ? [] : [{ name: node.name, told: `${node.name} (${told.join(', ')})` }];
  });
  if (overfull.length === 0) return [];
  const names = overfull.map(({ name }) => name);
  return [
    diagnostic('BAY1015', {
      message: `running pods take more than ${countNames('node', names)} can give: ${listNames(overfull.map(({ told }) => told))}`,
      where: place('items'),
      help: 'look for lost devices or pods that were put there by hand; nothing more is placed where there is no room',
      data: namesPayload('node', names),
    }),
  ];
}

function podsWithoutQueue(pods: readonly RunningPod[], place: Place): Diagnostic[] {
  const unknown = pods.filter((pod) => pod.schedulerName === KAI_SCHEDULER && pod.queue === undefined).map(podName);
  if (unknown.length === 0) return [];
  return [
    diagnostic('BAY1016', {
      message: `${countNames('pod', unknown)} scheduled by KAI without a queue of ${unknown.length > 1 ? `their own: ${listNames(unknown)}` : 'its own'}`,
      where: place('items'),
      help: `put the label ${QUEUE_LABEL} on the pod template too, not only on its owner; until then these pods count on their nodes, but in no queue`,
      data: namesPayload('pod', unknown),
    }),
  ];
}
