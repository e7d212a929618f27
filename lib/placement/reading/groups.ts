import { checkConstraint, type Around } from './constraints';
import { asInteger, asText, items, key, shown, type Findings, type Placed } from './loose';
import { checkScheduling } from './scheduling';
import type { KnownTopologies } from './topologies';
import { checkTraffic } from './traffic';

/** Groups, constraints and traffic of every gang. */
export function checkGangs(gangs: Placed, topologies: KnownTopologies, findings: Findings): void {
  for (const gang of items(gangs)) {
    const around = checkConstraint(key(gang, 'constraint'), topologies, [], findings);
    checkGroups(key(gang, 'groups'), topologies, around, findings);
    checkTraffic(gang, findings);
  }
}

function checkGroups(groups: Placed, topologies: KnownTopologies, around: Around, findings: Findings): void {
  for (const group of items(groups)) {
    checkForm(group, findings);
    checkMinimum(group, findings);
    checkScheduling(key(group, 'pod'), findings);
    const inside = checkConstraint(key(group, 'constraint'), topologies, around, findings);
    checkGroups(key(group, 'groups'), topologies, inside, findings);
  }
}

/** A group holds pods or groups; only one that holds pods has `count` and `pinned`. */
function checkForm(group: Placed, findings: Findings): void {
  const name = shown(key(group, 'name').value);
  const holdsPods = key(group, 'pod').value !== undefined;
  const holdsGroups = key(group, 'groups').value !== undefined;
  if (holdsPods && holdsGroups) {
    findings.add(
      'BAY3008',
      group.at,
      `group ${name} has both pod and groups`,
      'move the pod into a group of its own beneath groups',
    );
  } else if (!holdsPods && !holdsGroups && typeof group.value === 'object' && group.value !== null) {
    findings.add(
      'BAY3008',
      group.at,
      `group ${name} has neither pod nor groups`,
      'say what its pods ask for in pod, or list its groups in groups',
    );
  }
  if (!holdsGroups || holdsPods) return;
  for (const only of ['count', 'pinned']) {
    const placed = key(group, only);
    if (placed.value === undefined) continue;
    const help =
      only === 'count'
        ? 'use replicas for copies of the groups within'
        : 'set pinned on the groups within that hold pods';
    findings.add('BAY3008', placed.at, `group ${name} holds groups and has ${only} ${shown(placed.value)}`, help);
  }
}

function checkMinimum(group: Placed, findings: Findings): void {
  const placed = key(group, 'minReplicas');
  const wanted = key(group, 'replicas');
  const replicas = wanted.value === undefined ? 1 : asInteger(wanted);
  const minimum = asInteger(placed);
  if (minimum === undefined || replicas === undefined || replicas < 1 || minimum <= replicas) return;
  const message = `minReplicas of group ${shown(asText(key(group, 'name')))} is ${minimum}, more than its replicas, ${replicas}`;
  findings.add('BAY3007', placed.at, message, `write a number from 1 to ${replicas}, or raise replicas`);
}
