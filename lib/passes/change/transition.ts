import type { Manifest } from '../../emit/manifest';
import { isReplayed } from '../replay';
import { classesOf, replayChange, type Classes, type Hang, type Side } from '../replay/change';
import { grownManifests, type MostReplicas } from '../replay/growth';
import { worldOf, type ReplayedWorld } from '../replay/world';
import type { PlannedCluster } from '../plan';
import { conflictsOf, recreatingGraphs, type Conflict, type Supposed } from './rule';

/** What runs on a cluster, or will. */
export interface Version {
  readonly manifests: readonly Manifest[];
  /** Of components whose number is left to something in the cluster. */
  readonly most: MostReplicas;
}

/** From one version of a cluster's manifests to another. */
export interface Transition {
  readonly classes: Classes;
  /** Graphs that stop all pods of a component at once, by namespace and name. */
  readonly recreating: ReadonlySet<string>;
  /** What keeps it from finishing whatever goes first. */
  readonly conflicts: (supposed?: Supposed) => readonly Conflict[];
  /** What is seen to hang when it is played through. */
  readonly hangs: () => readonly Hang[];
}

/** @param planned of the cluster: its stack, its nodes, and what else runs on them */
export function transition(planned: PlannedCluster, before: Version, after: Version): Transition {
  const { profile } = planned.cluster.construct.stack;
  const classes = classesOf(before.manifests, after.manifests, profile);
  const kinds = new Set([...classes.values()].map(({ kind }) => kind));
  const isMoving = kinds.has('rolls') || kinds.has('in-place');
  const side = ({ manifests }: Version): Side => ({ manifests, world: versionWorld(planned, manifests) });
  const atMost = ({ manifests, most }: Version): Side => side({ manifests: grownManifests(manifests, most), most });
  const sides = once(() => [side(before), side(after)] as const);
  const grown = once(() => [atMost(before), atMost(after)] as const);
  return {
    classes,
    recreating: recreatingGraphs(after, classes),
    conflicts: (supposed) => (isMoving ? conflictsOf(...grown(), classes, supposed) : []),
    hangs: () => (kinds.has('rolls') && isReplayed(planned) ? replayChange(...sides(), classes) : []),
  };
}

/** The pods of a version, whichever scheduler of the stack places them. */
export function versionWorld({ cluster }: PlannedCluster, manifests: readonly Manifest[]): ReplayedWorld {
  const scheduler = cluster.construct.stack.profile.gang === 'runai' ? 'runai-scheduler' : undefined;
  return worldOf(manifests, cluster.inventory.nodes, cluster.use, scheduler);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
