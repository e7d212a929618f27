import { compareText } from '../../order';
import type { StackProfile } from '../stacks';
import { byName, differences, isList, mapOf, pathText, type Difference, type Path, type RawMap } from './difference';
import { effects, ruleFor, type Effect } from './rules';

/** What is written for one graph: its DynamoGraphDeployment, of either version, and the PodGroup where there is one. */
export interface GraphManifests {
  readonly graph: RawMap;
  readonly podGroup?: RawMap;
}

/** A field that changes, and what that does. */
export interface FieldChange {
  readonly object: 'DynamoGraphDeployment' | 'PodGroup';
  /** Such as `spec.components.decode.podTemplate.spec.containers.main.image`. */
  readonly path: string;
  readonly effect: Effect;
  /** Names of the components whose pods it replaces, in order. */
  readonly rolls: readonly string[];
  readonly why: string;
  /** Where that is known from. */
  readonly source: string;
}

/** What a change of a graph's manifests would do to the graph that runs; its fields in order of object and path. */
export type GraphChange =
  | { readonly kind: 'unchanged' }
  /** No pod is replaced. */
  | { readonly kind: 'in-place'; readonly changes: readonly FieldChange[] }
  /** Pods of these components are replaced; the others run on. */
  | { readonly kind: 'rolls'; readonly components: readonly string[]; readonly changes: readonly FieldChange[] }
  /** It cannot be applied: the graph has to be deleted and created anew. `changes` holds all, with the reasons. */
  | { readonly kind: 'new-graph'; readonly changes: readonly FieldChange[] };

/**
 * Says what applying `after` over `before` does on a stack. What else keeps a rollout from finishing, such as nodes
 * without room, is not looked at; nor is what only the cluster knows (a scaling adapter that owns replicas).
 */
export function classifyChange(before: GraphManifests, after: GraphManifests, profile: StackProfile): GraphChange {
  const [old, now] = [viewOf(before), viewOf(after)];
  const components = { ...old.component, ...now.component };
  const workers = Object.keys(components).filter(
    (name) => isWorker(old.component[name]) || isWorker(now.component[name]),
  );
  const asServices = 'services' in (mapOf(after.graph['spec']) ?? {});
  const changes = differencesOf(old, now).map((difference): FieldChange => {
    const { effect, why, source } = ruleFor(difference, profile);
    const rolls = rolled(effect, difference.path[1] ?? '', workers, Object.keys(components));
    return { ...placeOf(difference.path, asServices), effect, rolls, why, source };
  });
  return summed([...changes].sort((a, b) => compareText(a.object, b.object) || compareText(a.path, b.path)));
}

/** The worst one counts for the graph. */
function summed(changes: readonly FieldChange[]): GraphChange {
  const worst = Math.max(-1, ...changes.map(({ effect }) => effects.indexOf(effect)));
  const effect = effects[worst];
  if (effect === undefined) return { kind: 'unchanged' };
  if (effect === 'in-place' || effect === 'new-graph') return { kind: effect, changes };
  const components = [...new Set(changes.flatMap(({ rolls }) => rolls))].sort(compareText);
  return { kind: 'rolls', components, changes };
}

function rolled(effect: Effect, name: string, workers: readonly string[], all: readonly string[]): readonly string[] {
  switch (effect) {
    case 'in-place':
    case 'new-graph':
      return [];
    case 'rolls component':
      return [name];
    case 'rolls workers':
      return workers.includes(name) ? [...workers].sort(compareText) : [name];
    case 'rolls graph':
      return [...all].sort(compareText);
  }
}

/** The tops of what rules name: see `path` of ChangeRule. */
interface View {
  readonly apiVersion: unknown;
  readonly kind: unknown;
  readonly metadata: unknown;
  readonly spec: RawMap;
  readonly component: Readonly<Record<string, unknown>>;
  readonly podGroup: RawMap | undefined;
}

/** Components, subgroups and PodGroups come and go as one. */
const wholes: readonly Path[] = [['component', '*'], ['podGroup'], ['podGroup', 'spec', 'subGroups', '*']];

/** Fields of two API versions have nothing to do with each other. */
function differencesOf(before: View, after: View): readonly Difference[] {
  if (before.apiVersion === after.apiVersion) return differences(before, after, wholes);
  return [{ path: ['apiVersion'], what: 'changed' }];
}

/** Components and subgroups by name, since their order means nothing; status is not what one applies. */
function viewOf({ graph, podGroup }: GraphManifests): View {
  const { components, services, ...spec } = mapOf(graph['spec']) ?? {};
  return {
    apiVersion: graph['apiVersion'],
    kind: graph['kind'],
    metadata: graph['metadata'],
    spec,
    component: { ...mapOf(services), ...named(components) },
    podGroup: podGroup && podGroupView(podGroup),
  };
}

function podGroupView({ metadata, spec: raw }: RawMap): RawMap {
  const { subGroups, ...spec } = mapOf(raw) ?? {};
  return { metadata, spec: { ...spec, subGroups: named(subGroups) } };
}

/** Items of a list by name, or by position where they have none. */
function named(value: unknown): RawMap {
  const list = isList(value) ? value : [];
  return byName(list) ?? Object.fromEntries(list.entries());
}

/** The types whose pods are in the operator's hash of workers (internal/dynamo, IsWorkerComponent). */
function isWorker(component: unknown): boolean {
  const { type, componentType } = mapOf(component) ?? {};
  return ['worker', 'prefill', 'decode'].includes(String(type ?? componentType));
}

function placeOf([top, ...rest]: Path, asServices: boolean): Pick<FieldChange, 'object' | 'path'> {
  if (top === 'podGroup') return { object: 'PodGroup', path: pathText(rest) };
  const start = top === 'component' ? ['spec', asServices ? 'services' : 'components'] : [top ?? ''];
  return { object: 'DynamoGraphDeployment', path: pathText([...start, ...rest]) };
}
