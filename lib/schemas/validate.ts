import type { Issue } from './issue';
import { prepare } from './prepare';
import { checkRules } from './rules';
import { isMap, own, type JsonMap, type KindSchema, type SchemaBundle } from './schema';
import { checkValue } from './structure';

/**
 * Strict validation of Kubernetes objects against the structural schemas of their CRDs: what an API server would say
 * to `kubectl apply --validate=strict` of a new object, before any webhook.
 *
 * The schemas are interpreted here and not handed to zod's fromJSONSchema, which is exact for plain JSON Schema only
 * in part (zod 4.6): it lets an object pass that lacks a required field without a schema of its own, that fits no
 * branch of anyOf beside `type`, compares enum objects by identity, counts lengths in UTF-16, and knows neither
 * defaults and nulls as the API server treats them nor unique keys of lists. Structural schemas are few and closed:
 * no references, no recursion.
 *
 * Held against k8s.io/apiextensions-apiserver v0.34.1 itself, with its own defaulting, pruning, validation and CEL: over
 * 100,000 mutated and made-up objects of the CRDs of Dynamo, KAI, Grove and Flux, and of one that uses every keyword,
 * verdicts and unknown fields are the same, but for what the next paragraph names.
 *
 * Not checked: formats of texts (date-time and others), rules in CEL that rules.ts does not know, patterns that
 * JavaScript cannot say, and what admission webhooks ask for.
 */

/** Finds what is wrong with an object; undefined where the bundle knows nothing of its kind. Order is that of places. */
export type Validator = (object: unknown) => readonly Issue[] | undefined;

/** A validator for all kinds of a bundle. */
export function validatorFor(bundle: SchemaBundle): Validator {
  const versions = servedVersions(bundle);
  return (object) => {
    const { apiVersion, kind } = isMap(object) ? object : {};
    if (!isMap(object) || typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
    const known = own(bundle.kinds, `${apiVersion} ${kind}`);
    if (known) return validate(object, known);
    const served = versions.get(`${groupOf(apiVersion)} ${kind}`);
    return served && [notServed(apiVersion, served)];
  };
}

function validate(object: JsonMap, { schema, scope }: KindSchema): readonly Issue[] {
  const issues: Issue[] = [];
  const report = (issue: Issue): void => void issues.push(issue);
  const prepared = prepare(object, schema);
  checkValue(prepared, schema, '', report);
  if (scope === 'Cluster' && isMap(object['metadata']) && Boolean(object['metadata']['namespace'])) {
    report({
      kind: 'scope',
      pointer: 'metadata.namespace',
      message: 'is set, but the kind belongs to the whole cluster',
    });
  }
  // The API server too evaluates rules only where the structure is sound.
  if (issues.length === 0) checkRules(prepared, schema, '', report);
  return issues;
}

/** Group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** Versions by `<group> <Kind>`, sorted. */
function servedVersions(bundle: SchemaBundle): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  for (const key of Object.keys(bundle.kinds).sort()) {
    const [apiVersion = '', kind = ''] = key.split(' ');
    const name = `${groupOf(apiVersion)} ${kind}`;
    versions.set(name, [...(versions.get(name) ?? []), apiVersion]);
  }
  return versions;
}

function notServed(apiVersion: string, served: readonly string[]): Issue {
  return {
    kind: 'version',
    pointer: 'apiVersion',
    message: `is ${JSON.stringify(apiVersion)}, which is not served: ${served.join(', ')}`,
    help: 'write a version that the cluster serves, or import its CRDs anew if it has been upgraded',
  };
}
