import { isMap, own, type JsonMap, type Schema } from './schema';

/**
 * An object as the API server sees it when it begins to validate: what a field leaves out has its default, and nulls
 * of fields that may not be null are gone, in properties and maps but not in lists
 * (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/defaulting: Default, PruneNonNullableNullsWithoutDefaults).
 */
export function prepare(value: unknown, schema: Schema): unknown {
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((item: unknown) => prepare(withDefault(item, items), items)) : value;
  }
  return isMap(value) ? prepareMap(value, schema) : value;
}

function prepareMap(value: JsonMap, schema: Schema): JsonMap {
  const absent = Object.entries(schema.properties ?? {}).filter(
    ([key, { default: given }]) => given !== undefined && own(value, key) === undefined,
  );
  const present = Object.entries(value).filter(([, one]) => one !== undefined);
  const entries = [...present, ...absent.map(([key]): [string, unknown] => [key, null])].flatMap(([key, one]) => {
    const below = own(schema.properties, key) ?? schema.additionalProperties;
    if (!below) return [[key, one]];
    const filled = withDefault(one, below);
    return filled === null && !below.nullable ? [] : [[key, prepare(filled, below)]];
  });
  return Object.fromEntries(entries) as JsonMap; // pairs, by the lines above
}

function withDefault(value: unknown, schema: Schema): unknown {
  return value === null && !schema.nullable && schema.default !== undefined ? schema.default : value;
}
