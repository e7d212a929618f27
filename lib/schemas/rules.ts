import { parseQuantity } from '../model/quantity';
import { codePoints } from './constraints';
import type { Report } from './structure';
import { below, isMap, own, type CelRule, type Schema } from './schema';

/**
 * Rules in the Common Expression Language, by hand: those of the kinds that the library writes, each known by its
 * very text, so that a rule holds wherever a CRD has it, and no rule of another version does. `unchecked` tells the
 * others.
 */
interface Rule {
  /** Where the text is from. */
  readonly source: string;
  readonly cel: string;
  /** `self` has the shape that its schema asks for. */
  readonly holds: (self: unknown) => boolean;
}

/** The value at the end of a path of fields; undefined where one is absent. */
function get(self: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => (isMap(value) ? own(value, key) : undefined), self);
}

function has(self: unknown, ...path: readonly string[]): boolean {
  return get(self, ...path) !== undefined;
}

function items(self: unknown): readonly unknown[] {
  return Array.isArray(self) ? self : [];
}

function isUnset(self: unknown, field: string): boolean {
  const value = get(self, field);
  return value === undefined || (Array.isArray(value) && value.length === 0) || value === '';
}

function lower(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value;
}

function areUnique(values: readonly unknown[]): boolean {
  return new Set(values.map((value) => JSON.stringify(value))).size === values.length;
}

function numberAt(self: unknown, field: string): number | undefined {
  const value = get(self, field);
  return typeof value === 'number' ? value : undefined;
}

function minimumFits(self: unknown): boolean {
  const replicas = numberAt(self, 'replicas');
  return replicas === 0 || (numberAt(self, 'minAvailable') ?? 0) <= (replicas ?? 1);
}

function isPositive(value: unknown): boolean {
  // CEL's quantity() takes texts only: it fails, and with it the rule, for a number.
  const amount = typeof value === 'string' ? parseQuantity(value) : undefined;
  return amount !== undefined && amount > 0n;
}

function namesImage(self: unknown): boolean {
  return has(self, 'image') && get(self, 'image') !== '';
}

const backend = 'nvidia.com/vllm-distributed-executor-backend';
const hostname = 'kubernetes.io/hostname';

// deploy/operator/api of github.com/ai-dynamo/dynamo, from which its CRDs are made
const graph = 'Dynamo 1.4 and 1.5, DynamoGraphDeployment';
// pkg/apis/kai/v1alpha1 of github.com/kai-scheduler/KAI-Scheduler
const topology = 'KAI, Topology spec.levels';
// api/v2 and api/v1 of github.com/fluxcd/helm-controller, kustomize-controller and source-controller
const release = 'Flux 2, HelmRelease';

