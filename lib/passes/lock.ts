import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve, sep } from 'node:path';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { shownName } from '../inventory/document';
import { podGroupName, type ComponentSpec, type GraphSpec } from '../model/graph';
import { compareKeys } from '../order';
import { lockDifferences } from '../pins/difference';
import {
  entryOf,
  lockText,
  type ChartPin,
  type ImagePin,
  type Lock,
  type LockedComponent,
  type LockedGraph,
  type ModelPin,
} from '../pins/lock';
import { matchComponents, matchGraphs, type Named } from '../pins/match';
import type { ProblemDocument } from '../placement/document';
import { version } from '../version';
import type { ClusterModel } from './collect';
import type { Pinned, PinnedCluster } from './pin';
import type { PlannedCluster } from './plan';
import { copiesOf, copyPath } from './problem';

/** Placements to keep, as the placement problem has them: what the lock says of graphs that are still there. */
export function lockedPlacements({ lock, graphs }: Pick<ClusterModel, 'lock' | 'graphs'>): ProblemDocument['locked'] {
  if (!lock) return undefined;
  const specs = graphs.map(({ declared }) => declared);
  const found = matchGraphs(lock, specs.map(namedGraph));
  const entries = specs.flatMap((spec) => {
    const graph = found.get(graphKey(spec));
    return graph ? [[podGroupName(spec), lockedCopies(spec, graph)] as const] : [];
  });
  return Object.fromEntries(entries);
}

function lockedCopies(spec: GraphSpec, graph: LockedGraph): Record<string, string[]> {
  const found = matchComponents(graph, spec.components.map(namedComponent));
  const paths = spec.components.flatMap((component) =>
    (found.get(component.name)?.copies ?? []).map((nodes, index) => {
      return [copyPath(spec, component, index), [...nodes]] as [string, string[]];
    }),
  );
  return Object.fromEntries(paths);
}

function graphKey({ namespace, name }: GraphSpec): string {
  return `${namespace}/${name}`;
}

function namedGraph(spec: GraphSpec): Named {
  return { name: graphKey(spec), content: graphContent(spec) };
}

function namedComponent(component: ComponentSpec): Named {
  return { name: component.name, content: componentContent(component) };
}

/** What a graph asks for, without what it is called and where it was declared. */
function graphContent(spec: GraphSpec): string {
  const { path: _path, name: _name, cache, components, ...rest } = spec;
  const volume = cache && { ...cache, claimName: undefined };
  return digestOf({ ...rest, cache: volume, components: components.map(componentContent).sort() });
}

function componentContent(component: ComponentSpec): string {
  const { name: _name, pointer: _pointer, ...rest } = component;
  return digestOf(rest);
}

/** 64 bits are plenty among the graphs of a cluster. */
function digestOf(value: unknown): string {
  return sha256(canonical(value)).slice(0, 16);
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(compareKeys))
      : inner,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Text of each cluster's lock by file, as this compile would have it; clusters without a file for it are left out. */
export function locksOf(planned: readonly PlannedCluster[], { clusters }: Pinned): ReadonlyMap<string, string> {
  const texts = planned.flatMap(({ cluster, plan }) => {
    const { lockFile } = cluster.construct;
    const pins = clusters.find((each) => each.cluster === cluster)?.settled;
    if (lockFile === undefined || pins === undefined) return [];
    const placements = cluster.graphs.flatMap(({ declared }) => {
      const gang = plan.gangs.find(({ name }) => name === podGroupName(declared));
      return gang?.status === 'placed'
        ? [[graphKey(declared), lockedGraph(declared, copiesOf(declared, gang))] as const]
        : [];
    });
    const { images, charts, models } = pins;
    const lock: Lock = {
      cluster: cluster.construct.name,
      compiler: version(),
      inputs: inputsOf(cluster, lockFile),
      images,
      charts,
      models,
      placements: Object.fromEntries(placements),
    };
    return [[lockFile, lockText(lock)] as const];
  });
  return new Map(texts);
}

function lockedGraph(spec: GraphSpec, copies: ReadonlyMap<string, readonly (readonly string[])[]>): LockedGraph {
  const components = spec.components.map((component): [string, LockedComponent] => {
    return [component.name, { content: componentContent(component), copies: copies.get(component.name) ?? [] }];
  });
  return { content: graphContent(spec), components: Object.fromEntries(components) };
}

