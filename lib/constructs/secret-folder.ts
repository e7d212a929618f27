import type { Construct } from 'constructs';
import { Cluster } from './cluster';
import { DynamoGraph } from './dynamo-graph';
import { Layer } from './layer';

/**
 * Where a Secret that is declared beneath a construct is written. Beneath a graph: a folder that is applied before the
 * graph. Else the layer that it is beneath, the cluster's platform if none: graphs wait for that too.
 */
export function secretFolder(scope: Construct): string {
  const graph = scope.node.scopes.find((construct) => DynamoGraph.isGraph(construct));
  return graph ? graph.secretsFolder() : (Layer.of(scope) ?? Cluster.of(scope).platform).folder;
}
