import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { Backend, Cluster, DynamoGraph, Inventory, Level, Queue, Stack, Topology } from '../../lib';
import { goneImage } from '../../lib/backends/flux/gone-images';
import { chartOf, releaseImages } from '../../lib/backends/flux/release-charts';
import { profiles, type StackProfile, type StackVersions } from '../../lib/backends/stacks';
import type { Manifest } from '../../lib/emit/manifest';
import { errorCodes, graphDefaults, list, node, nodes, testCluster, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** Pairings known to go wrong, from beside the project, where they are there: each is refused or avoided. */

const PAIRS = join(__dirname, '..', '..', '..', 'shared', 'reference', 'stack-compat.json');
const isThere = existsSync(PAIRS);

interface Pair {
  readonly when: string;
  readonly source: string;
}

const assume = 'it is said to work';

/** With an assumption: not even where the user takes the stack nevertheless. */
function refused(versions: StackVersions & { readonly assume?: string }): void {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(nodes(['n1'])) });
  new Cluster(fleet, 'test', { stack: Stack.of(versions), inventory, topology: topology() });
  expect(errorCodes(fleet)).toEqual(['BAY2010']);
}

/** The files of a disaggregated graph on a stack, one text. */
function written({ example, gang }: StackProfile): string {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of(example),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1', 'n2', 'n3', 'n4'])) }),
    topology: topology(),
  });
  new DynamoGraph(cluster, 'g', {
    ...graphDefaults(new Queue(cluster, 'team-a')),
    namespace: gang === 'runai' ? 'runai-team-a' : 'inference',
    placement: { required: Level.zone(), preferred: Level.rack() },
    prefill: { gpus: 8 },
    decode: { gpus: 8, replicas: 2 },
  });
  return [...fleet.compile().files.values()].join('---\n');
}

const texts = new Map(profiles.map((profile) => [profile, written(profile)]));

