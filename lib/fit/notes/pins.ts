import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { listNames } from '../../inventory/names';
import { HOSTNAME_LABEL } from '../../model/node';
import { addResources, scaleResources, type Resources } from '../../model/resources';
import { parseQuantity } from '../../model/quantity';
import { selects, type WorkloadComponent } from '../../workloads/workload';
import { runningComponents, type Asked } from '../problem';
import { called, type Noted } from './note';
import { fits, pinOf } from './room';

/** Components that are pinned to hosts by name. */
interface Pinned {
  readonly asked: Asked;
  readonly component: WorkloadComponent;
  readonly hosts: readonly string[];
}

/** What is wrong with pins that the manifests have. */
export function pinNotes(noted: Noted): Diagnostic[] {
  const pinned = noted.asked.flatMap((asked) =>
    runningComponents(asked.workload).flatMap((component): Pinned[] => {
      const hosts = pinOf(component);
      return hosts ? [{ asked, component, hosts }] : [];
    }),
  );
  return [...pinned.flatMap((pin) => toNoNode(pin, noted)), ...holes(pinned, noted)];
}

function toNoNode({ asked, component, hosts }: Pinned, { cluster }: Noted): Diagnostic[] {
  const { nodes } = cluster.inventory;
  const why = hosts.flatMap((host) => {
    const node = nodes.find(({ hostname }) => hostname === host);
    if (!node) return [`${host} is not in the inventory`];
    if (!node.ready) return [`${host}: ${node.notReady.join(', ')}`];
    return node.unschedulable ? [`${host} is cordoned`] : [];
  });
  if (why.length === 0) return [];
  return [
    diagnostic('BAY1123', {
      message: `${component.name} of ${called(asked)} is pinned to ${why.length} of ${hosts.length} nodes that take no pods`,
      where: component.where,
      notes: [listNames(why)],
      help: 'pin it to others, or mend the nodes and export the inventory again',
    }),
  ];
}

const ONE_POD: Resources = { pods: parseQuantity('1') ?? 0n };

/** Nodes that have not room for the most pods that every component pinned there could have on them. */
function holes(pinned: readonly Pinned[], { cluster, plan }: Noted): Diagnostic[] {
  const isPlaced = ({ asked }: Pinned): boolean =>
    plan.gangs.some(({ name, status }) => name === asked.gang && status === 'placed');
  const found = new Map<string, { readonly pins: readonly Pinned[]; readonly nodes: string[] }>();
  for (const { name, hostname, allocatable } of cluster.inventory.nodes) {
    const here = pinned.filter((pin) => pin.hosts.includes(hostname) && isPlaced(pin));
    const free = minus(allocatable, cluster.use.byNode.get(name) ?? {});
    const most = here.map((pin) => scaleResources(asks(pin), mostPods(pin, free)));
    if (most.length < 2 || fits({ requests: without(sum(most)) }, free)) continue;
    const key = here.map(({ asked, component }) => `${asked.gang} ${component.name}`).join('\n');
    const entry = found.get(key) ?? { pins: here, nodes: [] };
    entry.nodes.push(name);
    found.set(key, entry);
  }
  return [...found.values()].map(({ pins, nodes }) => hole(pins, nodes));
}

function asks({ component: { pods } }: Pinned): Resources {
  return addResources(pods[0]?.requests ?? {}, ONE_POD);
}

/** The most pods of a component that a node could have, were no other there. */
function mostPods(pin: Pinned, free: Resources): number {
  const { component, hosts } = pin;
  const pods = component.replicas * component.nodes;
  const [pod] = component.pods;
  if (hosts.length === 1 || !pod) return pods;
  const isAlone = pod.apart.some((term) => term.topologyKey === HOSTNAME_LABEL && selects(term, pod.labels));
  if (isAlone) return 1;
  const bounds = Object.entries(asks(pin)).flatMap(([resource, amount]) => {
    const room = free[resource];
    return amount === 0n || (room === undefined && resource === 'pods') ? [] : [Number((room ?? 0n) / amount)];
  });
  return Math.max(0, Math.min(pods, ...bounds));
}

function minus(a: Resources, b: Resources): Resources {
  return addResources(a, Object.fromEntries(Object.entries(b).map(([name, amount]) => [name, -amount])));
}

function sum(amounts: readonly Resources[]): Resources {
  return amounts.reduce<Resources>((total, each) => addResources(total, each), {});
}

/** `fits` counts one pod of its own. */
function without(amounts: Resources): Resources {
  return addResources(amounts, { pods: -(ONE_POD.pods ?? 0n) });
}

function hole(pins: readonly Pinned[], nodes: readonly string[]): Diagnostic {
  const names = pins.map(({ asked, component }) => `${component.name} of ${called(asked)}`);
  const [first] = pins;
  return diagnostic('BAY1124', {
    message: `${listNames(names)} are pinned to ${listNames(nodes)}, and can take each other's place there`,
    where: first?.component.where ?? { pointer: 'pins' },
    notes: [
      'the scheduler fills nodes in an order of its own: a pod that comes late, or again after a restart, can find none left',
    ],
    help: 'give each of these nodes to fewer components, or let bayplan synth choose the pins: it plans safe ones only',
    data: { nodes },
  });
}
