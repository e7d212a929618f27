import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import ts from 'typescript';
import { parse } from 'yaml';
import { adoptedStack, type AdoptedStack } from '../../lib/adopt/stack';
import { Cluster, compile, DiagnosticError, Inventory, Level, Queue, Stack, Topology, type DynamoGraph, type Fleet } from '../../lib';
import * as library from '../../lib';
import { asList, asMap } from '../../lib/inventory/raw';
import { readManifests, type ManifestObject } from '../../lib/workloads/objects';
import { readWorkloads } from '../../lib/workloads/read';
import type { Workload } from '../../lib/workloads/workload';
import { examples } from '../workloads/examples';
import { list, node } from '../support/fleet';
import { testFleet } from '../support/pins';

const FOLDER = '../shared/examples/dynamo';
const beside = existsSync(FOLDER) ? describe : describe.skip;

type Map = Record<string, unknown>;

/** Graphs of an example, by file. */
const graphsIn = (file: string): readonly ManifestObject[] =>
  readManifests([`${FOLDER}/${file}`]).objects.filter(({ kind }) => kind === 'DynamoGraphDeployment');

/** A cluster in which a graph has room: its nodes have whatever labels and resources it asks for. */
function clusterFor(workloads: readonly Workload[]): { fleet: Fleet; cluster: Cluster; queue: Queue } {
  const pods = workloads.flatMap(({ components }) => components.flatMap((component) => component.pods));
  const terms = pods.flatMap(({ nodeAffinity }) => nodeAffinity?.nodeSelectorTerms ?? []);
  const expressions = terms.flatMap(({ matchExpressions = [] }) => matchExpressions);
  const wanted = expressions.map(({ key, operator, values: [value] = [] }): [string, string] => {
    return [key, operator === 'NotIn' || value === undefined ? 'any' : value];
  });
  const labels = Object.assign({}, ...pods.map((pod) => pod.nodeSelector), Object.fromEntries(wanted)) as Map;
  const names = pods.flatMap(({ requests }) => Object.keys(requests)).filter((name) => /[/-]/.test(name));
  const resources = Object.fromEntries(names.map((name) => [name, name.includes('storage') ? '100Ti' : '8']));
  const nodes = Array.from({ length: 64 }, (_, i) =>
    node(`n${String(i).padStart(2, '0')}`, {
      rack: `r${Math.floor(i / 32)}`,
      cpu: 10_000,
      memory: '100Ti',
      labels: labels as Record<string, string>,
      resources,
    }),
  );
  const fleet = testFleet();
  const isSpread = workloads.some(({ components }) => components.some((component) => component.nodes > 1));
  const cluster = new Cluster(fleet, 'c', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0', ...(isSpread ? { grove: '0.1.0-alpha.13' } : {}) }),
    inventory: Inventory.fromObjects({ nodes: list(nodes) }),
    topology: new Topology('t', [Level.zone(), Level.rack(), Level.host()]),
  });
  return { fleet, cluster, queue: new Queue(cluster, 'q', {}) };
}

/** The graphs that a stack gives back, by name. */
function compiled({ text, functions }: AdoptedStack, workloads: readonly Workload[]): Map[] {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const exported: Record<string, (...args: readonly unknown[]) => DynamoGraph> = {};
  // the text is the stack that was just made
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('require', 'exports', outputText)(() => library, exported);
  const { fleet, cluster, queue } = clusterFor(workloads);
  for (const name of functions) exported[name]?.(cluster, queue);
  const { files } = compile(fleet);
  return [...files]
    .filter(([path]) => path.includes('/dynamographdeployment-'))
    .map(([, yaml]) => parse(yaml) as Map);
}

const PLACING =
  /^(?:nvidia\.com\/(?:enable-grove|kai-scheduler-queue|deployment-.*)|kai\.scheduler\/.*|pod-group-name|kubectl\.kubernetes\.io\/.*)$/;

/** A graph without all that places it, and without what says nothing. */
function bare(graph: unknown): unknown {
  const { apiVersion, kind, metadata, spec } = asMap(graph);
  const { topologyConstraint: _t, priorityClassName: _p, components, services, ...rest } = asMap(spec);
  return without({
    apiVersion,
    kind,
    metadata: { ...asMap(metadata), namespace: undefined },
    spec: {
      ...rest,
      components: components && asList(components).map(bareComponent),
      services:
        services &&
        Object.fromEntries(Object.entries(asMap(services)).map(([name, each]) => [name, bareComponent(each)])),
    },
  });
}

function bareComponent(raw: unknown): unknown {
  const { topologyConstraint: _t, minAvailable: _m, replicas = 1, ...rest } = asMap(raw);
  return { ...rest, ...(rest['scalingAdapter'] ? {} : { replicas }) };
}

/** Drops keys of placing, pins, and whatever is empty then. */
function without(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(without);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).flatMap(([key, inner]) => {
    if (PLACING.test(key) || key === 'schedulerName') return [];
    const own = key === 'nodeAffinity' ? { ...asMap(inner), requiredDuringSchedulingIgnoredDuringExecution: undefined } : inner;
    const kept = without(own);
    const empty = typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0;
    return kept === undefined || kept === null || empty ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

beside('every example in ../shared/examples/dynamo', () => {
  const files = examples.map(({ file }) => file).filter((file) => graphsIn(file).length > 0);

  test.each(files)('%s is taken over and compiles to an equivalent graph', (file) => {
    const { objects } = readManifests([`${FOLDER}/${file}`]);
    const { stack } = adoptedStack(objects, 'default');
    let given: Map[] = [];
    try {
      const { workloads } = readWorkloads(objects);
      given = stack ? compiled(stack, workloads.filter(({ kind }) => kind === 'DynamoGraphDeployment')) : [];
    } catch (error) {
      if (error instanceof DiagnosticError) {
        throw new Error(error.diagnostics.filter(({severity})=>severity==='error').map(({ code, message, notes }) => `${code} ${message} ${notes.join(' | ')}`).join('\n'));
      }
      throw error;
    }
    const wanted = graphsIn(file).map(({ document }) => bare(document));
    expect(given.map(bare).sort((a,b)=>JSON.stringify(asMap(asMap(a)['metadata'])).localeCompare(JSON.stringify(asMap(asMap(b)['metadata']))))).toEqual(wanted.sort((a,b)=>JSON.stringify(asMap(asMap(a)['metadata'])).localeCompare(JSON.stringify(asMap(asMap(b)['metadata'])))));
    void isDeepStrictEqual;
  });
});
