import { asText, items, key, meant, namesOf, type Findings, type Placed } from './loose';

/** A gang's queue is listed, and no queue is its own ancestor. */
export function checkQueues(document: Placed, findings: Findings): void {
  const queues = key(document, 'queues');
  const { names, complete } = namesOf(queues);
  for (const gang of items(key(document, 'gangs'))) {
    const queue = asText(key(gang, 'queue'));
    if (queue === undefined || names.has(queue) || !complete) continue;
    const name = asText(key(gang, 'name')) ?? '';
    findings.add(
      'BAY3018',
      key(gang, 'queue').at,
      `queue "${queue}" of gang "${name}" is not listed`,
      meant(queue, names, 'queue'),
    );
  }
  checkCycles(queues, findings);
}

function checkCycles(queues: Placed, findings: Findings): void {
  const parents = new Map<string, { readonly parent: string; readonly at: string }>();
  for (const queue of items(queues)) {
    const name = asText(key(queue, 'name'));
    const parent = asText(key(queue, 'parent'));
    if (name !== undefined && parent !== undefined) parents.set(name, { parent, at: key(queue, 'parent').at });
  }
  const settled = new Set<string>();
  for (const start of [...parents.keys()].sort()) {
    const way: string[] = [];
    let name: string | undefined = start;
    while (name !== undefined && !settled.has(name) && !way.includes(name)) {
      way.push(name);
      name = parents.get(name)?.parent;
    }
    if (name !== undefined && !settled.has(name))
      reportCycle([...way.slice(way.indexOf(name)), name], parents, findings);
    for (const passed of way) settled.add(passed);
  }
}

function reportCycle(
  cycle: readonly string[],
  parents: ReadonlyMap<string, { readonly at: string }>,
  findings: Findings,
): void {
  const at = parents.get(cycle[0] ?? '')?.at ?? 'queues';
  findings.add(
    'BAY3019',
    at,
    `queues are each other's parents: ${cycle.join(' -> ')}`,
    'take the parent off the one that is at the top',
  );
}
