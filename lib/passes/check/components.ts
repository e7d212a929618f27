import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { withRole, type ComponentSpec } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { placeOf, type ClusterModel } from '../collect';

/** Graphs whose components make no working whole. */
export function checkComponents({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => [
    // a manifest that runs has workers of whatever kinds it is made of
    ...(graph.spec.manifest ? graph.readings : [...checkRoles(graph), ...checkHalves(graph)]),
    ...checkMultinode(graph),
    ...checkParts(graph),
  ]);
}

/** Workers are disaggregated or aggregated; a graph without any serves nothing. */
function checkRoles(graph: DynamoGraph): Diagnostic[] {
  const [split] = [...withRole(graph.spec, 'prefill'), ...withRole(graph.spec, 'decode')];
  const [worker] = withRole(graph.spec, 'worker');
  if (split && worker) {
    return [
      diagnostic('BAY2050', {
        message: `graph "${graph.spec.name}" has both "worker" and "${split.role}"`,
        where: placeOf(graph),
        notes: ['a worker does prefill and decode in one; the two kinds do not share requests'],
        help: 'declare either worker, or prefill and decode',
      }),
    ];
  }
  if (split ?? worker) return [];
  return [
    diagnostic('BAY2051', {
      message: `graph "${graph.spec.name}" has no workers`,
      where: placeOf(graph),
      help: 'declare worker, or prefill and decode',
    }),
  ];
}

/** One half of a disaggregated graph answers no request without the other. */
function checkHalves(graph: DynamoGraph): Diagnostic[] {
  const replicas = (role: 'prefill' | 'decode'): number =>
    withRole(graph.spec, role).reduce((sum, component) => sum + Math.max(0, component.replicas), 0);
  const [prefill, decode] = [replicas('prefill'), replicas('decode')];
  if (withRole(graph.spec, 'worker').length > 0 || prefill > 0 === decode > 0) return [];
  const [missing, other] = prefill > 0 ? (['decode', 'prefill'] as const) : (['prefill', 'decode'] as const);
  const [first] = withRole(graph.spec, missing);
  return [
    diagnostic('BAY2052', {
      message: `graph "${graph.spec.name}" has ${replicas(other)} ${other} and no ${missing} replicas`,
      where: { ...placeOf(graph), pointer: `${first?.pointer ?? missing}.replicas` },
      notes: ['a request that finds only one half of a disaggregated graph is never answered'],
      help: `give ${missing} at least one replica, or set both to 0`,
      data: { prefill, decode },
    }),
  ];
}

/** Replicas of several pods: who can start them, and what keeps each together. */
function checkMultinode(graph: DynamoGraph): Diagnostic[] {
  const several = graph.spec.components.filter(({ nodes }) => nodes !== 1);
  return several.flatMap((component) => {
    const { pointer, nodes } = component;
    const where = { ...placeOf(graph), pointer: `${pointer}.multinode` };
    if (!Number.isSafeInteger(nodes) || nodes < 2) {
      const message = `${pointer}.multinode.nodes is ${String(nodes)}, and a replica of several nodes has 2 or more`;
      return [diagnostic('BAY2053', { message, where, help: 'leave multinode out for replicas of one pod' })];
    }
    if (graph.cluster.stack.profile.gang !== 'grove') {
      const message = `${pointer} of graph "${graph.spec.name}" has replicas of ${nodes} nodes, and the stack has no Grove`;
      const notes = ["without Grove Dynamo's operator needs LeaderWorkerSet and Volcano, a second gang scheduler"];
      const help = "add Grove to the stack: Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' })";
      return [diagnostic('BAY2054', { message, where, notes, help })];
    }
    return checkReplicaLevel(graph, component);
  });
}

/**
 * A set pin of several replicas cannot say which pods make one, so Grove has to pack them; and KAI never schedules a
 * group that is packed by a level above the one in which its nodes happen to lie.
 */
function checkReplicaLevel(graph: DynamoGraph, component: ComponentSpec): Diagnostic[] {
  const { pointer, replicas, pinning, replicaLevel } = component;
  const labels = graph.spec.topology.levels.map(({ label }) => label).filter((label) => label !== HOSTNAME_LABEL);
  const isPacked = replicaLevel !== undefined && replicas > 1 && pinning === 'set';
  if (!isPacked || !graph.spec.topology.levels.some(({ label }) => label === replicaLevel)) return [];
  if (replicaLevel === labels.at(-1)) return [];
  return [
    diagnostic('BAY2055', {
      message: `each replica of ${pointer} in graph "${graph.spec.name}" is to share "${replicaLevel}", and a set of nodes for all replicas cannot hold that`,
      where: { ...placeOf(graph), pointer: `${pointer}.multinode.required` },
      notes: [
        `Grove packs replicas safely at the last level above the host only, which is "${labels.at(-1) ?? ''}"`,
        'packed by a broader one, KAI never schedules them where their nodes lie in one narrower domain',
      ],
      help: "use pinning: 'replica', which gives each replica its own nodes",
    }),
  ];
}

/** What only some operators, and only some engines, know of. */
function checkParts(graph: DynamoGraph): Diagnostic[] {
  const { name, computeDomain, kvTransfer, framework, components } = graph.spec;
  const findings: Diagnostic[] = [];
  if (kvTransfer && graph.cluster.stack.profile.graphApi === 'v1alpha1') {
    const message = `graph "${name}" keeps KV transfer within a level, and its Dynamo ${graph.cluster.stack.versions.dynamo} knows no such policy`;
    const help = 'use Dynamo 1.4 or newer, or leave kvTransfer out';
    findings.push(diagnostic('BAY2058', { message, where: { ...placeOf(graph), pointer: 'kvTransfer' }, help }));
  }
  if (kvTransfer && !(kvTransfer.weight >= 0 && kvTransfer.weight <= 1)) {
    const message = `kvTransfer.weight is ${String(kvTransfer.weight)}, which is not from 0 to 1`;
    const where = { ...placeOf(graph), pointer: 'kvTransfer.weight' };
    findings.push(diagnostic('BAY2040', { message, where, help: 'write a number from 0 to 1, such as 0.5' }));
  }
  if (computeDomain && graph.cluster.stack.profile.graphApi === 'v1alpha1') {
    const message = `graph "${name}" has a ComputeDomain, and its Dynamo ${graph.cluster.stack.versions.dynamo} passes no resource claims to pods`;
    const help = 'use Dynamo 1.4 or newer, or leave computeDomain out';
    findings.push(diagnostic('BAY2056', { message, where: { ...placeOf(graph), pointer: 'computeDomain' }, help }));
  }
  for (const { pointer, engineConfig } of components) {
    if (engineConfig === undefined || framework === 'trtllm') continue;
    const message = `${pointer} of graph "${name}" has an engineConfig, and ${framework} reads its options from arguments`;
    const where = { ...placeOf(graph), pointer: `${pointer}.engineConfig` };
    findings.push(diagnostic('BAY2057', { message, where, help: 'pass them in args' }));
  }
  return findings;
}