/** A cluster's lock with other nodes for some graphs. @param copies by namespace and name, then by component */
export function lockWith(
  { construct, lock }: Pick<ClusterModel, 'construct' | 'lock'>,
  copies: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly string[])[]>>,
): Lock | undefined {
  const { lockFile } = construct;
  if (!lock || lockFile === undefined) return undefined;
  const placements = Object.entries(lock.placements).map(([key, graph]): [string, LockedGraph] => {
    const components = Object.entries(graph.components).map(([name, component]): [string, LockedComponent] => {
      return [name, { ...component, copies: copies.get(key)?.get(name) ?? component.copies }];
    });
    return [key, { ...graph, components: Object.fromEntries(components) }];
  });
  const inputs = inputsOf({ construct }, lockFile);
  return { ...lock, compiler: version(), inputs, placements: Object.fromEntries(placements) };
}

/** What is written without a digest or a commit. */
export interface LooseEnds {
  /** Images, charts and models that a PinWaiver lets go without, by cluster; a name counts once in each. */
  readonly waived: number;
  /** Charts that have no digest, as they are called in locks; each once. */
  readonly unpinnable: readonly string[];
  /** What charts run that nobody here knows, in words; each once. */
  readonly notKnown: readonly string[];
}

export function looseEnds({ clusters }: Pinned): LooseEnds {
  const pins = clusters.flatMap(({ settled: { images, charts, models } }) =>
    [images, charts, models].flatMap((entries) => Object.entries<ImagePin | ChartPin | ModelPin>(entries)),
  );
  const unpinnable = pins.flatMap(([name, entry]) => ('unpinnable' in entry ? [name] : []));
  return {
    waived: pins.filter(([, entry]) => 'waived' in entry).length,
    unpinnable: [...new Set(unpinnable)].sort(),
    notKnown: [...new Set(clusters.flatMap(({ notKnown }) => notKnown))].sort(),
  };
}

/**
 * That nothing which is locked comes out otherwise.
 *
 * @param locks as this compile would have them
 */
export function frozen(
  locks: ReadonlyMap<string, string>,
  pinned: Pinned,
  how: boolean | 'strict' = true,
): Outcome<void> {
  const stale = [...locks].flatMap(([file, text]) => staleEntries(file, text));
  const loose = how === 'strict' ? pinned.clusters.flatMap(refuseLoose) : [];
  return { ok: true, value: undefined, diagnostics: [...stale, ...loose] };
}

function staleEntries(file: string, text: string): Diagnostic[] {
  const name = shownName(file);
  const have = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return lockDifferences(have, text).map(({ entry, message, command }) =>
    diagnostic('BAY6021', {
      message: `${name} is not current: ${message}`,
      where: { file: name, ...(entry === undefined ? {} : { pointer: entry }) },
      help: `run bayplan ${command} and commit what it writes`,
      ...(entry === undefined ? {} : { data: { entry } }),
    }),
  );
}

function refuseLoose({ wanted, settled }: PinnedCluster): Diagnostic[] {
  return wanted.flatMap((one) => {
    const { kind, name, where } = one;
    const entry = entryOf<ImagePin | ChartPin | ModelPin>(settled[`${kind}s`], name);
    if (!entry || 'digest' in entry || 'revision' in entry) return [];
    const never = kind === 'image' ? one.unpinnable : undefined;
    const why = 'waived' in entry ? `waived, ${entry.waived}` : entry.unpinnable;
    return [
      diagnostic('BAY6031', {
        message: `${kind} ${JSON.stringify(name)} is not pinned: ${why}`,
        where,
        notes: never === undefined ? [] : [`the chart that runs it does not let it be pinned: ${never}`],
        help: never === undefined ? waysOut['waived' in entry ? 'waived' : 'unpinnable'] : waysOut.never,
        data: { kind, name },
      }),
    ];
  });
}

/** What to do where strict takes something not as it is. */
const waysOut = {
  waived: 'remove its PinWaiver and run bayplan lock; --frozen takes waivers',
  unpinnable:
    "take it from an OCI registry, such as flux: { charts: { dynamo: 'oci://registry.example/charts' } } for Dynamo's; --frozen takes it as it is",
  never: 'do without what runs it, or use --frozen, which takes waivers',
} as const;

/** Digests of the files that a cluster is compiled from. */
function inputsOf({ construct }: Pick<ClusterModel, 'construct'>, lockFile: string): Record<string, string> {
  const files = [...construct.inventory.sources, ...(construct.schemas === undefined ? [] : [construct.schemas])];
  const entries = files.map((file) => {
    const name = relative(dirname(resolve(lockFile)), resolve(file))
      .split(sep)
      .join('/');
    return [
      name,
      `sha256:${createHash('sha256').update(readFileSync(file, 'latin1'), 'latin1').digest('hex')}`,
    ] as const;
  });
  return Object.fromEntries(entries);
}
