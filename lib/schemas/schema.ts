import type { Json } from '../diagnostics/diagnostic';

/**
 * A structural schema as CustomResourceDefinitions hold it, with what validates and nothing else
 * (k8s.io/apiextensions-apiserver, pkg/apiserver/schema/structural.go). Keywords have the names that they have there.
 */
export interface Schema {
  /** Absent for int-or-string, for a node that keeps everything, and in the branches of a combinator. */
  readonly type?: SchemaType;
  readonly nullable?: true;
  /** What the API server writes where the field is absent. */
  readonly default?: Json;
  readonly enum?: readonly Json[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: true;
  readonly exclusiveMaximum?: true;
  readonly multipleOf?: number;
  /** Lengths count code points. */
  readonly minLength?: number;
  readonly maxLength?: number;
  /** A regular expression of Go. */
  readonly pattern?: string;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-embedded-resource'?: true;
  readonly 'x-kubernetes-int-or-string'?: true;
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-list-type'?: 'map' | 'set';
  readonly 'x-kubernetes-preserve-unknown-fields'?: true;
  readonly 'x-kubernetes-validations'?: readonly CelRule[];
}

export type SchemaType = 'array' | 'boolean' | 'integer' | 'number' | 'object' | 'string';

/** A rule in the Common Expression Language that holds for a new object; rules on changes are not kept. */
export interface CelRule {
  readonly rule: string;
  readonly message?: string;
  /** True where the rule asks whether the object is new: it may hold for a later version of it. */
  readonly optionalOldSelf?: true;
}

/** Whether objects of a kind live in a namespace. */
export type Scope = 'Cluster' | 'Namespaced';

/** The schema of one version of one kind. */
export interface KindSchema {
  readonly scope: Scope;
  readonly schema: Schema;
}

/** Schemas by `<group>/<version> <Kind>`, such as `kai.scheduler/v1alpha1 Topology`; sorted, plain JSON. */
export interface SchemaBundle {
  readonly kinds: Readonly<Record<string, KindSchema>>;
}

/** The value of an own key; keys come from documents, and `__proto__` may be one of them. */
export function own<T>(map: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** A JSON object, with nothing known of what it holds. */
export type JsonMap = Readonly<Record<string, unknown>>;

/** True for a JSON object. */
export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The place of a key below another place, in the form of every finding: `spec.labels["a.b/c"]`. */
export function below(at: string, key: string): string {
  if (!/^[^.[\]"\s]+$/.test(key)) return `${at}[${JSON.stringify(key)}]`;
  return at === '' ? key : `${at}.${key}`;
}
