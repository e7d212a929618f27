import { offUnless, onUnless, type ChartImage, type KnownChart, type Switch } from './chart';

/**
 * The operator, its init container that applies the CRDs (since 1.3), and its own jobs. The chart's own tag is the
 * appVersion of its part dynamo-operator, taken to be the version of the release: that of 0.9.0 was another by mistake
 * (Dynamo's release artifacts, known issues). Where a digest is set, the tag is set with it.
 */
const operator: ChartImage = {
  runs: 'the operator',
  when: [onUnless('dynamo-operator.enabled')],
  parts: {
    repository: {
      from: ['dynamo-operator.controllerManager.manager.image.repository'],
      own: 'nvcr.io/nvidia/ai-dynamo/kubernetes-operator',
    },
    tag: { from: ['dynamo-operator.controllerManager.manager.image.tag'], own: '{version}' },
  },
};

/** NATS 1.3.2 (nats-io/k8s fcb6b344, templates/_helpers.tpl), with the tags of Dynamo's values. */
function nats(when: Switch): ChartImage[] {
  return [
    natsImage('container.image', 'nats', '2.10.21-alpine', 'NATS', [when]),
    natsImage('reloader.image', 'natsio/nats-server-config-reloader', '0.16.0', 'the reloader of NATS', [
      when,
      onUnless('nats.reloader.enabled'),
    ]),
    natsImage('promExporter.image', 'natsio/prometheus-nats-exporter', '0.16.0', 'the metrics of NATS', [
      when,
      offUnless('nats.promExporter.enabled'),
    ]),
    natsImage('natsBox.container.image', 'natsio/nats-box', '0.14.5', "NATS' tools", [
      when,
      offUnless('nats.natsBox.enabled'),
    ]),
  ];
}

function natsImage(place: string, name: string, tag: string, runs: string, when: readonly Switch[]): ChartImage {
  const of = (field: string): string => `nats.${place}.${field}`;
  return {
    runs,
    when,
    whole: { from: [of('fullImageName')], own: '' },
    parts: {
      registry: { from: [of('registry'), 'global.image.registry', 'nats.global.image.registry'], own: '' },
      repository: { from: [of('repository')], own: name },
      tag: { from: [of('tag')], own: tag },
      digest: of('digest'),
    },
  };
}

/** Bitnami's etcd 12.0.18 (bitnami/charts, common/templates/_images.tpl), with the image of Dynamo's values. */
function etcd(when: Switch): ChartImage {
  return {
    runs: 'etcd',
    when: [when],
    parts: {
      registry: {
        from: ['global.imageRegistry', 'etcd.global.imageRegistry', 'etcd.image.registry'],
        own: 'docker.io',
      },
      repository: { from: ['etcd.image.repository'], own: 'bitnamilegacy/etcd' },
      tag: { from: ['etcd.image.tag'], own: '3.5.18-debian-12-r5' },
      digest: 'etcd.image.digest',
    },
    instead: 'run an etcd of your own: etcd.enabled false, and its address in dynamo-operator.etcdAddr',
  };
}

/** What 0.5.1 asks before the operator is there: a key for MPI, in a Secret that every graph waits for. */
const sshKeygen = [
  onUnless('dynamo-operator.enabled'),
  onUnless('dynamo-operator.dynamo.mpiRun.sshKeygen.enabled'),
] as const;

function sshKeygenImage(name: string, runs: string): ChartImage {
  return {
    runs,
    when: sshKeygen,
    parts: { repository: { own: name }, tag: { own: 'latest' } },
    fixed: 'its name is written into the template of the hook (ai-dynamo/dynamo #4297)',
    instead:
      'set dynamo-operator.dynamo.mpiRun.sshKeygen.enabled to false, and make the Secret mpi-run-ssh-secret yourself',
  };
}

/** Read before and after the release, since the tag itself was not at hand: all of this is the same in both. */
const early = [
  'ai-dynamo/dynamo 980727bb (2025-09-24, versions set for 0.5.1), deploy/cloud/helm',
  'ai-dynamo/dynamo fa4ce46c (2025-10-13, three days after 0.5.1), deploy/cloud/helm',
];

/** Versions 1.4 and 1.5: the same images; the others are off unless they are asked for. */
const currentImages = [operator, ...nats(offUnless('global.nats.install')), etcd(offUnless('global.etcd.install'))];

const bundled = [
  { when: offUnless('global.kai-scheduler.install'), what: 'the KAI Scheduler that it brings' },
  { when: offUnless('global.grove.install'), what: 'the Grove that it brings' },
];

/**
 * Dynamo's platform. Not listed is what the operator runs for a DynamoGraphDeploymentRequest, which Bayplan does not
 * write: dynamo-planner, and beside it bitnami/kubectl:latest (1.5, dynamographdeploymentrequest_controller.go).
 */
export const dynamoChart: KnownChart = {
  chart: 'dynamo-platform',
  versions: [
    {
      versions: /^0\.5\.1$/,
      images: [
        operator,
        {
          runs: 'the guard of its metrics',
          when: [onUnless('dynamo-operator.enabled')],
          parts: {
            repository: {
              from: ['dynamo-operator.controllerManager.kubeRbacProxy.image.repository'],
              own: 'gcr.io/kubebuilder/kube-rbac-proxy',
            },
            tag: { from: ['dynamo-operator.controllerManager.kubeRbacProxy.image.tag'], own: 'v0.15.0' },
          },
        },
        sshKeygenImage('bitnamisecure/git', 'a hook that makes a key for MPI'),
        sshKeygenImage('bitnamisecure/kubectl', 'a hook that keeps a key for MPI'),
        {
          runs: 'the debugger of components that ask for one',
          when: [onUnless('dynamo-operator.enabled')],
          whole: { from: ['dynamo-operator.dynamo.internalImages.debugger'], own: 'python:3.12-slim' },
        },
        ...nats(onUnless('nats.enabled')),
        etcd(onUnless('etcd.enabled')),
      ],
      others: [
        { when: offUnless('kai-scheduler.enabled'), what: 'the KAI Scheduler that it brings' },
        { when: offUnless('grove.enabled'), what: 'the Grove that it brings' },
      ],
      sources: early,
    },
    {
      versions: /^1\.4\.\d+$/,
      images: [
        ...currentImages,
        {
          runs: 'jobs that clean up checkpoints',
          when: [onUnless('dynamo-operator.enabled'), offUnless('dynamo-operator.checkpoint.enabled')],
          whole: { from: ['dynamo-operator.checkpoint.cleanupImage'], own: 'busybox:1.36' },
        },
      ],
      others: bundled,
      sources: ['ai-dynamo/dynamo e147ceea (2026-08-15, the last with version 1.4.0), deploy/helm/charts/platform'],
    },
    {
      versions: /^1\.5\.\d+$/,
      images: currentImages,
      others: [
        ...bundled,
        { when: offUnless('global.snapshot.install'), what: 'the Snapshot that it brings' },
        { when: offUnless('dynamo-operator.checkpoint.enabled'), what: 'what cleans up checkpoints' },
      ],
      sources: [
        'ai-dynamo/dynamo 2a6da14c (2026-08-21, version 1.5.0 in the making), deploy/helm/charts/platform',
        "Dynamo's release artifacts of 1.5.0: kubernetes-operator:1.5.0",
      ],
    },
  ],
};

/** CRDs alone, as a chart of their own before 1.0: nothing runs. */
export const dynamoCrdsChart: KnownChart = {
  chart: 'dynamo-crds',
  versions: [{ versions: /^0\.5\.1$/, images: [], sources: early }],
};
