import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { withRole } from '../../model/graph';
import { placeOf, type ClusterModel } from '../collect';

/** Networks that workers cannot use, or cannot meet on. */
export function checkFabrics({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => [...checkEfa(graph), ...checkMeeting(graph)]);
}

/** EFA wants libraries of AWS's in the image, and NIXL with a backend for them. */
function checkEfa(graph: DynamoGraph): Diagnostic[] {
  const { profile, versions } = graph.cluster.stack;
  const worker = graph.spec.components.find(({ rdma }) => rdma?.fabric === 'efa');
  if (!worker || profile.hasEfaImages) return [];
  return [
    diagnostic('BAY2049', {
      message: `${worker.pointer} of graph "${graph.spec.name}" is on EFA, and Dynamo ${versions.dynamo} has no images for it`,
      where: { ...placeOf(graph), pointer: `${worker.pointer}.rdma.fabric` },
      help: 'use Dynamo 1.4 or newer, or leave the fabric out and bring image, env and args of your own',
    }),
  ];
}

/** Each library names what it is on; a worker that names nothing is on whatever UCX finds, which is never EFA's. */
function checkMeeting(graph: DynamoGraph): Diagnostic[] {
  const halves = [...withRole(graph.spec, 'prefill'), ...withRole(graph.spec, 'decode')];
  const [first, ...others] = halves.filter(({ rdma }) => rdma?.fabric !== undefined);
  const fabric = first?.rdma?.fabric;
  const stranger = [...others, ...(fabric === 'efa' ? halves : [])].find(({ rdma }) => rdma?.fabric !== fabric);
  if (!first || !fabric || !stranger) return [];
  return [
    diagnostic('BAY2048', {
      message: `graph "${graph.spec.name}" has ${first.pointer} on ${fabric} and ${stranger.pointer} on ${stranger.rdma?.fabric ?? 'no fabric of its own'}`,
      where: { ...placeOf(graph), pointer: `${stranger.pointer}.rdma` },
      notes: ['KV caches are sent from prefill to decode workers, and these find no common transport'],
      help: 'name one fabric for prefill and decode',
      data: { fabrics: [fabric, stranger.rdma?.fabric ?? ''] },
    }),
  ];
}
