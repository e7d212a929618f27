import { offUnless, onUnless, type ChartImage, type KnownChart, type Switch } from './chart';

const REGISTRY = 'ghcr.io/kai-scheduler/kai-scheduler';

/** A row: place of the image in the values, its name in the registry, what runs it, and when. */
type Row = readonly [place: string, name: string, runs: string, ...when: readonly Switch[]];

/**
 * Every image has a tag of its own in the values, and the operator writes what stands there behind a colon (v0.17.0,
 * pkg/apis/kai/v1/common/image.go), so that `v0.17.0@sha256:…` passes through the Config object as well. The operator's
 * tag is also what it writes for a service whose Config says none; the Config of the chart says one for each.
 */
const rows: readonly Row[] = [
  ['operator.image', 'operator', 'the operator'],
  ['scheduler.image', 'scheduler', 'the scheduler', onUnless('scheduler.enabled')],
  ['binder.image', 'binder', 'the binder', onUnless('binder.enabled')],
  [
    'binder.resourceReservationImage',
    'resourcereservation',
    'pods that reserve a GPU for pods that share it',
    onUnless('binder.enabled'),
  ],
  ['podgrouper.image', 'podgrouper', 'the podgrouper', onUnless('podgrouper.enabled')],
  [
    'podgroupcontroller.image',
    'podgroupcontroller',
    'the controller of PodGroups',
    onUnless('podgroupcontroller.enabled'),
  ],
  ['queuecontroller.image', 'queuecontroller', 'the controller of Queues', onUnless('queuecontroller.enabled')],
  ['admission.image', 'admission', 'the admission webhooks', onUnless('admission.enabled')],
  [
    'nodescaleadjuster.image',
    'nodescaleadjuster',
    'the adjuster of node pools',
    offUnless('global.clusterAutoscaling'),
  ],
  [
    'nodescaleadjuster.scalingPodImage',
    'scalingpod',
    'pods that make a node pool grow',
    offUnless('global.clusterAutoscaling'),
  ],
  // What the operator does where nothing is said: it deploys the exporter for the plugin that reads it
  // (pkg/operator/operands/numa_placement_exporter).
  [
    'numaPlacementExporter.image',
    'numa-placement-exporter',
    'the exporter of NUMA placements',
    offUnless('numaPlacementExporter.enabled', 'scheduler.plugins.numa.enabled'),
  ],
  ['crdupgrader.image', 'crd-upgrader', 'a hook that applies the CRDs'],
  [
    'topologyMigration.image',
    'crd-upgrader',
    "a hook that copies Kueue's Topologies",
    onUnless('topologyMigration.enabled'),
  ],
  ['kaiConfigDeployer.image', 'crd-upgrader', 'a hook that applies the Config', onUnless('kaiConfigDeployer.enabled')],
  ['postCleanup.image', 'crd-upgrader', 'a hook that cleans up', onUnless('postCleanup.enabled')],
];

/** Hooks that read a registry of their own. */
const ownRegistry = ['crdupgrader.image', 'kaiConfigDeployer.image'];

function image([place, name, runs, ...when]: Row, fips: Switch): ChartImage {
  return {
    runs,
    when,
    parts: {
      registry: {
        from: [...(ownRegistry.includes(place) ? [`${place}.registry`] : []), 'global.registry'],
        own: REGISTRY,
      },
      repository: { from: [`${place}.name`], own: name },
      tag: { from: [`${place}.tag`, 'global.tag'], own: 'v{version}' },
      suffix: { when: fips, text: '-fips' },
    },
  };
}

const others = [{ when: offUnless('prometheus.enabled'), what: 'the Prometheus that its operator deploys' }];

/** The registry is written into the values when the chart is packaged (.github/workflows/on-release.yaml). */
const read = 'deployments/kai-scheduler';

/** KAI Scheduler: its services, which an operator starts from a Config object, and hooks of the chart. */
export const kaiChart: KnownChart = {
  chart: 'kai-scheduler',
  versions: [
    {
      versions: /^0\.(16\.([5-9]|\d{2,})|17\.0)$/,
      images: rows.map((row) => image(row, offUnless('global.fips'))),
      others,
      sources: [
        `kai-scheduler/KAI-Scheduler v0.16.5 (7d7f8567) to v0.16.8 (40da4c87), ${read}`,
        `kai-scheduler/KAI-Scheduler v0.17.0 (f218c69b), ${read}`,
      ],
    },
    {
      // The switch got another name on the branch of 0.17, before 0.17.1 (#2011).
      versions: /^0\.17\.[1-9]\d*$/,
      images: rows.map((row) => image(row, { from: ['global.fipsMode'], own: false, is: 'on' })),
      others,
      sources: [`kai-scheduler/KAI-Scheduler branch v0.17 at df7f1407 (2026-08-06), ${read}`],
    },
  ],
};
