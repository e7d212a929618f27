import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { modelName, type WantedModel } from '../../pins/wanted';
import type { Waivers } from './waivers';

/** The model of a graph, as it was declared. */
export function wantedModel(graph: DynamoGraph, waivers: Waivers): WantedModel {
  const { repository, revision } = graph.declared.model;
  const name = modelName({ repository, revision });
  return {
    kind: 'model',
    name,
    repository,
    revision,
    where: { construct: graph.node.path, ...graph.source, pointer: 'model' },
    waived: waivers.reason('model', name, [graph]),
  };
}
