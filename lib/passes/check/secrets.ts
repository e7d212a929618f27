import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { scanArguments, scanField, type SecretFound } from '../../secrets/scan';
import { placeOf, type ClusterModel } from '../collect';

/**
 * Secrets that stand in the graphs as values would stand in dist as values. Here it is known where the user wrote them;
 * the scan of what is written would find the same. The message never repeats them.
 */
export function checkSecrets({ graphs, waivers }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => {
    const { name, namespace } = graph.spec;
    const manifest = { kind: 'DynamoGraphDeployment', metadata: { name, namespace } };
    return valuesOf(graph)
      .filter(({ pointer }) => !waivers.some((waiver) => waiver.covers(graph, manifest, pointer)))
      .map((found) => inTheStack(graph, found));
  });
}

function valuesOf({ spec }: DynamoGraph): SecretFound[] {
  return spec.components.flatMap(({ pointer, env, args }) => [
    ...Object.entries(env).flatMap(([name, value]) =>
      typeof value === 'string' ? scanField(name, value, `${pointer}.env.${name}`, true) : [],
    ),
    ...scanArguments(args, `${pointer}.args`),
  ]);
}

function inTheStack(graph: DynamoGraph, { pointer, what, text }: SecretFound): Diagnostic {
  return diagnostic('BAY2060', {
    message: `the value of ${pointer} looks like ${what} (${text.length} characters, not shown)`,
    where: { ...placeOf(graph), pointer },
    notes: ['what is compiled is committed, and so is every secret in it'],
    help: "refer to a Secret instead: env: { NAME: SecretRef.of('secret', 'key') }; a value that was committed has to be replaced",
    data: { pointer, kind: what },
  });
}
