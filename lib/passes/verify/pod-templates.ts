import type { LoweredObject } from '../lower';

/** A part of a manifest, as it was read: anything may be missing or of another kind after a patch. */
export type RawMap = Readonly<Record<string, unknown>>;

/** A pod template somewhere in a manifest. */
export interface FoundTemplate {
  readonly object: LoweredObject;
  /** Place in the manifest, such as `spec.components[1].podTemplate`. */
  readonly pointer: string;
  /** Name of the component, for a DynamoGraphDeployment. */
  readonly component?: string;
  readonly replicas: number;
  readonly metadata: RawMap;
  readonly spec: RawMap;
}

/** Every pod template of a manifest, of whatever kind the object is. */
export function podTemplates(object: LoweredObject): FoundTemplate[] {
  const { manifest } = object;
  const spec = asMap(manifest.spec);
  if (manifest.kind === 'DynamoGraphDeployment') return asList(spec.components).map(fromComponent(object));
  if (manifest.kind === 'Pod') return [{ ...found(object, '', { metadata: manifest.metadata, spec }), replicas: 1 }];
  const job = asMap(asMap(spec.jobTemplate).spec);
  if (spec.template !== undefined) return [found(object, 'spec.template', spec.template, spec.replicas)];
  return job.template === undefined ? [] : [found(object, 'spec.jobTemplate.spec.template', job.template)];
}

function fromComponent(object: LoweredObject): (component: unknown, index: number) => FoundTemplate {
  return (raw, index) => {
    const component = asMap(raw);
    const template = found(object, `spec.components[${index}].podTemplate`, component.podTemplate, component.replicas);
    return { ...template, component: typeof component.name === 'string' ? component.name : String(index) };
  };
}

function found(object: LoweredObject, pointer: string, raw: unknown, replicas: unknown = 1): FoundTemplate {
  const template = asMap(raw);
  const count = typeof replicas === 'number' ? replicas : 1;
  return { object, pointer, replicas: count, metadata: asMap(template.metadata), spec: asMap(template.spec) };
}

/** A map, or an empty one where the value is none. */
export function asMap(value: unknown): RawMap {
  // a non-null object that is no list is a map of unknown values: the type says no more than was looked at
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawMap) : {};
}

/** A list, or an empty one where the value is none. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text, or undefined where the value is none. */
export function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
