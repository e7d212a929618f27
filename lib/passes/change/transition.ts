import type { Manifest } from '../../emit/manifest';
import { isReplayed } from '../replay';
import { classesOf, replayChange, type Classes, type Hang, type Side } from '../replay/change';
import { grownManifests, type MostReplicas } from '../replay/growth';
import { worldOf } from '../replay/world';
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
  const { construct, inventory, use } = planned.cluster;
  const { profile } = construct.stack;
  const scheduler = profile.gang === 'runai' ? 'runai-scheduler' : undefined;
  const side = (manifests: readonly Manifest[]): Side => {
    return { manifests, world: worldOf(manifests, inventory.nodes, use, scheduler) };
  };
  const grown = ({ manifests, most }: Version): Side => side(grownManifests(manifests, most));
  const classes = classesOf(before.manifests, after.manifests, profile);
  const isMoving = [...classes.values()].some(({ kind }) => kind === 'rolls' || kind === 'in-place');
  const isRolling = [...classes.values()].some(({ kind }) => kind === 'rolls');
  return {
    classes,
    recreating: recreatingGraphs(after, classes),
    conflicts: (supposed) => (isMoving ? conflictsOf(grown(before), grown(after), classes, supposed) : []),
    hangs: () =>
      isRolling && isReplayed(planned) ? replayChange(side(before.manifests), side(after.manifests), classes) : [],
  };
}

/** True where it finishes, by the rule and when it is played through. */
export function isSure({ conflicts, hangs }: Transition): boolean {
  return conflicts().length === 0 && hangs().length === 0;
}
