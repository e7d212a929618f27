import type { FieldReader, RawMap } from '../inventory/fields';
import type { Claims } from './claims';
import type { ManifestObject } from './objects';
import { readPodShape, templateAt, type PodShape } from './pod';
import { kaiTopology } from './topology';
import type { WorkloadComponent, WorkloadPod } from './workload';

/** Reads the pods of a kind of workload. */
export type ReadPlain = (object: ManifestObject, fields: FieldReader, claims: Claims) => WorkloadComponent;

/** Deployments, StatefulSets and what else keeps a number of equal pods. */
export const readReplicated: ReadPlain = (object, fields, claims) => {
  const spec = fields.map(object.document.spec, 'spec');
  const replicas = fields.count(spec.replicas, 'spec.replicas');
  const pod = onlyPod(fields.map(spec.template, 'spec.template'), 'spec.template', fields, claims);
  return component(object, [pod], replicas);
};

/** Pods of a Job that run at once: its parallelism, if that many are to complete. */
export const readJob: ReadPlain = (object, fields, claims) => {
  const spec = fields.map(object.document.spec, 'spec');
  return jobOf(object, spec, 'spec', fields, claims);
};

/** One run of a CronJob. */
export const readCronJob: ReadPlain = (object, fields, claims) => {
  const spec = fields.map(object.document.spec, 'spec');
  const at = 'spec.jobTemplate.spec';
  const job = fields.map(fields.map(spec.jobTemplate, 'spec.jobTemplate').spec, at);
  return jobOf(object, job, at, fields, claims);
};

function jobOf(
  object: ManifestObject,
  spec: RawMap,
  at: string,
  fields: FieldReader,
  claims: Claims,
): WorkloadComponent {
  const parallelism = fields.count(spec.parallelism, `${at}.parallelism`);
  const completions = fields.count(spec.completions, `${at}.completions`);
  const pod = onlyPod(fields.map(spec.template, `${at}.template`), `${at}.template`, fields, claims);
  const replicas = parallelism === undefined ? undefined : Math.min(parallelism, completions ?? parallelism);
  return component(object, [pod], replicas);
}

export const readPod: ReadPlain = (object, fields, claims) => {
  const pod = readPodShape(object.document, { metadata: 'metadata', spec: 'spec' }, fields, claims);
  return component(object, [{ ...pod, role: 'only', count: 1 }], 1);
};

/** Replicas of several pods: `size` counts the leader, whose template may be another (leaderworkerset.x-k8s.io/v1). */
export const readLeaderWorkerSet: ReadPlain = (object, fields, claims) => {
  const spec = fields.map(object.document.spec, 'spec');
  const at = 'spec.leaderWorkerTemplate';
  const templates = fields.map(spec.leaderWorkerTemplate, at);
  const size = fields.count(templates.size, `${at}.size`, 1) ?? 1;
  const shapeOf = (part: 'leaderTemplate' | 'workerTemplate'): PodShape =>
    readPodShape(fields.map(templates[part], `${at}.${part}`), templateAt(`${at}.${part}`), fields, claims);
  const worker = shapeOf('workerTemplate');
  const leader = templates.leaderTemplate === undefined ? worker : shapeOf('leaderTemplate');
  const workers: WorkloadPod[] = size > 1 ? [{ ...worker, role: 'worker', count: size - 1 }] : [];
  const pods: WorkloadPod[] = [{ ...leader, role: size > 1 ? 'leader' : 'only', count: 1 }, ...workers];
  return component(object, pods, fields.count(spec.replicas, 'spec.replicas'));
};

function onlyPod(template: RawMap, at: string, fields: FieldReader, claims: Claims): WorkloadPod {
  return { ...readPodShape(template, templateAt(at), fields, claims), role: 'only', count: 1 };
}

function component(
  object: ManifestObject,
  pods: readonly WorkloadPod[],
  replicas: number | undefined,
): WorkloadComponent {
  return {
    name: object.name,
    pointer: 'spec',
    where: object.where,
    replicas: replicas ?? 1,
    saysReplicas: replicas !== undefined,
    isScaled: false,
    nodes: pods.reduce((sum, { count }) => sum + count, 0),
    pods,
    topologies: kaiTopology(pods[0]?.annotations ?? {}, 'spec.template.metadata.annotations'),
    annotations: {},
  };
}
