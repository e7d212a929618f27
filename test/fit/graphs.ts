import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../cli/run';
import { list, node } from '../inventory/objects';

/** A folder for the files of a test, removed when the tests of its file have run. */
export const folder = mkdtempSync(join(tmpdir(), 'bayplan-fit-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file into that folder. */
export function file(name: string, content: string | object): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

export const ZONE = 'topology.kubernetes.io/zone';
export const RACK = 'topology.kubernetes.io/rack';
export const HOST = 'kubernetes.io/hostname';

export function at(name: string, zone: string, rack: string): ReturnType<typeof node> {
  return node(name, { labels: { [ZONE]: zone, [RACK]: rack, [HOST]: name } });
}

/*
 * zone a               zone b
 * rack r1    rack r2   rack r3
 * n1 n2      n3        n4 n5        8 GPUs each
 */
export const nodes = list(
  at('n1', 'a', 'r1'),
  at('n2', 'a', 'r1'),
  at('n3', 'a', 'r2'),
  at('n4', 'b', 'r3'),
  at('n5', 'b', 'r3'),
);

/** n1 and n2, in one rack of one zone. */
export const oneRack = list(at('n1', 'a', 'r1'), at('n2', 'a', 'r1'));

export interface Part {
  readonly name: string;
  readonly type?: string;
  readonly replicas: number;
  readonly gpus: number;
  readonly pin?: readonly string[];
  readonly nodes?: number;
  readonly annotations?: Record<string, string>;
  readonly packDomain?: string;
  readonly minAvailable?: number;
}

export interface GraphShape {
  readonly annotations?: Record<string, string>;
  /** The four keys of a PodGroup of that name. */
  readonly member?: string;
  readonly scheduler?: string;
  readonly spec?: object;
}

/** A graph of v1beta1, as people write it. */
export function graph(name: string, parts: readonly Part[], shape: GraphShape = {}): object {
  const { member, scheduler = member === undefined ? undefined : 'kai-scheduler' } = shape;
  const components = parts.map(({ name: component, type = 'decode', replicas, gpus, pin, annotations, ...rest }) => ({
    name: component,
    type,
    replicas,
    ...(rest.nodes === undefined ? {} : { multinode: { nodeCount: rest.nodes } }),
    ...(rest.packDomain === undefined ? {} : { topologyConstraint: { packDomain: rest.packDomain } }),
    ...(rest.minAvailable === undefined ? {} : { minAvailable: rest.minAvailable }),
    podTemplate: {
      metadata: {
        annotations: {
          ...annotations,
          ...(member === undefined ? {} : { 'pod-group-name': member, 'kai.scheduler/skip-podgrouper': 'true' }),
        },
        labels: member === undefined ? {} : { 'kai.scheduler/subgroup-name': component },
      },
      spec: {
        schedulerName: scheduler,
        affinity: pin && {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: pin }] }],
            },
          },
        },
        containers: [{ name: 'main', image: 'x:1.5.0', resources: { limits: { 'nvidia.com/gpu': gpus } } }],
      },
    },
  }));
  return {
    apiVersion: 'nvidia.com/v1beta1',
    kind: 'DynamoGraphDeployment',
    metadata: { name, namespace: 't', annotations: shape.annotations },
    spec: { ...shape.spec, components },
  };
}

export function podGroup(name: string, minima: Record<string, number>, spec: object = {}): object {
  const subGroups = Object.entries(minima).map(([subGroup, minMember]) => ({ name: subGroup, minMember }));
  return {
    apiVersion: 'scheduling.run.ai/v2alpha2',
    kind: 'PodGroup',
    metadata: { name, namespace: 't' },
    spec: { queue: 'q', minSubGroup: subGroups.length, subGroups, ...spec },
  };
}

export const noSurge = {
  'nvidia.com/deployment-rolling-update-max-surge': '0',
  'nvidia.com/deployment-rolling-update-max-unavailable': '1',
};

/** Codes of the findings, and the answer as data. */
export async function ask(
  objects: readonly object[],
  inventory: object,
  ...options: string[]
): Promise<{ code: number; codes: string[]; help: string[]; answer: { workloads: Told[] } }> {
  const manifests = file('graph.json', list(...objects));
  const args = [
    'fit',
    '-f',
    manifests,
    '-i',
    file('nodes.json', inventory),
    '-o',
    'json',
    '--format',
    'json',
    ...options,
  ];
  const { code, out } = await run(args);
  // what the command prints with -o json
  const answer = JSON.parse(out) as { workloads: Told[]; findings: { code: string; help: string }[] };
  return {
    code,
    codes: answer.findings.map((each) => each.code),
    help: answer.findings.map((each) => each.help),
    answer,
  };
}

export interface Told {
  readonly fits: boolean;
  readonly pins?: string;
  readonly components: { name: string; copies: string[][] }[];
}
