import type { Toleration } from '../../model/node';
import type { Resources } from '../../model/resources';
import type {
  GangDocument,
  GroupDocument,
  NodeDocument,
  PodDocument,
  ProblemDocument,
  QueueDocument,
  TolerationDocument,
} from '../document';
import type { GangSpec, GroupSpec, NodeSpec, PodSpec, Problem, QueueSpec } from '../problem';
import { sortedByName } from '../natural';
import type { QuantityReader } from './quantities';

/** A document without errors as a problem: defaults filled in, quantities exact. */
export function buildProblem(document: ProblemDocument, reader: QuantityReader): Problem {
  return {
    topologies: document.topologies ?? [],
    nodes: sortedByName((document.nodes ?? []).map((node) => buildNode(node, reader))),
    queues: (document.queues ?? []).map((queue) => buildQueue(queue, reader)),
    gangs: (document.gangs ?? []).map((gang) => buildGang(gang, reader)),
    locked: new Map(
      Object.entries(document.locked ?? {}).map(([gang, copies]) => [gang, new Map(Object.entries(copies))]),
    ),
  };
}

function buildNode(node: NodeDocument, reader: QuantityReader): NodeSpec {
  return {
    name: node.name,
    labels: node.labels ?? {},
    taints: node.taints ?? [],
    unschedulable: node.unschedulable ?? false,
    ready: node.ready ?? true,
    allocatable: amounts(node.allocatable, reader),
    used: amounts(node.used, reader),
  };
}

function buildQueue(queue: QueueDocument, reader: QuantityReader): QueueSpec {
  const bounds = Object.entries(queue.resources ?? {}).map(([resource, { quota, limit }]) => {
    return [resource, { quota: reader.read(quota), limit: reader.read(limit) }] as const;
  });
  return {
    name: queue.name,
    parent: queue.parent,
    resources: Object.fromEntries(bounds),
    used: amounts(queue.used, reader),
  };
}

function buildGang(gang: GangDocument, reader: QuantityReader): GangSpec {
  return {
    name: gang.name,
    queue: gang.queue,
    priority: gang.priority ?? 0,
    preemptible: gang.preemptible ?? true,
    constraint: gang.constraint,
    groups: gang.groups.map((group) => buildGroup(group, reader)),
    traffic: (gang.traffic ?? []).map(({ between, weight }) => ({ between, weight: BigInt(weight) })),
  };
}

function buildGroup(group: GroupDocument, reader: QuantityReader): GroupSpec {
  const replicas = group.replicas ?? 1;
  const base = { name: group.name, replicas, minReplicas: group.minReplicas ?? replicas, constraint: group.constraint };
  if (group.groups) return { ...base, groups: group.groups.map((inner) => buildGroup(inner, reader)) };
  return { ...base, count: group.count ?? 1, pod: buildPod(group.pod ?? {}, reader), pinned: group.pinned };
}

function buildPod(pod: PodDocument, reader: QuantityReader): PodSpec {
  return {
    requests: amounts(pod.requests, reader),
    nodeSelector: pod.nodeSelector ?? {},
    nodeAffinity: pod.nodeAffinity,
    tolerations: (pod.tolerations ?? []).map(buildToleration),
    exclusive: pod.exclusive,
  };
}

/** An empty operator or effect is as if left out, as in Kubernetes. */
function buildToleration({ operator, effect, ...rest }: TolerationDocument): Toleration {
  return { ...rest, operator: operator || undefined, effect: effect || undefined };
}

/** Quantities have been checked: what cannot be read has stopped the reading before. */
function amounts(quantities: PodDocument['requests'], reader: QuantityReader): Resources {
  const read: Record<string, bigint> = {};
  for (const name in quantities) read[name] = reader.read(quantities[name]) ?? 0n;
  return read;
}
