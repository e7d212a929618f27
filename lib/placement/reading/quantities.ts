import { parseQuantity, type Amount } from '../../model/quantity';
import { asMap, entries, items, key, shown, type Findings, type Loose, type Placed } from './loose';

/** Reads quantities; the few texts that a large inventory repeats are read once. */
export class QuantityReader {
  private readonly known = new Map<Loose, Amount | undefined>();

  /** Undefined where the value is no quantity. */
  read(value: Loose): Amount | undefined {
    if (typeof value !== 'string' && typeof value !== 'number') return undefined;
    if (!this.known.has(value)) this.known.set(value, parseQuantity(value));
    return this.known.get(value);
  }
}

/** Every quantity of a document can be read and is not below 0; `pods` is not asked for by name. */
export function checkQuantities(document: Placed, reader: QuantityReader, findings: Findings): void {
  for (const node of items(key(document, 'nodes'))) {
    checkAmounts(key(node, 'allocatable'), reader, findings);
    checkAmounts(key(node, 'used'), reader, findings);
  }
  for (const queue of items(key(document, 'queues'))) checkQueue(queue, reader, findings);
  for (const gang of items(key(document, 'gangs'))) checkGroups(key(gang, 'groups'), reader, findings);
}

function checkQueue(queue: Placed, reader: QuantityReader, findings: Findings): void {
  checkAmounts(key(queue, 'used'), reader, findings);
  for (const { name, entry } of entries(key(queue, 'resources'))) {
    for (const bound of ['quota', 'limit']) {
      const amount = checkQuantity(key(entry, bound), reader, findings);
      if (amount === undefined || amount >= 0n) continue;
      const message = `${bound} of ${name} is ${shown(key(entry, bound).value)}, below 0`;
      findings.add('BAY3020', key(entry, bound).at, message, 'leave the bound out where there is none');
    }
  }
}

function checkGroups(groups: Placed, reader: QuantityReader, findings: Findings): void {
  for (const group of items(groups)) {
    const requests = key(key(group, 'pod'), 'requests');
    checkAmounts(requests, reader, findings);
    const pods = key(requests, 'pods');
    if (pods.value !== undefined) {
      findings.add('BAY3009', pods.at, 'requests name pods', 'leave pods out: each pod counts as one by itself');
    }
    checkGroups(key(group, 'groups'), reader, findings);
  }
}

function checkAmounts(resources: Placed, reader: QuantityReader, findings: Findings): void {
  // Nearly always all is well: places are spelt out only where it is not.
  if (Object.values(asMap(resources.value) ?? {}).every((value) => (reader.read(value) ?? -1n) >= 0n)) return;
  for (const { name, entry } of entries(resources)) {
    const amount = checkQuantity(entry, reader, findings);
    if (amount === undefined || amount >= 0n) continue;
    findings.add('BAY3003', entry.at, `${name} is ${shown(entry.value)}, below 0`, 'write 0 or more');
  }
}

function checkQuantity(placed: Placed, reader: QuantityReader, findings: Findings): Amount | undefined {
  const { value, at } = placed;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const amount = reader.read(value);
  if (amount === undefined) {
    findings.add(
      'BAY3003',
      at,
      `${shown(value)} is not a quantity`,
      'write a number with a unit of Kubernetes, such as "500m", "16", "2029Gi"',
    );
  }
  return amount;
}
