import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { nearest } from '../diagnostics/nearest';
import type { ClusterInventory } from '../inventory/cluster';
import { detectLevels } from '../inventory/levels';
import { listNames } from '../inventory/names';
import { asList, asMap, asText } from '../inventory/raw';
import { lintTopology } from '../inventory/topology';
import { HOSTNAME_LABEL } from '../model/node';
import type { ManifestObject } from '../workloads/objects';
import type { Workload } from '../workloads/workload';

/** Levels of the cluster, broadest first, and who named them. */
export interface Levels {
  readonly from: 'options' | 'topology' | 'labels';
  /** Name of the Topology, for the scheduler. */
  readonly topology: string;
  readonly levels: readonly Level[];
}

export interface Level {
  readonly label: string;
  /** A word for people, such as `rack`. */
  readonly name: string;
}

/**
 * The levels that answers are given in: those that the caller names; else those of a Topology among the manifests; else
 * what the labels of the nodes make.
 *
 * @param given labels, broadest first
 */
export function levelsOf(
  inventory: ClusterInventory,
  given: readonly string[],
  objects: readonly ManifestObject[],
  workloads: readonly Workload[],
): Outcome<Levels> {
  const declared = workloads
    .flatMap((workload) => [workload, ...workload.components])
    .flatMap((each) => each.topologies);
  const topologies = objects.filter(isTopology);
  const named = topologies.find(({ name }) => declared.some(({ topology }) => topology === name)) ?? topologies[0];
  if (given.length > 0) return chosen(inventory, 'options', declaredName(declared), given);
  if (named) return chosen(inventory, 'topology', named.name, labelsOf(named));
  const labels = declared.flatMap(({ by, required, preferred }) => (by === 'kai' ? [required, preferred] : []));
  const own = labels.filter((label): label is string => label !== undefined && label !== HOSTNAME_LABEL);
  const { levels } = detectLevels(inventory, { labels: [...new Set(own)].sort() });
  return { ok: true, value: { from: 'labels', topology: declaredName(declared), levels }, diagnostics: [] };
}

function declaredName(declared: Workload['topologies']): string {
  return declared.map(({ topology }) => topology).find((name) => name !== undefined) ?? 'topology';
}

/** KAI's kind, whatever version it is written in. */
export function isTopology({ apiVersion, kind }: ManifestObject): boolean {
  return kind === 'Topology' && apiVersion.startsWith('kai.scheduler/');
}

function labelsOf({ document }: ManifestObject): string[] {
  return asList(asMap(document.spec).levels).flatMap((level) => asText(asMap(level).nodeLabel) ?? []);
}

/** Levels that somebody names, held against the nodes; the host is always the last. */
function chosen(
  inventory: ClusterInventory,
  from: Levels['from'],
  topology: string,
  labels: readonly string[],
): Outcome<Levels> {
  const unique = [...new Set(labels)].filter((label) => label !== HOSTNAME_LABEL);
  const diagnostics = lintTopology(inventory, unique);
  const levels = [...unique, HOSTNAME_LABEL].map((label) => ({ label, name: shortName(label) }));
  const isWrong = diagnostics.some(({ severity }) => severity === 'error');
  return isWrong ? { ok: false, diagnostics } : { ok: true, value: { from, topology, levels }, diagnostics };
}

/** `zone` of `topology.kubernetes.io/zone`. */
function shortName(label: string): string {
  return label === HOSTNAME_LABEL ? 'host' : label.slice(label.lastIndexOf('/') + 1);
}

/** The level that a user means by a label, or by a word such as `zone`; undefined where there is none. */
export function levelNamed({ levels }: Levels, word: string): Level | undefined {
  return (
    levels.find(({ label }) => label === word) ??
    levels.find(({ label, name }) => name === word || shortName(label) === word)
  );
}

/** A level that an option names and that is none. */
export function unknownLevel(option: string, word: string, levels: Levels, inventory: ClusterInventory): Diagnostic {
  const names = levels.levels.map(({ name }) => name);
  const near = nearest(word, [...names, ...levels.levels.map(({ label }) => label)]);
  const isLabel = inventory.nodes.some(({ labels }) => Object.hasOwn(labels, word));
  return diagnostic('BAY1111', {
    message: `${option} ${word} is no level; there are ${listNames(names)}`,
    where: inventory.files.nodes === undefined ? { pointer: 'nodes' } : { file: inventory.files.nodes },
    help: isLabel
      ? `name the levels yourself, broadest first: --level LABEL … --level ${word}`
      : near === undefined
        ? 'name one of them, or name the levels yourself with --level LABEL, broadest first'
        : `did you mean ${near}?`,
  });
}