/** Texts of the stacks on which something owns the gang. */
function textsOn(...gangs: readonly StackProfile['gang'][]): string[] {
  return profiles.filter(({ gang }) => gangs.includes(gang)).map((profile) => texts.get(profile) ?? '');
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The image of Dynamo's operator in the files of a cluster. */
function operators(text: string): string[] {
  const manifests = parseAllDocuments(text).map((each) => each.toJS() as Manifest); // what we write is one
  const images = manifests.flatMap((each) => {
    const chart = chartOf(each, manifests);
    return chart?.chart === 'dynamo-platform' ? releaseImages(chart).images : [];
  });
  return images.filter(({ runs }) => runs === 'the operator').map(({ reference }) => reference);
}

/** By the source that the pair names. */
const answers: Readonly<Record<string, readonly [how: string, check: () => void]>> = {
  'kai-scheduler/KAI-Scheduler#1870': [
    'avoided: every pod names its PodGroup and is left alone by the podgrouper',
    () => {
      for (const text of textsOn('pod-group')) {
        expect(countOf(text, 'kai.scheduler/skip-podgrouper: "true"')).toBe(3);
        expect(countOf(text, 'pod-group-name: inference.g')).toBe(3);
      }
    },
  ],
  'ai-dynamo/dynamo#7811': [
    'refused: replicas of several nodes need Grove, which is supported from Dynamo 1.4 on',
    () => {
      refused({ dynamo: '1.0.2', grove: '0.1.0-alpha.6', kai: '0.13.0' });
    },
  ],
  'NVIDIA/nvcf#1269': [
    'refused',
    () => {
      refused({ dynamo: '1.2.1', grove: '0.1.0-alpha.11', kai: '0.17.0', assume });
    },
  ],
  'ai-dynamo/dynamo#11399': [
    'refused',
    () => {
      refused({ dynamo: '1.3.0', grove: '0.1.0-alpha.11', kai: '0.17.0', assume });
    },
  ],
  'aws-samples/aws-do-eks#93': [
    "avoided: the operator's tag is the version of the chart",
    () => {
      for (const [{ example }, text] of texts) {
        expect(operators(text)).toEqual([`nvcr.io/nvidia/ai-dynamo/kubernetes-operator:${example.dynamo}`]);
      }
    },
  ],
  'ai-dynamo/dynamo#14278, ai-dynamo/grove#809': [
    'refused',
    () => {
      refused({ dynamo: '1.4.2', grove: '0.1.0-alpha.12', kai: '0.16.3', assume });
    },
  ],
  'ai-dynamo/grove#648 (open)': [
    'avoided: with pins no constraint is written for the graph',
    () => {
      for (const text of textsOn('grove')) expect(text).not.toContain('packDomain');
    },
  ],
  'KAI#1968': [
    'avoided: no gang ever becomes stale',
    () => {
      for (const text of textsOn('pod-group', 'grove')) {
        expect(text).toMatch(/(stalenessGracePeriod|default-staleness-grace-period): "-1s"/);
      }
    },
  ],
  'KAI CHANGELOG v0.17.0, #1851, #1876': [
    'refused below 0.16.5, which has the repair',
    () => {
      refused({ dynamo: '1.4.2', kai: '0.16.4', assume });
      refused({ dynamo: '1.4.2', kai: '0.15.3', assume });
    },
  ],
  'ai-dynamo/dynamo#10494': [
    'refused',
    () => {
      const digest = `sha256:${'0'.repeat(64)}`;
      for (const image of [`repo/worker@${digest}`, 'repo/worker:latest', 'repo/worker:mine', 'repo/worker']) {
        const { fleet, graph } = testCluster(nodes(['n1']));
        graph('g', { backend: Backend.vllm({ image }), worker: { gpus: 1 } });
        expect(errorCodes(fleet)).toEqual(['BAY2042']);
      }
    },
  ],
  'NVIDIA/topograph CHANGELOG v1.0.0': [
    'refused: a level has to be a label of the nodes',
    () => {
      const fleet = testFleet();
      const labels = { 'topograph.nvidia.com/spine': 's1' };
      const cluster = new Cluster(fleet, 'test', {
        stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
        inventory: Inventory.fromObjects({ nodes: list([node('n1', { labels })]) }),
        topology: new Topology('t', [Level.of('network.topology.nvidia.com/spine'), Level.host()]),
      });
      new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), worker: { gpus: 1 } });
      expect(errorCodes(fleet)).toEqual(['BAY1018']);
    },
  ],
  'llm-d.ai/docs/resources/infrastructure/multi-node (lws#880)': [
    'not ours: LeaderWorkerSet is never installed nor written',
    () => {
      for (const text of texts.values()) expect(text).not.toMatch(/\blws\b|leaderworkerset/i);
    },
  ],
};

test.each(Object.entries(answers).map(([source, [how, check]]) => [source, how, check] as const))(
  '%s is %s',
  (_source, _how, check) => {
    expect(check).not.toThrow();
  },
);

interface Compatibility {
  readonly known_bad: readonly Pair[];
  readonly dead_or_mutable_images_in_charts: readonly { readonly ref: string }[];
}

(isThere ? describe : describe.skip)('the pairs beside the project (skipped where ../shared is absent)', () => {
  const read = isThere ? (JSON.parse(readFileSync(PAIRS, 'utf8')) as Compatibility) : undefined; // as its note says
  const { known_bad: pairs = [], dead_or_mutable_images_in_charts: images = [] } = read ?? {};

  test('each has an answer here', () => {
    expect(pairs.map(({ source }) => source).sort()).toEqual(Object.keys(answers).sort());
  });

  test('of the images that cannot be relied on, each is known', () => {
    expect(images.map(({ ref }) => [ref, goneImage(ref)?.status])).toEqual([
      ['docker.io/bitnami/etcd:3.5.18-debian-12-r5', 'gone'],
      ['gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0', 'gone'],
      ['bitnami/kubectl:latest', 'moving'],
      ['python:3.12-slim', 'moving'],
    ]);
  });
});
