import { classifyChange, type GraphChange, type GraphManifests } from '../../lib/backends/changes/classify';
import { profiles, type StackProfile } from '../../lib/backends/stacks';

/**
 * Sets one place of a graph's manifests; undefined removes what is there. The place is keys with blanks between them:
 * `metadata …` and `spec …` of the graph, `component decode …` of either API (`… pod …` and `… main …` for its pod spec
 * and main container), `podGroup …`. Items of lists go by their names.
 */
export type Edit = readonly [place: string, value: unknown];

/** A profile by its name. */
export function profileNamed(name: string): StackProfile {
  const found = profiles.find((profile) => profile.name === name);
  if (found === undefined) throw new Error(`no profile ${name}`);
  return found;
}

/** Manifests of a disaggregated graph as a stack has them: frontend, prefill and decode. */
export function exampleOn(profile: StackProfile): GraphManifests {
  const api = profile.graphApi;
  const metadata = { name: 'g', namespace: 'ns', annotations: { 'nvidia.com/enable-grove': 'false' } };
  const parts = api === 'v1beta1' ? { components: components(profile) } : { services };
  const spec = { backendFramework: 'vllm', ...parts };
  const graph = { apiVersion: `nvidia.com/${api}`, kind: 'DynamoGraphDeployment', metadata, spec };
  return profile.gang === 'pod-group' ? { graph, podGroup } : { graph };
}

const roles = ['frontend', 'prefill', 'decode'];

const podGroup = {
  kind: 'PodGroup',
  metadata: { name: 'ns.g', namespace: 'ns' },
  spec: { queue: 'team-a', minSubGroup: 3, subGroups: roles.map((name) => ({ name, minMember: 2 })) },
};

function membership(name: string): object {
  return {
    annotations: { 'pod-group-name': 'ns.g', 'kai.scheduler/skip-podgrouper': 'true' },
    labels: { 'kai.scheduler/subgroup-name': name },
  };
}

const nodeSelector = { 'kubernetes.io/hostname': 'n1' };

function components({ gang }: StackProfile): object[] {
  const container = { name: 'main', image: 'vllm-runtime:1.5.0', env: [{ name: 'LOG', value: 'info' }] };
  return roles.map((name) => ({
    name,
    type: name,
    replicas: 2,
    ...(gang === 'grove' && { minAvailable: 2 }),
    podTemplate: {
      ...(gang === 'pod-group' && { metadata: membership(name) }),
      spec: { schedulerName: 'kai-scheduler', nodeSelector, containers: [container] },
    },
  }));
}

const services = Object.fromEntries(
  roles.map((name) => [
    name,
    {
      componentType: name === 'frontend' ? name : 'worker',
      replicas: 2,
      resources: { limits: { gpu: '2' } },
      extraPodMetadata: membership(name),
      extraPodSpec: { nodeSelector, mainContainer: { image: 'vllm-runtime:0.5.1' } },
    },
  ]),
);

/** A copy with the edits made. */
export function edited({ graph, podGroup: group }: GraphManifests, edits: readonly Edit[]): GraphManifests {
  const isBeta = graph['apiVersion'] === 'nvidia.com/v1beta1';
  let manifests: unknown = { graph, podGroup: group };
  for (const [place, value] of edits) manifests = put(manifests, keysOf(place, isBeta), value);
  // It still has the shape it had.
  return manifests as GraphManifests;
}

function keysOf(place: string, isBeta: boolean): readonly string[] {
  const [top = '', ...rest] = place.split(' ');
  if (top === 'podGroup') return [top, ...rest];
  if (top !== 'component') return ['graph', top, ...rest];
  const inPod: Readonly<Record<string, readonly string[]>> = isBeta
    ? { pod: ['podTemplate', 'spec'], main: ['podTemplate', 'spec', 'containers', 'main'] }
    : { pod: ['extraPodSpec'], main: ['extraPodSpec', 'mainContainer'] };
  return ['graph', 'spec', isBeta ? 'components' : 'services', ...rest.flatMap((key) => inPod[key] ?? [key])];
}

function put(target: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (!Array.isArray(target)) {
    const map = (target ?? {}) as Readonly<Record<string, unknown>>;
    const { [key]: old, ...others } = map;
    const now = put(old, rest, value);
    return now === undefined ? others : { ...others, [key]: now };
  }
  const items = target as readonly { readonly name: string }[];
  const old = items.find(({ name }) => name === key);
  const now = put(old, rest, value);
  if (old === undefined) return [...items, now];
  return items.flatMap((item) => (item === old ? (now === undefined ? [] : [now]) : [item]));
}

/** What edits to the example of a stack do there. */
export function changeOn(profile: StackProfile, edits: readonly Edit[]): GraphChange {
  const before = exampleOn(profile);
  return classifyChange(before, edited(before, edits), profile);
}

/** What a change does, in words: `rolls decode prefill`. */
export function inWords(change: GraphChange): string {
  return change.kind === 'rolls' ? `rolls ${change.components.join(' ')}` : change.kind;
}
