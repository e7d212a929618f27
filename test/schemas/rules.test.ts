import { validatorFor } from '../../lib/schemas/validate';
import { thing, thingWith } from './crds';

/** Each rule, a value that keeps it, and one that breaks it. */
const cases: readonly (readonly [rule: string, good: readonly unknown[], bad: readonly unknown[]])[] = [
  [
    '!has(self.create) || self.create == false || (has(self.size) && has(self.storageClass) && has(self.volumeAccessMode))',
    [{}, { create: false }, { create: true, size: '1Gi', storageClass: 'a', volumeAccessMode: 'b' }],
    [{ create: true }, { create: true, size: '1Gi', storageClass: 'a' }],
  ],
  [
    'self.all(c1, !has(c1.name) || self.filter(c2, has(c2.name) && c2.name.lowerAscii() == c1.name.lowerAscii()).size() == 1)',
    [[], [{}, {}], [{ name: 'a' }, { name: 'b' }]],
    [[{ name: 'Decode' }, { name: 'a' }, { name: 'decode' }]],
  ],
  [
    "self.filter(c, has(c.type) && c.type == 'epp').size() <= 1",
    [[{ type: 'epp' }, { type: 'worker' }, {}]],
    [[{ type: 'epp' }, { type: 'epp' }]],
  ],
  [
    '!has(self.minAvailable) || (has(self.replicas) && self.replicas == 0) || self.minAvailable <= (has(self.replicas) ? self.replicas : 1)',
    [{}, { minAvailable: 1 }, { minAvailable: 2, replicas: 2 }, { minAvailable: 2, replicas: 0 }],
    [{ minAvailable: 2 }, { minAvailable: 3, replicas: 2 }],
  ],
  [
    "!has(self.eppConfig) || (has(self.type) && self.type == 'epp')",
    [{}, { eppConfig: {}, type: 'epp' }],
    [{ eppConfig: {} }],
  ],
  [
    'has(self.configMapRef) != has(self.config)',
    [{ config: {} }, { configMapRef: {} }],
    [{}, { config: {}, configMapRef: {} }],
  ],
  [
    '(has(self.labelKey) && !has(self.clusterTopologyName)) || (!has(self.labelKey) && has(self.clusterTopologyName))',
    [{ labelKey: 'a' }, { clusterTopologyName: 'b' }],
    [{}, { labelKey: 'a', clusterTopologyName: 'b' }],
  ],
  [
    "!has(self.enforcement) || self.enforcement != 'preferred' || has(self.preferredWeight)",
    [{}, { enforcement: 'required' }, { enforcement: 'preferred', preferredWeight: 0 }],
    [{ enforcement: 'preferred' }],
  ],
  [
    "!has(self.preferredWeight) || (has(self.enforcement) && self.enforcement == 'preferred')",
    [{}, { preferredWeight: 0, enforcement: 'preferred' }],
    [{ preferredWeight: 0 }, { preferredWeight: 1, enforcement: 'required' }],
  ],
  ["!self.contains('/') || self.split('/')[0].size() <= 253", ['a', 'a/b', 'a'.repeat(300)], [`${'a'.repeat(254)}/b`]],
  [
    '!has(self.job) || !has(self.checkpointRef) || size(self.checkpointRef) == 0',
    [{ job: {} }, { checkpointRef: 'a' }, { job: {}, checkpointRef: '' }],
    [{ job: {}, checkpointRef: 'a' }],
  ],
  [
    "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || self.mode == 'intraPod'",
    [
      { mode: 'interPod', extraClientContainers: [] },
      { mode: 'intraPod', extraClientContainers: ['a'] },
    ],
    [{ mode: 'interPod', extraClientContainers: ['a'] }],
  ],
  [
    "!has(self.extraClientContainers) || size(self.extraClientContainers) == 0 || self.mode == 'IntraPod'",
    [{ mode: 'IntraPod', extraClientContainers: ['a'] }],
    [{ mode: 'intraPod', extraClientContainers: ['a'] }],
  ],
  [
    "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'interPod'",
    [{ mode: 'interPod', extraClientPods: ['a'] }],
    [{ mode: 'intraPod', extraClientPods: ['a'] }],
  ],
  [
    "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'InterPod'",
    [{ mode: 'InterPod', extraClientPods: ['a'] }],
    [{ mode: 'interPod', extraClientPods: ['a'] }],
  ],
  [
    '!has(self.extraClientPods) || size(self.extraClientPods) == 0',
    [{}, { extraClientPods: [] }],
    [{ extraClientPods: ['a'] }],
  ],
  [
    "(has(self.disabled) && self.disabled) || (has(self.size) && quantity(self.size).isGreaterThan(quantity('0')))",
    [{ disabled: true }, { size: '1Gi' }, { size: '1', disabled: false }],
    [{}, { disabled: false }, { size: '0' }, { size: '-1Gi' }, { size: 1 }],
  ],
  [
    '!("nvidia.com/vllm-distributed-executor-backend" in self) || self["nvidia.com/vllm-distributed-executor-backend"].lowerAscii() in ["mp", "ray"]',
    [{}, { 'nvidia.com/vllm-distributed-executor-backend': 'Ray' }],
    [{ 'nvidia.com/vllm-distributed-executor-backend': 'mpi' }],
  ],
  ['has(self.image) && self.image != ""', [{ image: 'a' }], [{}, { image: '' }]],
  [
    'self.name == "main" || (has(self.image) && self.image != "")',
    [{ name: 'main' }, { name: 'a', image: 'b' }],
    [{ name: 'a' }, { name: 'a', image: '' }],
  ],
  [
    'size(self.filter(i, size(self.filter(j, j == i)) > 1)) == 0',
    [[], [{ nodeLabel: 'a' }, { nodeLabel: 'b' }]],
    [[{ nodeLabel: 'a' }, { nodeLabel: 'a' }]],
  ],
  [
    'size(self.filter(i, size(self.filter(j, j.nodeLabel == i.nodeLabel)) > 1)) == 0',
    [[{ nodeLabel: 'a' }, { nodeLabel: 'b' }]],
    [
      [
        { nodeLabel: 'a', alias: 'x' },
        { nodeLabel: 'a', alias: 'y' },
      ],
    ],
  ],
  [
    "size(self.filter(i, i.nodeLabel == 'kubernetes.io/hostname')) == 0 || self[size(self) - 1].nodeLabel == 'kubernetes.io/hostname'",
    [[{ nodeLabel: 'a' }], [{ nodeLabel: 'a' }, { nodeLabel: 'kubernetes.io/hostname' }]],
    [[{ nodeLabel: 'kubernetes.io/hostname' }, { nodeLabel: 'a' }]],
  ],
  [
    '(has(self.chart) && !has(self.chartRef)) || (!has(self.chart) && has(self.chartRef))',
    [{ chart: {} }, { chartRef: {} }],
    [{}, { chart: {}, chartRef: {} }],
  ],
  [
    "!has(self.retryInterval) || self.name == 'RetryOnFailure'",
    [{ name: 'RemediateOnFailure' }, { name: 'RetryOnFailure', retryInterval: '1m' }],
    [{ name: 'RemediateOnFailure', retryInterval: '1m' }],
  ],
  [
    "!has(self.retryInterval) || self.name != 'RemediateOnFailure'",
    [{ name: 'RemediateOnFailure' }, { name: 'RetryOnFailure', retryInterval: '1m' }],
    [{ name: 'RemediateOnFailure', retryInterval: '1m' }],
  ],
  ['has(self.configMapRef) || has(self.secretRef)', [{ secretRef: {} }], [{}]],
  ['!has(self.configMapRef) || !has(self.secretRef)', [{}, { secretRef: {} }], [{ configMapRef: {}, secretRef: {} }]],
  [
    "!has(self.serviceAccountName) || (has(self.provider) && (self.provider == 'azure' || self.provider == 'aws'))",
    [{}, { serviceAccountName: 'a', provider: 'aws' }],
    [{ serviceAccountName: 'a' }, { serviceAccountName: 'a', provider: 'generic' }],
  ],
];

