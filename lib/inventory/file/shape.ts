import type { z } from 'zod';
import { nearest } from '../../diagnostics/nearest';
import { isMap, shown, type RawMap } from '../fields';
import type { FileFindings } from './findings';
import { inventoryJsonSchema } from './schema';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** Tells what the schema refuses, in our words: the value, its place, and what would be right. */
export function reportShape(issues: readonly Issue[], document: unknown, findings: FileFindings): void {
  for (const issue of issues) {
    // Documents are JSON or YAML: no key is a symbol.
    const path = issue.path.filter((step) => typeof step !== 'symbol');
    if (issue.code === 'unrecognized_keys') reportKeys(issue.keys, path, findings);
    else reportValue(issue, path, document, findings);
  }
}

function reportValue(issue: Issue, path: Path, document: unknown, findings: FileFindings): void {
  const value = path.reduce<unknown>((around, step) => (isContainer(around) ? around[step] : undefined), document);
  const expected = expectedBy(issue, path);
  const at = pointerOf(path);
  if (value === undefined) {
    // What is missing has no place of its own: the map that lacks it has.
    const around = pointerOf(path.slice(0, -1));
    findings.add('BAY1054', around, `${around || 'the file'} has no ${path.at(-1)}`, `give ${expected}`);
  } else {
    findings.add('BAY1054', at, `${at} is ${shown(value) || '""'}, not ${expected}`, `write ${expected}`);
  }
}

function isContainer(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === 'object' && value !== null;
}

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

/** What stands in a union, by the key or section that it belongs to. */
const unions: Readonly<Record<string, string>> = {
  names: 'names such as gpu-node-[01-16], or a list of them',
  nodes: 'names such as gpu-node-[01-16], or a list of them',
  taints: 'a taint such as "key=value:NoSchedule"',
};

function expectedBy(issue: Issue, path: Path): string {
  if (issue.code === 'invalid_union') {
    const section = path.findLast((step) => typeof step === 'string' && Object.hasOwn(unions, step));
    return (section === undefined ? undefined : unions[section]) ?? 'a quantity such as "500m", "2029Gi" or 8';
  }
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'too_big') return `at most ${issue.maximum}`;
  if (issue.code !== 'too_small') return issue.message;
  if (issue.origin === 'string') return 'a name';
  return issue.origin === 'array' ? 'a list that holds something' : `a whole number from ${issue.minimum}`;
}

function reportKeys(keys: readonly string[], path: Path, findings: FileFindings): void {
  const allowed = allowedKeys(path);
  const place = pointerOf(path) || 'the file';
  for (const unknown of keys) {
    const near = nearest(unknown, allowed);
    const help = near === undefined ? `keys allowed here: ${allowed.join(', ')}` : `did you mean ${near}?`;
    findings.add('BAY1053', pointerOf([...path, unknown]), `${place} has an unknown key ${shown(unknown)}`, help);
  }
}

/** The keys that the schema knows at a place, found by walking its JSON Schema. */
function allowedKeys(path: Path): readonly string[] {
  const root: unknown = inventoryJsonSchema();
  let schema = isMap(root) ? root : {};
  for (const step of path) {
    const next = typeof step === 'number' ? schema.items : (below(schema, step) ?? schema.additionalProperties);
    schema = isMap(next) ? next : {};
  }
  return isMap(schema.properties) ? Object.keys(schema.properties).sort() : [];
}

function below({ properties }: RawMap, key: string): unknown {
  return isMap(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
}

/** Such as `nodes[0].labels["topology.kubernetes.io/zone"]`. */
function pointerOf(path: Path): string {
  return path.reduce<string>((at, step) => {
    if (typeof step === 'number') return `${at}[${step}]`;
    if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${at}[${JSON.stringify(step)}]`;
    return at === '' ? step : `${at}.${step}`;
  }, '');
}
