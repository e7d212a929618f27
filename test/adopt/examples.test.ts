import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { adoptedStack, type AdoptedStack } from '../../lib/adopt/stack';
import { Cluster, compile, Inventory, Level, Queue, Stack, Topology, type DynamoGraph, type Fleet } from '../../lib';
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

/** What is in the examples, each read once. */
const read = new Map<string, readonly ManifestObject[]>();
function objectsIn(file: string): readonly ManifestObject[] {
  const objects = read.get(file) ?? readManifests([`${FOLDER}/${file}`]).objects;
  read.set(file, objects);
  return objects;
}

const graphsIn = (file: string): readonly ManifestObject[] =>
  objectsIn(file).filter(({ kind }) => kind === 'DynamoGraphDeployment');

const podsOf = ({ components }: Workload): number =>
  components.reduce((sum, { replicas, nodes }) => sum + replicas * nodes, 0);

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
  // A node for each pod, so that none has to share.
  const count = workloads.reduce((sum, workload) => sum + podsOf(workload), 0);
  const nodes = Array.from({ length: count }, (_, i) =>
    node(`n${String(i).padStart(2, '0')}`, {
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

/** Runs a stack as JavaScript: its types stand in signatures of one form alone, and a compiler takes its time. */
function runStack(text: string, exports: object): void {
  const script = text
    .replace(/^import .*/, "const { DynamoGraph } = require('bayplan');")
    .replace(
      /^export function (\w+)\(cluster: Cluster, queue: Queue\): DynamoGraph/gm,
      'exports.$1 = function (cluster, queue)',
    );
  // the text is the stack that was just made
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  const run = new Function('require', 'exports', script) as (require: () => unknown, exports: object) => void;
  run(() => library, exports);
}

/** The graphs that a stack gives back, by name. */
function compiled({ text, functions }: AdoptedStack, workloads: readonly Workload[]): Map[] {
  const given: Record<string, (cluster: Cluster, queue: Queue) => DynamoGraph> = {};
  runStack(text, given);
  const { fleet, cluster, queue } = clusterFor(workloads);
  for (const name of functions) given[name]?.(cluster, queue);
  const { files } = compile(fleet);
  return [...files].filter(([path]) => path.includes('/dynamographdeployment-')).map(([, yaml]) => parse(yaml) as Map);
}

const PLACING =
  /^(?:nvidia\.com\/(?:enable-grove|kai-scheduler-queue|deployment-.*|dynamo-operator-origin-version)|kai\.scheduler\/.*|pod-group-name|kubectl\.kubernetes\.io\/.*)$/;

/** Graphs without what places them, by name. */
function byName(graphs: readonly unknown[]): Map {
  return Object.fromEntries(graphs.map((graph) => [String(asMap(asMap(graph)['metadata'])['name']), bare(graph)]));
}

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
  const entries = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (PLACING.test(key) || key === 'schedulerName') return [];
    const own =
      key === 'nodeAffinity' ? { ...asMap(inner), requiredDuringSchedulingIgnoredDuringExecution: undefined } : inner;
    const kept = without(own);
    const empty = typeof kept === 'object' && kept !== null && Object.keys(kept).length === 0;
    return kept === undefined || kept === null || empty ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}

/** What an example with blanks, or one that is laid over another, is refused with. */
const refused: Readonly<Record<string, string>> = {
  'main-2026-08-21/recipes/deepseek-v4/deepseek-v4-pro/sglang/disagg-b200/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/deepseek-v4/deepseek-v4-pro/sglang/disagg-gb200/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/glm-5-nvfp4/sglang/disagg/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/kimi-k2.5/trtllm/agg-eagle-kv-router/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/kimi-k2.5/trtllm/agg-eagle-round-robin/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/kimi-k2.5/trtllm/agg-round-robin/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/kustomize/components/aks-ib/patch-dgd.yaml': 'BAY1105',
  'main-2026-08-21/recipes/kustomize/components/aws-efa-p16d16/patch-dgd.yaml': 'BAY1105',
  'main-2026-08-21/recipes/kustomize/components/disagg-workers/aws-efa/patch-dgd.yaml': 'BAY1105',
  'main-2026-08-21/recipes/kustomize/components/disagg-workers/nscale-ib/patch-dgd.yaml': 'BAY1105',
  'main-2026-08-21/recipes/kustomize/components/vllm-disagg/nebius-ib/patch-dgd.yaml': 'BAY1105',
  'main-2026-08-21/recipes/nemotron-3-nano-omni/vllm/agg/deploy.yaml': 'BAY2102',
  'main-2026-08-21/recipes/qwen3-32b/vllm/cloud-providers/kustomize/components/gke-image-pull-secret/patch-dgd.yaml':
    'BAY1105',
  'main-2026-08-21/recipes/qwen3-32b/vllm/cloud-providers/kustomize/components/vllm-efa-runtime/patch-dgd.yaml':
    'BAY1105',
  'main-2026-08-21/recipes/qwen3.6-35b/deploy/dynamo-fd-ec.yaml': 'BAY2102',
  'main-2026-08-21/recipes/qwen3.6-35b/deploy/dynamo-fd.yaml': 'BAY2102',
  'operator-golden/main-2026-08-21/dgdr/deployment/output.yaml': 'BAY2102',
  'operator-golden/main-2026-08-21/dgdr/grove/output.yaml': 'BAY2102',
  'operator-golden/main-2026-08-21/dgdr/lws/output.yaml': 'BAY2102',
};

beside('every example in ../shared/examples/dynamo', () => {
  const files = examples.map(({ file }) => file).filter((file) => graphsIn(file).length > 0);
  const whole = files.filter((file) => refused[file] === undefined);

  test.each(whole)('%s is taken over and compiles to an equivalent graph', (file) => {
    const objects = objectsIn(file);
    const { stack, diagnostics } = adoptedStack(objects, 'default');
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const { workloads } = readWorkloads(objects);
    const graphs = workloads.filter(({ kind }) => kind === 'DynamoGraphDeployment');
    const given = compiled(stack ?? { text: '', functions: [] }, graphs);
    expect(byName(given)).toEqual(byName(graphsIn(file).map(({ document }) => document)));
  });

  test.each(Object.entries(refused))('%s is refused with %s', (file, code) => {
    const { stack, diagnostics } = adoptedStack(objectsIn(file), 'default');
    // devices that nobody counts are told as well
    const codes = diagnostics.map((each) => each.code).filter((each) => each !== 'BAY1107');
    expect({ stack, codes: [...new Set(codes)] }).toEqual({ stack: undefined, codes: [code] });
  });
});