const rules: readonly Rule[] = [
  {
    source: `${graph} spec`,
    cel: 'oldSelf.hasValue() || !has(self.restart)',
    holds: (self) => !has(self, 'restart'),
  },
  {
    source: `${graph} v1alpha1 spec.pvcs[]`,
    cel: '!has(self.create) || self.create == false || (has(self.size) && has(self.storageClass) && has(self.volumeAccessMode))',
    holds: (self) =>
      get(self, 'create') !== true || ['size', 'storageClass', 'volumeAccessMode'].every((field) => has(self, field)),
  },
  {
    source: `${graph} v1beta1 spec.components`,
    cel: 'self.all(c1, !has(c1.name) || self.filter(c2, has(c2.name) && c2.name.lowerAscii() == c1.name.lowerAscii()).size() == 1)',
    holds: (self) =>
      areUnique(
        items(self)
          .filter((one) => has(one, 'name'))
          .map((one) => lower(get(one, 'name'))),
      ),
  },
  {
    source: `${graph} v1beta1 spec.components`,
    cel: "self.filter(c, has(c.type) && c.type == 'epp').size() <= 1",
    holds: (self) => items(self).filter((one) => get(one, 'type') === 'epp').length <= 1,
  },
  {
    source: `${graph} v1alpha1 spec.services{}, v1beta1 spec.components[]`,
    cel: '!has(self.minAvailable) || (has(self.replicas) && self.replicas == 0) || self.minAvailable <= (has(self.replicas) ? self.replicas : 1)',
    holds: minimumFits,
  },
  {
    source: `${graph} v1beta1 spec.components[]`,
    cel: "!has(self.eppConfig) || (has(self.type) && self.type == 'epp')",
    holds: (self) => !has(self, 'eppConfig') || get(self, 'type') === 'epp',
  },
  {
    source: `${graph} v1beta1 spec.components[].eppConfig`,
    cel: 'has(self.configMapRef) != has(self.config)',
    holds: (self) => has(self, 'configMapRef') !== has(self, 'config'),
  },
  {
    source: `${graph} spec.experimental.kvTransferPolicy`,
    cel: '(has(self.labelKey) && !has(self.clusterTopologyName)) || (!has(self.labelKey) && has(self.clusterTopologyName))',
    holds: (self) => has(self, 'labelKey') !== has(self, 'clusterTopologyName'),
  },
  {
    source: `${graph} spec.experimental.kvTransferPolicy`,
    cel: "!has(self.enforcement) || self.enforcement != 'preferred' || has(self.preferredWeight)",
    holds: (self) => get(self, 'enforcement') !== 'preferred' || has(self, 'preferredWeight'),
  },
  {
    source: `${graph} spec.experimental.kvTransferPolicy`,
    cel: "!has(self.preferredWeight) || (has(self.enforcement) && self.enforcement == 'preferred')",
    holds: (self) => !has(self, 'preferredWeight') || get(self, 'enforcement') === 'preferred',
  },
  {
    source: `${graph} spec.experimental.kvTransferPolicy.labelKey`,
    cel: "!self.contains('/') || self.split('/')[0].size() <= 253",
    holds: (self) => typeof self !== 'string' || !self.includes('/') || codePoints(self.split('/')[0] ?? '') <= 253,
  },
  {
    source: `${graph} v1alpha1 spec.services{}.checkpoint, v1beta1 spec.components[].experimental.checkpoint`,
    cel: '!has(self.job) || !has(self.checkpointRef) || size(self.checkpointRef) == 0',
    holds: (self) => !has(self, 'job') || isUnset(self, 'checkpointRef'),
  },
  {
    source: `${graph} v1alpha1 spec.services{}.gpuMemoryService`,
    cel: "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || self.mode == 'intraPod'",
    holds: (self) => isUnset(self, 'extraClientContainers') || get(self, 'mode') === 'intraPod',
  },
  {
    source: `${graph} v1alpha1 spec.services{}.gpuMemoryService`,
    cel: "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'interPod'",
    holds: (self) => isUnset(self, 'extraClientPods') || get(self, 'mode') === 'interPod',
  },
  {
    source: `${graph} v1beta1 spec.components[].experimental.gpuMemoryService`,
    cel: "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || self.mode == 'IntraPod'",
    holds: (self) => isUnset(self, 'extraClientContainers') || get(self, 'mode') === 'IntraPod',
  },
  {
    source: `${graph} v1beta1 spec.components[].experimental.gpuMemoryService`,
    cel: "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'InterPod'",
    holds: (self) => isUnset(self, 'extraClientPods') || get(self, 'mode') === 'InterPod',
  },
  {
    source: `${graph} gpuMemoryService`,
    cel: '!has(self.extraClientPods) || size(self.extraClientPods) == 0',
    holds: (self) => isUnset(self, 'extraClientPods'),
  },
  {
    source: `${graph} v1alpha1 spec.services{}.sharedMemory`,
    cel: "(has(self.disabled) && self.disabled) || (has(self.size) && quantity(self.size).isGreaterThan(quantity('0')))",
    holds: (self) => get(self, 'disabled') === true || isPositive(get(self, 'size')),
  },
  {
    source: `${graph} v1beta1 spec.components[].podTemplate.metadata.annotations`,
    cel: `!("${backend}" in self) || self["${backend}"].lowerAscii() in ["mp", "ray"]`,
    holds: (self) => !has(self, backend) || ['mp', 'ray'].some((word) => word === lower(get(self, backend))),
  },
  {
    source: `${graph} v1beta1 spec.components[].podTemplate.spec.initContainers[]`,
    cel: 'has(self.image) && self.image != ""',
    holds: namesImage,
  },
  {
    source: `${graph} v1beta1 spec.components[].podTemplate.spec.containers[]`,
    cel: 'self.name == "main" || (has(self.image) && self.image != "")',
    holds: (self) => get(self, 'name') === 'main' || namesImage(self),
  },
  {
    source: `${topology}, up to 0.16`,
    cel: 'size(self.filter(i, size(self.filter(j, j == i)) > 1)) == 0',
    holds: (self) => areUnique(items(self)),
  },
  {
    source: `${topology}, 0.17`,
    cel: 'size(self.filter(i, size(self.filter(j, j.nodeLabel == i.nodeLabel)) > 1)) == 0',
    holds: (self) => areUnique(items(self).map((level) => get(level, 'nodeLabel'))),
  },
  {
    source: topology,
    cel: `size(self.filter(i, i.nodeLabel == '${hostname}')) == 0 || self[size(self) - 1].nodeLabel == '${hostname}'`,
    holds: (self) => {
      const labels = items(self).map((level) => get(level, 'nodeLabel'));
      return !labels.includes(hostname) || labels.at(-1) === hostname;
    },
  },
  {
    source: `${release} spec`,
    cel: '(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))',
    holds: (self) => has(self, 'chart') !== has(self, 'chartRef'),
  },
  {
    source: `${release} spec.upgrade.strategy`,
    cel: "!has(self.retryInterval) || self.name == 'RetryOnFailure'",
    holds: (self) => !has(self, 'retryInterval') || get(self, 'name') === 'RetryOnFailure',
  },
  {
    source: `${release} spec.install.strategy`,
    cel: "!has(self.retryInterval) || self.name != 'RemediateOnFailure'",
    holds: (self) => !has(self, 'retryInterval') || get(self, 'name') !== 'RemediateOnFailure',
  },
  {
    source: `${release} and Kustomization spec.kubeConfig`,
    cel: 'has(self.configMapRef) || has(self.secretRef)',
    holds: (self) => has(self, 'configMapRef') || has(self, 'secretRef'),
  },
  {
    source: `${release} and Kustomization spec.kubeConfig`,
    cel: '!has(self.configMapRef) || !has(self.secretRef)',
    holds: (self) => !has(self, 'configMapRef') || !has(self, 'secretRef'),
  },
  {
    source: 'Flux 2, GitRepository spec',
    cel: "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
    holds: (self) =>
      !has(self, 'serviceAccountName') || ['azure', 'aws'].some((provider) => provider === get(self, 'provider')),
  },
];