/** Issues of a spec under rules, with nothing else asked for. */
function issues(validations: readonly object[], spec: unknown): unknown {
  const schema = { 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-validations': validations };
  return validatorFor(thingWith(schema))(thing(spec));
}

test.each(cases)('%s', (rule, good, bad) => {
  const broken = [{ kind: 'rule', pointer: 'spec', message: 'breaks a rule: so it is' }];
  for (const spec of good) expect([spec, issues([{ rule, message: 'so it is' }], spec)]).toEqual([spec, []]);
  for (const spec of bad) expect([spec, issues([{ rule, message: 'so it is' }], spec)]).toEqual([spec, broken]);
});

test('a rule for new objects is told apart', () => {
  const rule = { rule: 'oldSelf.hasValue() || !has(self.restart)', optionalOldSelf: true };
  expect(issues([rule], {})).toEqual([]);
  expect(issues([rule], { restart: {} })).toEqual([
    { kind: 'rule-on-create', pointer: 'spec', message: 'breaks a rule: oldSelf.hasValue() || !has(self.restart)' },
  ]);
});

test('a rule on changes says nothing of a new object', () => {
  expect(thingWith({ type: 'object', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] })).toEqual(
    thingWith({ type: 'object' }),
  );
});

test('line breaks in a rule do not matter', () => {
  expect(issues([{ rule: 'has(self.image)\n  && self.image != ""\n', message: 'm' }], {})).toHaveLength(1);
});

test('a rule is evaluated with defaults, at every depth', () => {
  const item = {
    type: 'object',
    properties: {
      mode: { type: 'string', default: 'interPod' },
      extraClientPods: { type: 'array', items: { type: 'string' } },
    },
    'x-kubernetes-validations': [
      {
        rule: "!has(self.extraClientPods) || size(self.extraClientPods) == 0 || self.mode == 'interPod'",
        message: 'm',
      },
    ],
  };
  const check = validatorFor(thingWith({ type: 'array', items: { type: 'object', additionalProperties: item } }));
  expect(
    check(thing([{ a: { extraClientPods: ['x'] } }, { b: { extraClientPods: ['x'], mode: 'intraPod' } }])),
  ).toEqual([{ kind: 'rule', pointer: 'spec[1].b', message: 'breaks a rule: m' }]);
});

test('rules wait until the structure is sound, as they do in the API server', () => {
  const schema = {
    type: 'object',
    properties: { image: { type: 'string' } },
    'x-kubernetes-validations': [{ rule: 'has(self.image) && self.image != ""', message: 'm' }],
  };
  expect(validatorFor(thingWith(schema))(thing({ imag: 'x' }))).toMatchObject([{ kind: 'unknown-field' }]);
});
