import fc from 'fast-check';
import { releases, sources } from '../../../lib/backends/flux/controllers';
import { imagesOf, knownCharts, pinnedValues } from '../../../lib/backends/flux/chart-images';
import type { Part, Values } from '../../../lib/backends/flux/charts/chart';
import { chartOf, releaseImages } from '../../../lib/backends/flux/release-charts';
import { profiles } from '../../../lib/backends/stacks';
import type { Manifest } from '../../../lib/emit/manifest';
import { parseImage, type Digest } from '../../../lib/pins/registry/reference';

const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;

const references = (chart: string, version: string, values: Values = {}): string[] =>
  imagesOf(chart, version, values).images.map(({ reference }) => reference);

/** Every image with a digest, as a lock would have it. */
const locked = (chart: string, version: string, values: Values): Map<string, Digest> =>
  new Map(references(chart, version, values).map((reference) => [reference, digest('a')]));

const options = { namespace: 'flux-system', verify: {}, charts: {} };

/** The releases of a stack as they are written, and what is known of their images. */
function releasesOf(profile: (typeof profiles)[number]): [string, ReturnType<typeof releaseImages>][] {
  const objects = [
    ...sources(options, { versions: profile.example, profile }),
    ...releases(options, { versions: profile.example, profile }),
  ].map((object): Manifest => ({ ...object }));
  return objects.flatMap((object) => {
    const chart = chartOf(object, objects);
    return chart ? [[chart.chart, releaseImages(chart)] as [string, ReturnType<typeof releaseImages>]] : [];
  });
}

describe('what the stacks run', () => {
  test.each(profiles.map((profile) => [profile.name, profile] as const))('%s: all of it is known', (_, profile) => {
    const found = releasesOf(profile);
    expect(found).toHaveLength(releases(options, { versions: profile.example, profile }).length);
    expect(found.flatMap(([, { notKnown }]) => notKnown)).toEqual([]);
    expect(found.filter(([chart, { images }]) => images.length === 0 && chart !== 'dynamo-crds')).toEqual([]);
  });

  test('Dynamo 1.5 with Grove on KAI 0.17', () => {
    const profile = profiles.find(({ name }) => name === 'Dynamo 1.5 with Grove on KAI 0.17');
    const found = profile ? releasesOf(profile) : [];
    const kai = 'ghcr.io/kai-scheduler/kai-scheduler';
    expect(found.map(([chart, { images }]) => [chart, images.map(({ reference, runs }) => [reference, runs])])).toEqual(
      [
        [
          'kai-scheduler',
          [
            [`${kai}/operator:v0.17.0`, 'the operator'],
            [`${kai}/scheduler:v0.17.0`, 'the scheduler'],
            [`${kai}/binder:v0.17.0`, 'the binder'],
            [`${kai}/resourcereservation:v0.17.0`, 'pods that reserve a GPU for pods that share it'],
            [`${kai}/podgrouper:v0.17.0`, 'the podgrouper'],
            [`${kai}/podgroupcontroller:v0.17.0`, 'the controller of PodGroups'],
            [`${kai}/queuecontroller:v0.17.0`, 'the controller of Queues'],
            [`${kai}/admission:v0.17.0`, 'the admission webhooks'],
            [`${kai}/crd-upgrader:v0.17.0`, 'a hook that applies the CRDs'],
            [`${kai}/crd-upgrader:v0.17.0`, "a hook that copies Kueue's Topologies"],
            [`${kai}/crd-upgrader:v0.17.0`, 'a hook that cleans up'],
          ],
        ],
        [
          'grove-charts',
          [
            ['ghcr.io/ai-dynamo/grove/grove-operator:v0.1.0-alpha.13', 'the operator'],
            ['ghcr.io/ai-dynamo/grove/grove-initc:v0.1.0-alpha.13', 'an init container of pods that start in an order'],
          ],
        ],
        ['dynamo-platform', [['nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.5.0', 'the operator']]],
      ],
    );
  });

  test('Dynamo 0.5.1, as its chart has it: two registries that cannot be relied on, and one that is gone', () => {
    expect(references('dynamo-platform', '0.5.1')).toEqual([
      'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:0.5.1',
      'gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0',
      'bitnamisecure/git:latest',
      'bitnamisecure/kubectl:latest',
      'python:3.12-slim',
      'nats:2.10.21-alpine',
      'natsio/nats-server-config-reloader:0.16.0',
      'docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5',
    ]);
  });

  test('Dynamo 0.5.1, as it is installed here', () => {
    const profile = profiles.find(({ name }) => name === 'Dynamo 0.5.1 on KAI 0.17');
    const found = new Map(profile ? releasesOf(profile) : []);
    expect(found.get('dynamo-platform')?.images.map(({ reference }) => reference)).toEqual([
      'nvcr.io/nvidia/ai-dynamo/kubernetes-operator:0.5.1',
      'registry.k8s.io/kubebuilder/kube-rbac-proxy:v0.15.0',
      'python:3.12-slim',
      'nats:2.10.21-alpine',
      'natsio/nats-server-config-reloader:0.16.0',
      'docker.io/bitnamilegacy/etcd:3.5.18-debian-12-r5',
    ]);
    expect(found.get('dynamo-crds')).toEqual({ images: [], notKnown: [] });
  });
});

