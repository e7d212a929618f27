import type { GangDocument, GroupDocument } from '../placement/document';
import type { Plan } from '../placement/plan';
import type { Cluster } from './cluster';
import { namesCopyOfPods, readCopies, wanted, type Copies } from './copies';
import type { PlanFault } from './fault';

/** Every gang listed once, with a status that follows; every placed gang whole, with the right keys and counts. */
export function checkStructure(cluster: Cluster, plan: Plan): PlanFault[] {
  const gangs = new Map((cluster.document.gangs ?? []).map((gang) => [gang.name, gang]));
  const faults = [...checkGangList([...gangs.keys()], plan), ...checkStatus(plan)];
  for (const planned of plan.gangs) {
    const gang = gangs.get(planned.name);
    if (gang && planned.status === 'placed') faults.push(...checkPlacements(cluster, gang, planned.placements));
  }
  return faults;
}

function checkGangList(names: readonly string[], plan: Plan): PlanFault[] {
  const listed = plan.gangs.map((gang) => gang.name);
  const wrong = [
    ...names.filter((name) => !listed.includes(name)).map((gang) => ({ gang, what: 'is not listed' })),
    ...listed.filter((name, i) => listed.indexOf(name) < i).map((gang) => ({ gang, what: 'is listed twice' })),
    ...listed.filter((name) => !names.includes(name)).map((gang) => ({ gang, what: 'is not a gang of the problem' })),
  ];
  return wrong.map(({ gang, what }) => ({ code: 'gang-list', message: `gang ${gang} ${what}`, gang, data: {} }));
}

function checkStatus(plan: Plan): PlanFault[] {
  const unplaced = plan.gangs.filter((gang) => gang.status === 'unplaced');
  const status = unplaced.length === 0 ? 'placed' : 'infeasible';
  const faults: PlanFault[] = unplaced
    .filter((gang) => gang.reasons.length === 0)
    .map(({ name }) => ({
      code: 'status',
      message: `gang ${name} is unplaced without a reason`,
      gang: name,
      data: {},
    }));
  if (plan.status === status) return faults;
  const message = `status is ${plan.status} with ${unplaced.length} unplaced gangs`;
  return [...faults, { code: 'status', message, data: { status: plan.status, unplaced: unplaced.length } }];
}

function checkPlacements(
  cluster: Cluster,
  gang: GangDocument,
  placements: Readonly<Record<string, readonly string[]>>,
): PlanFault[] {
  const copies = readCopies(gang, placements);
  const strange = Object.keys(placements).filter((path) => !namesCopyOfPods(gang.groups, path.split('/')));
  const unknown = Object.entries(placements).flatMap(([path, nodes]) => {
    return nodes.filter((node) => !cluster.nodes.has(node)).map((node) => ({ path, node }));
  });
  return [
    ...strange.map((path) => fault('copies', gang, path, `${path} is no copy of a group of pods of gang ${gang.name}`)),
    ...unknown.map(({ path, node }) => ({
      ...fault('unknown-node', gang, path, `${path} is on ${node}, which is no node`),
      node,
    })),
    ...gang.groups.flatMap((group) => checkGroup(gang, group, '', copies)),
  ];
}

function checkGroup(gang: GangDocument, group: GroupDocument, above: string, siblings: Copies): PlanFault[] {
  const path = above + group.name;
  const copies = siblings.get(group.name) ?? [];
  const { most, least } = wanted(group);
  const faults = copies
    .filter((copy) => copy.index >= most)
    .map((copy) =>
      fault('copies', gang, copy.path, `${copy.path} is a copy beyond the ${most} of the group`, { replicas: most }),
    );
  if (copies.length < least) {
    const message = `gang ${gang.name} has ${copies.length} copies of ${path}, below the minimum of ${least}`;
    faults.push(fault('copies', gang, path, message, { copies: copies.length, minReplicas: least }));
  }
  for (const copy of copies) {
    const count = group.count ?? 1;
    if (group.pod && copy.nodes.length !== count) {
      const message = `${copy.path} has ${copy.nodes.length} nodes for ${count} pods`;
      faults.push(fault('pod-count', gang, copy.path, message, { nodes: copy.nodes.length, count }));
    }
    faults.push(...(group.groups ?? []).flatMap((inner) => checkGroup(gang, inner, `${copy.path}/`, copy.beneath)));
  }
  return faults;
}

function fault(
  code: PlanFault['code'],
  gang: GangDocument,
  path: string,
  message: string,
  data: PlanFault['data'] = {},
): PlanFault {
  return { code, message, gang: gang.name, path, data };
}
