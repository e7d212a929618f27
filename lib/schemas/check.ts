import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import type { Issue } from './issue';
import { isMap, type SchemaBundle } from './schema';
import { groupOf, validatorFor } from './validate';

/** An object to check, and who made it. */
export interface CheckedObject {
  /** The object as it will be written. */
  readonly manifest: unknown;
  /** Construct path below the fleet. */
  readonly construct: string;
}

/**
 * Holds objects against the CRDs of their cluster. Kinds that Kubernetes itself defines are not looked at; any other
 * kind that the bundle lacks gives one warning, at the first object of it.
 */
export function checkObjects(bundle: SchemaBundle, objects: readonly CheckedObject[]): Diagnostic[] {
  const validator = validatorFor(bundle);
  const unknown = new Map<string, CheckedObject>();
  const refused = objects.flatMap((object) => {
    const issues = validator(object.manifest);
    const key = issues ? undefined : customKind(object.manifest);
    if (key !== undefined && !unknown.has(key)) unknown.set(key, object);
    return (issues ?? []).map((issue) => refusal(issue, object));
  });
  return [...refused, ...[...unknown].map(([key, { construct }]) => noSchema(key, construct))];
}

/** Groups without a dot, and those below k8s.io, come with Kubernetes. */
function customKind(manifest: unknown): string | undefined {
  const { apiVersion, kind } = isMap(manifest) ? manifest : {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const group = groupOf(apiVersion);
  return group.includes('.') && !group.endsWith('.k8s.io') ? `${apiVersion} ${kind}` : undefined;
}

function refusal(issue: Issue, { manifest, construct }: CheckedObject): Diagnostic {
  const code = issue.kind === 'version' ? 'BAY4502' : issue.kind === 'rule-on-create' ? 'BAY4504' : 'BAY4501';
  const place = issue.pointer === '' ? 'the object' : issue.pointer;
  return diagnostic(code, {
    message: `${titleOf(manifest)} does not fit the CRDs of its cluster: ${place} ${issue.message}`,
    where: { construct, pointer: issue.pointer === '' ? undefined : issue.pointer },
    help: issue.help ?? ways[code],
    data: { issue: issue.kind },
  });
}

const ways = {
  BAY4501: 'change what is written there; if the cluster has been upgraded, import its CRDs anew',
  BAY4502: 'write a version that the cluster serves',
  BAY4504: 'leave it out until the object is there',
} as const;

function titleOf(manifest: unknown): string {
  const { kind, metadata } = isMap(manifest) ? manifest : {};
  return `${String(kind)} ${JSON.stringify(isMap(metadata) ? metadata['name'] : undefined)}`;
}

function noSchema(key: string, construct: string): Diagnostic {
  return diagnostic('BAY4503', {
    message: `no CRD is known for ${key}: objects of it are not checked`,
    where: { construct },
    help: 'name its CRD to bayplan schemas import as well',
    data: { kind: key },
  });
}
