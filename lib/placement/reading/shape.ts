import type { z } from 'zod';
import { nearest } from '../../diagnostics/nearest';
import type { DiagnosticCode } from '../../diagnostics/registry';
import { problemJsonSchema } from '../document';
import { asMap, pointerTo, shown, type Findings, type Loose } from './loose';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** Reports what the schema refuses, in our words: the value, its place, and what would be right. */
export function reportShape(issues: readonly Issue[], document: Loose, findings: Findings): void {
  for (const issue of issues) reportIssue(issue, document, findings);
}

function reportIssue(issue: Issue, document: Loose, findings: Findings): void {
  // Documents are JSON or YAML: no key is a symbol.
  const path = issue.path.filter((step) => typeof step !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    reportKeys(issue.keys, path, findings);
    return;
  }
  const at = path.reduce<string>(pointerTo, '');
  const value = path.reduce(inside, document);
  const { code, expected, help } = wrong(issue, value, path);
  const isAbsent = value === undefined && path.length > 0;
  const message = isAbsent ? `${lastName(path)} is missing` : `${lastName(path)} is ${shown(value)}, not ${expected}`;
  findings.add(isAbsent ? 'BAY3001' : code, at, message, isAbsent ? `give ${expected}` : (help ?? `write ${expected}`));
}

function inside(value: Loose, step: string | number): Loose {
  if (Array.isArray(value)) return (value as readonly Loose[])[Number(step)];
  return asMap(value)?.[step];
}

/** The last key of a path, with the indices after it. */
function lastName(path: Path): string {
  const last = path.findLastIndex((step) => typeof step === 'string');
  return path.length === 0 ? 'the document' : path.slice(last).reduce<string>(pointerTo, '');
}

interface Wrong {
  readonly code: DiagnosticCode;
  readonly expected: string;
  readonly help?: string;
}

function wrong(issue: Issue, value: Loose, path: Path): Wrong {
  switch (issue.code) {
    case 'invalid_type':
      return { code: 'BAY3001', expected: kinds[issue.expected] ?? issue.expected };
    case 'invalid_value':
      return invalidValue(issue.values, value, path);
    case 'invalid_union':
      return { code: 'BAY3003', expected: 'a quantity such as "500m", "2029Gi" or 8' };
    case 'too_small':
      return tooSmall(issue, path);
    case 'too_big':
      return { code: 'BAY3001', expected: `at most ${issue.maximum}${issue.origin === 'array' ? ' items' : ''}` };
    default:
      return { code: 'BAY3001', expected: issue.message };
  }
}

const kinds: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list of two group paths',
  object: 'a map',
  record: 'a map',
};

function invalidValue(values: readonly Loose[], value: Loose, path: Path): Wrong {
  const allowed = values.map(String).filter((text) => text !== '');
  if (path.length === 1 && path[0] === 'version') return { code: 'BAY3004', expected: allowed.join(', ') };
  const code = path.includes('nodeAffinity') ? 'BAY3022' : isTaint(path) ? 'BAY3021' : 'BAY3001';
  const guess = typeof value === 'string' ? nearest(value, allowed) : undefined;
  const help = guess === undefined ? undefined : `did you mean "${guess}"?`;
  return { code, expected: `one of ${allowed.join(', ')}`, help };
}

function isTaint(path: Path): boolean {
  return path.includes('tolerations') || path.includes('taints');
}

function tooSmall(issue: { readonly origin: string; readonly minimum: number | bigint }, path: Path): Wrong {
  if (issue.origin === 'string') return { code: 'BAY3006', expected: 'a name' };
  if (issue.origin === 'array') return { code: 'BAY3001', expected: `a list of at least ${issue.minimum}` };
  const code = path.includes('traffic') ? 'BAY3017' : 'BAY3007';
  return { code, expected: `a whole number from ${issue.minimum}` };
}

function reportKeys(keys: readonly string[], path: Path, findings: Findings): void {
  const allowed = allowedKeys(path);
  for (const unknown of keys) {
    const guess = nearest(unknown, allowed);
    const help = guess === undefined ? `keys allowed here: ${allowed.join(', ')}` : `did you mean "${guess}"?`;
    const at = [...path, unknown].reduce<string>(pointerTo, '');
    const place = path.length === 0 ? 'the document' : path.reduce<string>(pointerTo, '');
    findings.add('BAY3002', at, `${place} has an unknown key ${shown(unknown)}`, help);
  }
}

/** The keys that the schema knows at a place, found by walking its JSON Schema. */
function allowedKeys(path: Path): readonly string[] {
  const root = asMap(problemJsonSchema());
  const definitions = asMap(root?.['$defs']);
  let schema = root;
  for (const step of path) {
    const next =
      typeof step === 'number'
        ? schema?.['items']
        : (asMap(schema?.['properties'])?.[step] ?? schema?.['additionalProperties']);
    const reference = asMap(next)?.['$ref'];
    schema = typeof reference === 'string' ? asMap(definitions?.[reference.replace('#/$defs/', '')]) : asMap(next);
  }
  return Object.keys(asMap(schema?.['properties']) ?? {}).sort();
}
