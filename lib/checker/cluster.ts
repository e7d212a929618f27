import type {
  ConstraintDocument,
  GangDocument,
  GroupDocument,
  NodeDocument,
  ProblemDocument,
  TopologyDocument,
} from '../placement/document';
import type { Plan } from '../placement/plan';
import { readCopies, type Copies, type Copy } from './copies';

/** What the checks look things up in. */
export interface Cluster {
  readonly document: ProblemDocument;
  readonly nodes: ReadonlyMap<string, NodeDocument>;
  readonly topologies: ReadonlyMap<string, TopologyDocument>;
}

/** A placed gang, or one placed copy of a group in it. */
export interface Scope {
  readonly gang: GangDocument;
  /** With indices; empty for the gang itself. */
  readonly path: string;
  /** Without indices; empty for the gang itself. */
  readonly groupPath: string;
  /** The group that this is a copy of; none for the gang itself. */
  readonly group?: GroupDocument;
  /** Its own constraint last, those around it before. */
  readonly constraints: readonly ConstraintDocument[];
  readonly own?: ConstraintDocument;
  /** Its own constraint's, else its nearest ancestor's, else the first listed; none where none is listed. */
  readonly topology?: TopologyDocument;
  /** Nodes of all pods within, one for each pod. */
  readonly pods: readonly string[];
}

/** A gang that the plan places, with everything within it. */
export interface PlacedGang {
  readonly gang: GangDocument;
  readonly copies: Copies;
  /** The gang first, then its copies at every depth. */
  readonly scopes: readonly Scope[];
}

export function clusterOf(document: ProblemDocument): Cluster {
  return {
    document,
    nodes: new Map((document.nodes ?? []).map((node) => [node.name, node])),
    topologies: new Map((document.topologies ?? []).map((topology) => [topology.name, topology])),
  };
}

/** The gangs that a plan places, read against the problem. */
export function placedGangs(cluster: Cluster, plan: Plan): PlacedGang[] {
  const gangs = new Map((cluster.document.gangs ?? []).map((gang) => [gang.name, gang]));
  return plan.gangs.flatMap((planned) => {
    const gang = gangs.get(planned.name);
    if (gang === undefined || planned.status !== 'placed') return [];
    const copies = readCopies(gang, planned.placements);
    return [{ gang, copies, scopes: scopesOf(cluster, gang, copies) }];
  });
}

function scopesOf(cluster: Cluster, gang: GangDocument, copies: Copies): Scope[] {
  const constraints = gang.constraint ? [gang.constraint] : [];
  const within = gang.groups.flatMap((group) => groupScopes(cluster, gang, group, '', copies, constraints));
  // Groups of pods come once each: their copies hold every pod of the gang.
  const pods = within.filter((scope) => scope.group?.pod !== undefined).flatMap((scope) => scope.pods);
  const whole = { gang, path: '', groupPath: '', constraints, own: gang.constraint, pods };
  return [{ ...whole, topology: topologyOf(cluster, constraints) }, ...within];
}

function groupScopes(
  cluster: Cluster,
  gang: GangDocument,
  group: GroupDocument,
  above: string,
  siblings: Copies,
  around: readonly ConstraintDocument[],
): Scope[] {
  const groupPath = above === '' ? group.name : `${above}/${group.name}`;
  const constraints = group.constraint ? [...around, group.constraint] : around;
  const shared = {
    gang,
    group,
    groupPath,
    constraints,
    own: group.constraint,
    topology: topologyOf(cluster, constraints),
  };
  return (siblings.get(group.name) ?? []).flatMap((copy) => {
    const inner = (group.groups ?? []).flatMap((beneath) =>
      groupScopes(cluster, gang, beneath, groupPath, copy.beneath, constraints),
    );
    return [{ ...shared, path: copy.path, pods: podsOf(copy) }, ...inner];
  });
}

/** The nodes of all pods of a copy, at every depth. */
export function podsOf(copy: Copy): string[] {
  return [...copy.nodes, ...[...copy.beneath.values()].flat().flatMap(podsOf)];
}

function topologyOf(cluster: Cluster, constraints: readonly ConstraintDocument[]): TopologyDocument | undefined {
  const nearest = constraints.at(-1);
  return nearest ? cluster.topologies.get(nearest.topology) : cluster.document.topologies?.[0];
}