describe('what nobody has read is said to be not known', () => {
  test.each([
    ['dynamo-platform', '0.6.0', 'the images of chart "dynamo-platform" 0.6.0'],
    ['kai-scheduler', 'v0.15.3', 'the images of chart "kai-scheduler" v0.15.3'],
    ['prometheus', '27.0.0', 'the images of chart "prometheus" 27.0.0'],
  ])('%s %s', (chart, version, expected) => {
    expect(imagesOf(chart, version, {})).toEqual({ images: [], notKnown: [expected] });
  });

  test('parts of a chart that are switched on', () => {
    const values = { global: { grove: { install: true }, snapshot: { install: true } } };
    expect(imagesOf('dynamo-platform', '1.5.0', values).notKnown).toEqual([
      'the Grove that it brings',
      'the Snapshot that it brings',
    ]);
    expect(imagesOf('kai-scheduler', '0.17.0', { prometheus: { enabled: true } }).notKnown).toEqual([
      'the Prometheus that its operator deploys',
    ]);
  });
});

describe('what the values say is honoured', () => {
  test('a registry, a tag for all and a tag for one', () => {
    const values = {
      global: { registry: 'mirror.example/kai', tag: 'v0.17.0-1' },
      scheduler: { image: { tag: 'team' } },
      crdupgrader: { image: { registry: 'hooks.example' } },
    };
    const found = references('kai-scheduler', 'v0.17.0', values);
    expect(found.slice(0, 2)).toEqual(['mirror.example/kai/operator:v0.17.0-1', 'mirror.example/kai/scheduler:team']);
    expect(found.filter((reference) => reference.includes('crd-upgrader'))).toEqual([
      'hooks.example/crd-upgrader:v0.17.0-1',
      'mirror.example/kai/crd-upgrader:v0.17.0-1',
      'mirror.example/kai/crd-upgrader:v0.17.0-1',
      'mirror.example/kai/crd-upgrader:v0.17.0-1',
    ]);
  });

  test('services that are off, and those that are off until asked for', () => {
    const values = {
      binder: { enabled: false },
      topologyMigration: { enabled: false },
      global: { clusterAutoscaling: true },
      scheduler: { plugins: { numa: { enabled: true } } },
    };
    const names = references('kai-scheduler', '0.17.0', values).map((reference) =>
      reference.replace(/^.*\/|:.*$/g, ''),
    );
    expect(names).toEqual([
      'operator',
      'scheduler',
      'podgrouper',
      'podgroupcontroller',
      'queuecontroller',
      'admission',
      'nodescaleadjuster',
      'scalingpod',
      'numa-placement-exporter',
      'crd-upgrader',
      'crd-upgrader',
      'crd-upgrader',
    ]);
  });

  test('a word that pins its own service wins over what would switch it on', () => {
    const values = { numaPlacementExporter: { enabled: false }, scheduler: { plugins: { numa: { enabled: true } } } };
    expect(references('kai-scheduler', '0.17.0', values).join()).not.toContain('numa');
  });

  test('null takes away what the chart says, and so switches off', () => {
    const values = { etcd: { enabled: null }, nats: { enabled: {} } };
    expect(references('dynamo-platform', '0.5.1', values).join()).not.toMatch(/etcd|nats/);
  });

  test('a digest, in each form that the charts have', () => {
    const tagged = { image: { tag: `v1@${digest('b')}` } };
    expect(references('grove-charts', 'v0.1.0-alpha.13', tagged)[0]).toBe(
      `ghcr.io/ai-dynamo/grove/grove-operator:v1@${digest('b')}`,
    );
    expect(references('grove-charts', 'v0.1.0-alpha.13', { image: { tag: digest('b') } })[0]).toBe(
      `ghcr.io/ai-dynamo/grove/grove-operator@${digest('b')}`,
    );
    const etcd = { etcd: { image: { digest: digest('b') } } };
    expect(references('dynamo-platform', '0.5.1', etcd).at(-1)).toBe(`docker.io/bitnamilegacy/etcd@${digest('b')}`);
    const nats = { nats: { container: { image: { fullImageName: 'mirror.example/nats:2' } } } };
    expect(references('dynamo-platform', '0.5.1', nats)).toContain('mirror.example/nats:2');
  });

  test('the name of an init container that stands in a list of variables', () => {
    const env = [{ name: 'OTHER' }, { name: 'GROVE_INIT_CONTAINER_IMAGE', value: 'mirror.example/initc' }];
    expect(references('grove-charts', '0.1.0-alpha.13', { deployment: { env } })[1]).toBe(
      'mirror.example/initc:v0.1.0-alpha.13',
    );
  });

  test('values of the wrong kind say nothing', () => {
    const values = { operator: 'none', scheduler: { image: ['a'] }, binder: { image: { tag: { a: 1 } } } };
    expect(references('kai-scheduler', '0.17.0', values)).toEqual(references('kai-scheduler', '0.17.0'));
  });

  test.each([
    ['0.17.0', { global: { fips: true } }, 'global.fips'],
    ['0.17.1', { global: { fipsMode: 'on' } }, 'global.fipsMode'],
  ])('KAI %s with FIPS writes behind any tag, so that no digest fits', (version, values, path) => {
    const { images } = imagesOf('kai-scheduler', version, values);
    expect(images[0]).toMatchObject({
      reference: `ghcr.io/kai-scheduler/kai-scheduler/operator:v${version}-fips`,
      pin: { kind: 'not', reason: `${path} is on, and the chart writes "-fips" behind any tag` },
    });
    expect(pinnedValues('kai-scheduler', version, values, locked('kai-scheduler', version, values))).toEqual(values);
  });
});

