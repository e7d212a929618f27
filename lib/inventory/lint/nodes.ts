import type { Diagnostic } from '../../diagnostics/diagnostic';
import { HOSTNAME_LABEL } from '../../model/node';
import type { ClusterInventory } from '../cluster';
import { aboutNodes } from './finding';

/** Nodes that take no pods, and nodes whose name is not what pins call them. */
export function lintNodes(inventory: ClusterInventory): Diagnostic[] {
  return [...cordoned(inventory), ...notReady(inventory), ...otherHostname(inventory)];
}

function cordoned(inventory: ClusterInventory): Diagnostic[] {
  const nodes = inventory.nodes.filter(({ unschedulable }) => unschedulable).map(({ name }) => ({ name }));
  return aboutNodes('BAY1082', inventory, nodes, {
    one: 'is cordoned',
    many: 'are cordoned',
    help: 'kubectl uncordon NAME, once it may be used again, and export the list anew; nothing is placed on a cordoned node',
  });
}

function notReady(inventory: ClusterInventory): Diagnostic[] {
  const nodes = inventory.nodes
    .filter(({ ready }) => !ready)
    .map(({ name, notReady: reasons }) => ({ name, note: reasons.join(', ') }));
  return aboutNodes('BAY1083', inventory, nodes, {
    one: 'takes no pods',
    many: 'take no pods',
    help: 'kubectl describe node NAME says more; nothing is placed on a node that is not ready',
  });
}

function otherHostname(inventory: ClusterInventory): Diagnostic[] {
  const nodes = inventory.nodes
    .filter(({ name, hostname }) => name !== hostname)
    .map(({ name, hostname }) => ({ name, note: hostname }));
  return aboutNodes('BAY1079', inventory, nodes, {
    one: `has another value of ${HOSTNAME_LABEL} than its name`,
    many: `have other values of ${HOSTNAME_LABEL} than their names`,
    help: 'nothing is to be done where the provider names nodes so: pins use the label, and plans and reports the name; by hand, label them alike',
  });
}