/** Line breaks of a folded text mean nothing. */
function normal(cel: string): string {
  return cel.replace(/\s+/g, ' ').trim();
}

const byText = new Map(rules.map((rule) => [rule.cel, rule]));

/** Reports the rules of a schema that a prepared value of sound structure breaks. */
export function checkRules(value: unknown, schema: Schema, at: string, report: Report): void {
  if (value === null || value === undefined) return;
  for (const cel of schema['x-kubernetes-validations'] ?? []) {
    const known = byText.get(normal(cel.rule));
    if (known && !known.holds(value)) report({ ...broken(cel), pointer: at });
  }
  if (Array.isArray(value)) {
    const { items: each } = schema;
    if (each) value.forEach((item, i) => checkRules(item, each, `${at}[${i}]`, report));
  } else if (isMap(value)) {
    for (const key of Object.keys(value).sort()) {
      const inner = own(schema.properties, key) ?? schema.additionalProperties;
      if (inner) checkRules(value[key], inner, below(at, key), report);
    }
  }
}

function broken({ rule, message, optionalOldSelf }: CelRule): Omit<Parameters<Report>[0], 'pointer'> {
  return {
    kind: optionalOldSelf ? 'rule-on-create' : 'rule',
    message: `breaks a rule: ${message ?? normal(rule)}`,
  };
}

/** True for a rule that is checked. */
export function isKnownRule({ rule }: CelRule): boolean {
  return byText.has(normal(rule));
}
