import type { FieldReader, RawMap } from '../inventory/fields';
import { readRequests } from '../inventory/pods';
import type { NodeSelector, NodeSelectorRequirement, Toleration } from '../model/node';
import { addResources, type Resources } from '../model/resources';
import type { Claims } from './claims';
import type { PodTerm, Texts, WorkloadPod } from './workload';

/** A pod of a template, before it is known how many there are of it. */
export type PodShape = Omit<WorkloadPod, 'role' | 'count'>;

/** What pods of a template carry besides what it says. */
export interface Additions {
  readonly labels?: Texts;
  readonly annotations?: Texts;
  readonly tolerations?: readonly Toleration[];
}

/** Where the parts of a template stand in its object. */
export interface TemplatePlace {
  readonly metadata: string;
  readonly spec: string;
}

/** The place of a core/v1 template. */
export function templateAt(at: string): TemplatePlace {
  return { metadata: `${at}.metadata`, spec: `${at}.spec` };
}

/** Reads a core/v1 PodTemplateSpec, or a Pod. */
export function readPodShape(
  template: RawMap,
  { metadata: meta, spec: here }: TemplatePlace,
  fields: FieldReader,
  claims: Claims,
  { labels, annotations, tolerations = [] }: Additions = {},
): PodShape {
  const metadata = fields.map(template.metadata, meta);
  const asked = fields.map(template.spec, here);
  const unfilled = fillable.filter((key) => isPlaceholder(asked[key]));
  const spec = Object.fromEntries(Object.entries(asked).filter(([key]) => !unfilled.some((each) => each === key)));
  const affinity = fields.map(spec.affinity, `${here}.affinity`);
  const claimed = readClaims(spec, here, fields, claims);
  return {
    labels: { ...fields.labels(metadata.labels, `${meta}.labels`), ...labels },
    annotations: { ...annotations, ...fields.labels(metadata.annotations, `${meta}.annotations`) },
    requests: withGpus(readRequests(spec, {}, fields, here), claimed.gpus),
    nodeSelector: fields.labels(spec.nodeSelector, `${here}.nodeSelector`) ?? {},
    nodeAffinity: readNodeAffinity(affinity.nodeAffinity, `${here}.affinity.nodeAffinity`, fields),
    tolerations: [...readTolerations(spec.tolerations, `${here}.tolerations`, fields), ...tolerations],
    apart: readPodTerms(affinity.podAntiAffinity, `${here}.affinity.podAntiAffinity`, fields),
    near: readPodTerms(affinity.podAffinity, `${here}.affinity.podAffinity`, fields),
    schedulerName: fields.text(spec.schedulerName, `${here}.schedulerName`) || undefined,
    priorityClassName: fields.text(spec.priorityClassName, `${here}.priorityClassName`) || undefined,
    sharesMemory: claimed.channel,
    devices: claimed.devices,
    unknownClaims: claimed.unknown,
    unfilled: unfilled.map((key) => `${here}.${key}`),
    mustSpread: fields
      .list(spec.topologySpreadConstraints, `${here}.topologySpreadConstraints`)
      .some((item, i) => mustHold(fields.map(item, `${here}.topologySpreadConstraints[${i}]`))),
  };
}

/** Parts of a pod that differ from cluster to cluster, and are often left to Flux or envsubst. */
const fillable = ['nodeSelector', 'tolerations', 'affinity'] as const;

/** `${HW_NODE_SELECTOR}` in place of a map or a list. */
function isPlaceholder(value: unknown): boolean {
  return typeof value === 'string' && /^\$\{\w+(:?[-=].*)?\}$/.test(value);
}

function mustHold({ whenUnsatisfiable }: RawMap): boolean {
  return whenUnsatisfiable !== 'ScheduleAnyway';
}

const NVIDIA_GPU = 'nvidia.com/gpu';

function withGpus(requests: Resources, gpus: number): Resources {
  return gpus === 0 ? requests : addResources(requests, { [NVIDIA_GPU]: BigInt(gpus) * 1_000_000_000n });
}

interface Claimed {
  readonly gpus: number;
  readonly channel: boolean;
  readonly devices: Readonly<Record<string, number>>;
  readonly unknown: readonly string[];
}