describe('pinning through values', () => {
  test('each form of a chart, and nothing else is touched', () => {
    const values = { nats: { config: { cluster: { enabled: true } } }, 'dynamo-operator': { natsAddr: 'a' } };
    const digests = new Map([
      ['gcr.io/kubebuilder/kube-rbac-proxy:v0.15.0', digest('1')],
      ['python:3.12-slim', digest('2')],
      ['nats:2.10.21-alpine', digest('3')],
      ['bitnamisecure/git:latest', digest('4')],
      ['not/run:here', digest('5')],
    ]);
    expect(pinnedValues('dynamo-platform', '0.5.1', values, digests)).toEqual({
      nats: { config: { cluster: { enabled: true } }, container: { image: { digest: digest('3') } } },
      'dynamo-operator': {
        natsAddr: 'a',
        controllerManager: { kubeRbacProxy: { image: { tag: `v0.15.0@${digest('1')}` } } },
        dynamo: { internalImages: { debugger: `python:3.12-slim@${digest('2')}` } },
      },
    });
    expect(values).toEqual({ nats: { config: { cluster: { enabled: true } } }, 'dynamo-operator': { natsAddr: 'a' } });
  });

  test('what has a digest keeps it', () => {
    const values = { image: { tag: `v1@${digest('b')}` } };
    expect(
      pinnedValues('grove-charts', '0.1.0-alpha.13', values, locked('grove-charts', '0.1.0-alpha.13', values)),
    ).toEqual(values);
  });

  test('a chart that is not known is left alone', () => {
    const values = { image: { tag: '1' } };
    expect(pinnedValues('prometheus', '1.0.0', values, new Map([['a', digest('a')]]))).toEqual(values);
  });

  const tag = fc.constantFrom(undefined, '', 'v9', 7, `v9@${digest('c')}`);
  const anyValues = fc.record({
    chart: fc.constantFrom<readonly [string, string, readonly string[]]>(
      ['kai-scheduler', '0.16.5', ['operator.image.tag', 'global.tag', 'binder.resourceReservationImage.tag']],
      ['kai-scheduler', '0.17.3', ['scheduler.image.tag', 'crdupgrader.image.tag']],
      ['grove-charts', '0.1.0-alpha.12-rc1', ['image.tag']],
      ['dynamo-platform', '0.5.1', ['nats.container.image.tag', 'dynamo-operator.controllerManager.manager.image.tag']],
      ['dynamo-platform', '1.4.2', ['dynamo-operator.controllerManager.manager.image.tag']],
    ),
    tags: fc.tuple(tag, tag, tag),
  });

  test('after it every image that takes a digest has one, and pinning again changes nothing', () => {
    fc.assert(
      fc.property(anyValues, ({ chart: [chart, version, places], tags }) => {
        const values = places.reduce<Values>((all, place, index) => merged(all, place.split('.'), tags[index]), {});
        const pinned = pinnedValues(chart, version, values, locked(chart, version, values));
        const { images } = imagesOf(chart, version, pinned);
        expect(images.filter(({ reference, pin }) => pin.kind === 'values' && !reference.includes('@'))).toEqual([]);
        expect(images.map(({ runs }) => runs)).toEqual(imagesOf(chart, version, values).images.map(({ runs }) => runs));
        expect(pinnedValues(chart, version, pinned, locked(chart, version, pinned))).toEqual(pinned);
      }),
    );
  });
});

