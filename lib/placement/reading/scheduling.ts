import { asText, items, key, shown, type Findings, type Placed } from './loose';

/** Tolerations and node affinity that Kubernetes would refuse, or that could not mean anything. */
export function checkScheduling(pod: Placed, findings: Findings): void {
  for (const toleration of items(key(pod, 'tolerations'))) checkToleration(toleration, findings);
  for (const term of items(key(key(pod, 'nodeAffinity'), 'nodeSelectorTerms'))) {
    for (const requirement of items(key(term, 'matchExpressions'))) checkValues(requirement, findings);
    for (const requirement of items(key(term, 'matchFields'))) checkField(requirement, findings);
  }
}

function checkToleration(toleration: Placed, findings: Findings): void {
  const operator = key(toleration, 'operator').value || 'Equal';
  const tolerationKey = key(toleration, 'key').value ?? '';
  if (operator !== 'Equal' || tolerationKey !== '') return;
  findings.add(
    'BAY3021',
    toleration.at,
    'toleration with operator Equal has no key',
    'name the key, or use operator Exists to tolerate every taint',
  );
}

/**
 * How many values an operator takes (k8s.io/kubernetes pkg/apis/core/validation ValidateNodeSelectorRequirement).
 */
function checkValues(requirement: Placed, findings: Findings): void {
  const operator = asText(key(requirement, 'operator')) ?? '';
  const values = key(requirement, 'values');
  if (values.value !== undefined && !Array.isArray(values.value)) return;
  const count = items(values).length;
  const rule = valueRules.get(operator);
  if (rule === undefined || rule.holds(count)) return;
  const message = `operator ${operator} on ${shown(key(requirement, 'key').value)} has ${count} values, not ${rule.wanted}`;
  findings.add('BAY3022', requirement.at, message, `give it ${rule.wanted}`);
}

const some = { wanted: 'at least one value', holds: (count: number) => count > 0 };
const none = { wanted: 'no values', holds: (count: number) => count === 0 };
const one = { wanted: 'exactly one value', holds: (count: number) => count === 1 };

const valueRules: ReadonlyMap<string, typeof some> = new Map([
  ['In', some],
  ['NotIn', some],
  ['Exists', none],
  ['DoesNotExist', none],
  ['Gt', one],
  ['Lt', one],
]);

/** matchFields knows metadata.name alone, with In or NotIn and one value (ValidateNodeFieldSelectorRequirement). */
function checkField(requirement: Placed, findings: Findings): void {
  const field = asText(key(requirement, 'key'));
  if (field !== undefined && field !== 'metadata.name') {
    const help = 'write metadata.name; labels belong into matchExpressions';
    findings.add('BAY3022', key(requirement, 'key').at, `matchFields key is "${field}", not metadata.name`, help);
  }
  const operator = asText(key(requirement, 'operator'));
  const count = items(key(requirement, 'values')).length;
  // An operator that there is not at all has been reported by the schema.
  if (operator === undefined || !valueRules.has(operator)) return;
  if ((operator === 'In' || operator === 'NotIn') && count === 1) return;
  const message = `matchFields has operator ${operator} with ${count} values; Kubernetes takes In or NotIn with one`;
  findings.add('BAY3022', requirement.at, message, 'write a term for each node name, with operator In and one value');
}
