import { asList, asMap, asText } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';
import { selects, type DeclaredTopology, type Workload, type WorkloadComponent } from '../workloads/workload';
import { levelNamed, type Levels } from './levels';
import { podGroupOf, SUBGROUP_LABEL } from './membership';

/** A level that all have to share, and one down to which they should be near. Labels. */
export interface Wish {
  readonly required?: string;
  readonly preferred?: string;
}

/** What a workload asks for beside room. */
export interface Wishes {
  /** For all its pods. */
  readonly together: Wish;
  readonly components: ReadonlyMap<string, ComponentWishes>;
  /** What the manifests ask for. */
  readonly told: readonly ManifestWish[];
  /** What was asked for and cannot be: levels that there are not. */
  readonly unknown: readonly { readonly word: string; readonly pointer: string }[];
}

/** A wish as a manifest has it. */
export interface ManifestWish extends Wish {
  /** `all pods`, a component, or each replica of one. */
  readonly for: string;
  /** Where it is said. */
  readonly at: string;
}

export interface ComponentWishes {
  /** For all pods of the component. */
  readonly together?: Wish;
  /** For each replica of several pods. */
  readonly each?: Wish;
}

/** What a manifest asks for, joined with what the caller does. */
export function wishesOf(workload: Workload, levels: Levels, objects: readonly ManifestObject[], caller: Wish): Wishes {
  const told: ManifestWish[] = [];
  const unknown: { word: string; pointer: string }[] = [];
  const wishOf = (declared: DeclaredTopology, who: string): Wish => {
    const level = (word: string | undefined): string | undefined => {
      if (word === undefined) return undefined;
      const found = levelNamed(levels, declared.by === 'grove' ? domainKey(objects, declared.topology, word) : word);
      if (!found) unknown.push({ word, pointer: declared.pointer });
      return found?.label;
    };
    const wish = { required: level(declared.required), preferred: level(declared.preferred) };
    if (!isEmpty(wish)) told.push({ ...wish, for: who, at: declared.pointer });
    return wish;
  };
  const narrow = (wishes: readonly Wish[]): Wish => narrowest(levels, wishes);
  const components = new Map<string, ComponentWishes>();
  const near = workload.components.flatMap((component) => nearWishes(component, workload, levels));
  const group = podGroupFor(workload, objects);
  const gang = narrow([
    ...[...workload.topologies, ...group.all].map((declared) => wishOf(declared, 'all pods')),
    ...near.filter(({ of }) => of === undefined).map(({ wish }) => wish),
    caller,
  ]);
  for (const component of workload.components) {
    const declared = component.topologies.filter(({ by }) => by === 'grove' || workload.topologies.length === 0);
    const inGroup = group.bySubgroup.get(component.pods[0]?.labels[SUBGROUP_LABEL] ?? '') ?? [];
    const ofGroup = inGroup.map((each) => wishOf(each, component.name));
    const isEach = component.nodes > 1;
    const who = isEach ? `each replica of ${component.name}` : component.name;
    const own = within(levels, gang, narrow(declared.map((each) => wishOf(each, who))));
    const spanning = near.filter(({ of }) => of === component.name).map(({ wish }) => wish);
    const together = within(levels, gang, narrow([...(isEach ? [] : [own]), ...ofGroup, ...spanning]));
    const each = isEach ? within(levels, together, own) : {};
    components.set(component.name, {
      ...(isEmpty(together) ? {} : { together }),
      ...(isEmpty(each) ? {} : { each }),
    });
  }
  return { together: gang, components, told, unknown };
}

interface GroupTopologies {
  readonly all: readonly DeclaredTopology[];
  readonly bySubgroup: ReadonlyMap<string, readonly DeclaredTopology[]>;
}

/** What the PodGroup that a graph's pods are members of asks for, where it is among the files. */
function podGroupFor({ components, namespace }: Workload, objects: readonly ManifestObject[]): GroupTopologies {
  const names = new Set(components.flatMap(({ pods }) => pods.map(podGroupOf)));
  const found = objects.find(
    (each) => each.kind === 'PodGroup' && names.has(each.name) && (each.namespace ?? namespace) === namespace,
  );
  const spec = asMap(found?.document.spec);
  const declared = (holder: ReturnType<typeof asMap>, of: string): DeclaredTopology[] => {
    if (holder.topologyConstraint === undefined) return [];
    const raw = asMap(holder.topologyConstraint);
    return [
      {
        by: 'kai',
        topology: asText(raw.topology),
        required: asText(raw.requiredTopologyLevel),
        preferred: asText(raw.preferredTopologyLevel),
        pointer: `PodGroup ${found?.name ?? ''}${of}`,
      },
    ];
  };
  const subGroups = asList(spec.subGroups).map(asMap);
  const bySubgroup = subGroups.map((each) => {
    const name = asText(each.name) ?? '';
    return [name, declared(each, `, subgroup ${name}`)] as const;
  });
  return { all: declared(spec, ''), bySubgroup: new Map(bySubgroup) };
}

/** Required pod affinity to pods of the same workload: of all of them, or of the component's own. */
function nearWishes(
  component: WorkloadComponent,
  workload: Workload,
  levels: Levels,
): { readonly of?: string; readonly wish: Wish }[] {
  const terms = component.pods[0]?.near ?? [];
  return terms.flatMap((term) => {
    const level = levelNamed(levels, term.topologyKey);
    const meant = workload.components.filter(({ pods }) => selects(term, pods[0]?.labels ?? {}));
    if (!level || !meant.includes(component)) return [];
    const wish = { required: level.label };
    return meant.length === workload.components.length
      ? [{ wish }]
      : meant.length === 1
        ? [{ of: component.name, wish }]
        : [];
  });
}

/** Grove's name of a domain as a label, by the ClusterTopologyBinding; else the word itself. */
function domainKey(objects: readonly ManifestObject[], binding: string | undefined, domain: string): string {
  const found = objects.find(({ kind, name }) => kind === 'ClusterTopologyBinding' && name === binding);
  const levels = asList(asMap(found?.document.spec).levels).map(asMap);
  return asText(levels.find((level) => level.domain === domain)?.key) ?? domain;
}

function isEmpty({ required, preferred }: Wish): boolean {
  return required === undefined && preferred === undefined;
}

function depthOf({ levels }: Levels, label: string | undefined): number {
  return label === undefined ? -1 : levels.findIndex((level) => level.label === label);
}

/** The narrowest level of each kind; a preferred one that a required one holds anyway is nothing to ask for. */
function narrowest(levels: Levels, wishes: readonly Wish[]): Wish {
  const least = (kind: keyof Wish): string | undefined =>
    wishes
      .map((wish) => wish[kind])
      .reduce((best, label) => (depthOf(levels, label) > depthOf(levels, best) ? label : best), undefined);
  const required = least('required');
  const preferred = least('preferred');
  return depthOf(levels, preferred) < depthOf(levels, required) ? { required } : { required, preferred };
}

/** A wish inside another: what the outer one holds already is left out. */
function within(levels: Levels, outer: Wish, inner: Wish): Wish {
  const isNarrower = (kind: keyof Wish): boolean => depthOf(levels, inner[kind]) > depthOf(levels, outer.required);
  return {
    ...(isNarrower('required') ? { required: inner.required } : {}),
    ...(isNarrower('preferred') ? { preferred: inner.preferred } : {}),
  };
}