function merged(values: Values, [word = '', ...rest]: readonly string[], value: unknown): Values {
  if (rest.length === 0) return { ...values, [word]: value };
  const below = values[word];
  return { ...values, [word]: merged(typeof below === 'object' ? (below as Values) : {}, rest, value) }; // maps only
}

describe('the lists themselves', () => {
  const all = knownCharts.flatMap(({ chart, versions }) => versions.map((one) => ({ chart, ...one })));

  test.each(all.map((one) => [`${one.chart} ${one.versions.source}`, one] as const))('%s', (_, { images, sources }) => {
    expect(sources.length).toBeGreaterThan(0);
    for (const image of images) {
      const parts: readonly (Part | undefined)[] = [image.whole, image.parts?.repository, image.parts?.tag];
      for (const part of parts)
        expect(part?.from?.every((path) => /^[\w-]+(\.[\w-]+)+$/.test(path)) ?? true).toBe(true);
      // A reason is given where no value holds a digest, and nowhere else.
      const pinnable = image.whole?.from ?? image.parts?.tag.from ?? image.parts?.digest;
      expect(image.fixed === undefined).toBe(pinnable !== undefined);
    }
  });

  test('no two entries of a chart are about one version', () => {
    const versions = ['0.5.1', '0.16.5', '0.16.8', '0.16.10', '0.17.0', '0.17.1', '0.17.12', '1.4.2', '1.5.0'];
    for (const { versions: entries } of knownCharts) {
      for (const version of versions) {
        expect(entries.filter((entry) => entry.versions.test(version)).length).toBeLessThanOrEqual(1);
      }
    }
  });

  test('every reference is one', () => {
    const found = all.flatMap(({ chart, images }) => images.map((image) => ({ chart, image }))).length;
    expect(found).toBeGreaterThan(30);
    for (const { chart, versions } of all) {
      const version = ['0.5.1', '0.16.8', '0.17.0', '0.17.1', '1.4.2', '1.5.0', '0.1.0-alpha.13'].find((one) =>
        versions.test(one),
      );
      for (const reference of references(chart, version ?? '')) {
        expect([reference, parseImage(reference, {}).ok]).toEqual([reference, true]);
      }
    }
  });
});
