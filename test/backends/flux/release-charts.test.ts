import { chartOf, releaseImages } from '../../../lib/backends/flux/release-charts';
import type { Manifest } from '../../../lib/emit/manifest';

const release = (spec: Record<string, unknown>): Manifest => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'one', namespace: 'flux-system' },
  spec,
});

const source = (kind: string, namespace: string, spec: Record<string, unknown>): Manifest => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind,
  metadata: { name: 'one', namespace },
  spec,
});

const oci = source('OCIRepository', 'flux-system', {
  url: 'oci://registry.example/charts/grove-charts/',
  ref: { tag: 'v1' },
});

describe('the chart of a release', () => {
  test('is what the release names itself', () => {
    const spec = { chart: { spec: { chart: 'charts/kai-scheduler', version: '0.17.0' } }, values: { a: 1 } };
    expect(chartOf(release(spec), [])).toEqual({
      chart: 'kai-scheduler',
      version: '0.17.0',
      values: { a: 1 },
      valuesFrom: false,
    });
  });

  test('is what the OCIRepository beside it has', () => {
    const spec = { chartRef: { kind: 'OCIRepository', name: 'one' } };
    expect(chartOf(release(spec), [oci])).toMatchObject({ chart: 'grove-charts', version: 'v1', values: {} });
  });

  test('is looked for in the namespace that is named, and of the kind', () => {
    const spec = { chartRef: { kind: 'HelmChart', name: 'one', namespace: 'other' } };
    const chart = source('HelmChart', 'other', { chart: 'dynamo-platform', version: '1.5.0' });
    expect(chartOf(release(spec), [oci, chart])).toMatchObject({ chart: 'dynamo-platform', version: '1.5.0' });
    expect(chartOf(release(spec), [oci])).toBeUndefined();
  });

  test('has no version where only a digest says which', () => {
    const spec = { chartRef: { kind: 'OCIRepository', name: 'one' } };
    const pinned = { ...oci, spec: { url: 'oci://registry.example/charts/grove-charts', ref: { digest: 'sha256:0' } } };
    const chart = chartOf(release(spec), [pinned]);
    expect(chart && releaseImages(chart)).toEqual({ images: [], notKnown: ['the images of chart "grove-charts"'] });
  });

  test('may have values that nobody sees here', () => {
    const spec = {
      chart: { spec: { chart: 'dynamo-crds', version: '0.5.1' } },
      valuesFrom: [{ kind: 'ConfigMap', name: 'more' }],
    };
    const chart = chartOf(release(spec), []);
    expect(chart && releaseImages(chart)).toEqual({
      images: [],
      notKnown: ['what values from other objects change'],
    });
  });

  test('is none for anything else', () => {
    expect(chartOf(oci, [oci])).toBeUndefined();
    expect(chartOf(release({}), [])).toBeUndefined();
    expect(chartOf({ ...release({}), spec: 'text' }, [])).toBeUndefined();
  });
});
