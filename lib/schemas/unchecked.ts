import { goPattern } from './pattern';
import { isKnownRule } from './rules';
import type { Schema, SchemaBundle } from './schema';

/** What a kind asks for and nobody here checks. */
export interface Unchecked {
  /** As in a bundle, such as `kai.scheduler/v1alpha1 Topology`. */
  readonly kind: string;
  /** Rules in CEL, and patterns that JavaScript cannot say; sorted, each once. */
  readonly texts: readonly string[];
}

/**
 * Patterns that are not checked, and the unknown rules of those kinds that have known ones too: there a new release is
 * likely. Of other kinds no rule is known, and nobody expects it.
 */
export function unchecked(bundle: SchemaBundle): readonly Unchecked[] {
  return Object.entries(bundle.kinds).flatMap(([kind, { schema }]) => {
    const nodes = nodesOf(schema);
    const rules = nodes.flatMap((node) => node['x-kubernetes-validations'] ?? []);
    const unknown = rules.some(isKnownRule) ? rules.filter((rule) => !isKnownRule(rule)).map(({ rule }) => rule) : [];
    const patterns = nodes.flatMap(({ pattern }) => (pattern === undefined || goPattern(pattern) ? [] : [pattern]));
    const texts = [...new Set([...unknown, ...patterns])].sort();
    return texts.length > 0 ? [{ kind, texts }] : [];
  });
}

function nodesOf(schema: Schema): readonly Schema[] {
  const { items, additionalProperties, not } = schema;
  const inner = [
    ...Object.values(schema.properties ?? {}),
    ...[items, additionalProperties, not].filter((one) => one !== undefined),
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
  ];
  return [schema, ...inner.flatMap(nodesOf)];
}