function readClaims(spec: RawMap, here: string, fields: FieldReader, claims: Claims): Claimed {
  const names = fields.list(spec.resourceClaims, `${here}.resourceClaims`).map((item, i) => {
    const field = `${here}.resourceClaims[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = fields.map(item, field);
    const claim = fields.text(resourceClaimTemplateName, `${field}.resourceClaimTemplateName`);
    return claim ?? fields.text(resourceClaimName, `${field}.resourceClaimName`) ?? fields.text(name, field) ?? '';
  });
  const known = names.flatMap((name) => claims.get(name) ?? []);
  return {
    gpus: known.reduce((sum, { gpus }) => sum + gpus, 0),
    channel: known.some(({ channel }) => channel),
    devices: known.reduce((all, { others }) => sumOf(all, others), {}),
    unknown: names.filter((name) => !claims.has(name)),
  };
}

function sumOf(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [key, count] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + count;
  return sum;
}

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';

function readNodeAffinity(raw: unknown, at: string, fields: FieldReader): NodeSelector | undefined {
  const required = fields.map(raw, at)[REQUIRED];
  if (required === undefined || required === null) return undefined;
  const field = `${at}.${REQUIRED}.nodeSelectorTerms`;
  const terms = fields.list(fields.map(required, `${at}.${REQUIRED}`).nodeSelectorTerms, field);
  return {
    nodeSelectorTerms: terms.map((item, i) => {
      const { matchExpressions, matchFields } = fields.map(item, `${field}[${i}]`);
      return {
        matchExpressions: readRequirements(matchExpressions, `${field}[${i}].matchExpressions`, fields, operators),
        matchFields: readRequirements(matchFields, `${field}[${i}].matchFields`, fields, operators),
      };
    }),
  };
}

type Operator = NodeSelectorRequirement['operator'];

const operators = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const satisfies readonly Operator[];

/** Those of a label selector, which cannot compare numbers. */
const ofLabels = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const satisfies readonly Operator[];

function readRequirements(
  raw: unknown,
  at: string,
  fields: FieldReader,
  known: readonly Operator[],
): NodeSelectorRequirement[] {
  return fields.list(raw, at).flatMap((item, i) => {
    const requirement = fields.map(item, `${at}[${i}]`);
    const key = fields.name(requirement.key, `${at}[${i}].key`);
    const operator = fields.oneOf(requirement.operator, known, `${at}[${i}].operator`);
    const values = fields.list(requirement.values, `${at}[${i}].values`).flatMap((value, n) => {
      return fields.text(value, `${at}[${i}].values[${n}]`) ?? [];
    });
    if (key === undefined || operator === undefined) return [];
    return [requirement.values === undefined ? { key, operator } : { key, operator, values }];
  });
}

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const;

function readTolerations(raw: unknown, at: string, fields: FieldReader): Toleration[] {
  return fields.list(raw, at).map((item, i) => {
    const toleration = fields.map(item, `${at}[${i}]`);
    const text = (field: 'key' | 'value'): string | undefined => fields.text(toleration[field], `${at}[${i}].${field}`);
    const one = <Word extends string>(field: 'operator' | 'effect', words: readonly Word[]): Word | undefined =>
      toleration[field] ? fields.oneOf(toleration[field], words, `${at}[${i}].${field}`) : undefined;
    const entries = {
      key: text('key'),
      operator: one('operator', ['Exists', 'Equal'] as const),
      value: text('value'),
      effect: one('effect', effects),
    };
    return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));
  });
}

/** A term without a selector is about no pods, an empty selector about all. */
function readPodTerms(raw: unknown, at: string, fields: FieldReader): PodTerm[] {
  const field = `${at}.${REQUIRED}`;
  return fields.list(fields.map(raw, at)[REQUIRED], field).flatMap((item, i) => {
    const term = fields.map(item, `${field}[${i}]`);
    const topologyKey = fields.name(term.topologyKey, `${field}[${i}].topologyKey`);
    if (topologyKey === undefined || term.labelSelector === undefined || term.labelSelector === null) return [];
    const here = `${field}[${i}].labelSelector`;
    const selector = fields.map(term.labelSelector, here);
    return [
      {
        topologyKey,
        matchLabels: fields.labels(selector.matchLabels, `${here}.matchLabels`) ?? {},
        matchExpressions: readRequirements(selector.matchExpressions, `${here}.matchExpressions`, fields, ofLabels),
      },
    ];
  });
}
