import { asText, items, key, shown, type Findings, type Placed } from './loose';

/** Names among nodes, topologies, queues, gangs and sibling groups are used once; group names make paths. */
export function checkNames(document: Placed, findings: Findings): void {
  checkOnce(key(document, 'topologies'), 'topology', findings);
  checkOnce(key(document, 'nodes'), 'node', findings);
  checkOnce(key(document, 'queues'), 'queue', findings);
  checkOnce(key(document, 'gangs'), 'gang', findings);
  for (const gang of items(key(document, 'gangs'))) checkGroupNames(key(gang, 'groups'), findings);
}

function checkGroupNames(groups: Placed, findings: Findings): void {
  checkOnce(groups, 'sibling group', findings);
  for (const group of items(groups)) {
    const name = key(group, 'name');
    if (asText(name)?.includes('/')) {
      findings.add(
        'BAY3006',
        name.at,
        `group name ${shown(name.value)} has a slash in it`,
        'slashes join the names of a path: leave them out of names',
      );
    }
    checkGroupNames(key(group, 'groups'), findings);
  }
}

function checkOnce(list: Placed, kind: string, findings: Findings): void {
  const first = new Map<string, Placed>();
  for (const item of items(list)) {
    const placed = key(item, 'name');
    const name = asText(placed);
    if (name === undefined) continue;
    const before = first.get(name);
    if (before === undefined) first.set(name, item);
    else
      findings.add('BAY3005', placed.at, `${kind} name "${name}" is used twice`, 'give each a name of its own', [
        `first used at ${key(before, 'name').at}`,
      ]);
  }
}
