import type { Manifest } from '../../emit/manifest';
import { isMap } from '../../inventory/fields';
import { imagesOf, type ReleaseImages } from './chart-images';
import type { Values } from './charts/chart';
import { textAt, valueAt } from './charts/values';

/** The chart that a HelmRelease installs, and with what values. */
export interface ReleaseChart {
  /** Last word of the chart's address, such as `kai-scheduler`. */
  readonly chart: string;
  /** As it is written; empty where it is not said, or only as a digest. */
  readonly version: string;
  readonly values: Values;
  /** Values come from other objects as well, and nothing is known of those. */
  readonly valuesFrom: boolean;
}

/**
 * The chart of a HelmRelease: what it names itself, or the OCIRepository or HelmChart that it refers to.
 *
 * @param manifests of the same cluster
 * @returns nothing for any other object, and where what it refers to is not among the manifests
 */
export function chartOf(release: Manifest, manifests: readonly Manifest[]): ReleaseChart | undefined {
  if (release.kind !== 'HelmRelease') return undefined;
  const { spec } = release;
  const source = valueAt(spec, 'chartRef') === undefined ? valueAt(spec, 'chart.spec') : referred(release, manifests);
  const address = textAt(source, 'url') || textAt(source, 'chart');
  if (address === '') return undefined;
  const values = valueAt(spec, 'values');
  const others = valueAt(spec, 'valuesFrom');
  return {
    chart: address.replace(/\/+$/, '').replace(/^.*\//, ''),
    version: textAt(source, 'version') || textAt(source, 'ref.tag'),
    values: isMap(values) ? values : {},
    valuesFrom: Array.isArray(others) && others.length > 0,
  };
}

/** The images that a HelmRelease runs, as far as they are known. */
export function releaseImages({ chart, version, values, valuesFrom }: ReleaseChart): ReleaseImages {
  const { images, notKnown } = imagesOf(chart, version, values);
  return { images, notKnown: valuesFrom ? [...notKnown, 'what values from other objects change'] : notKnown };
}

/** Spec of what `chartRef` names. */
function referred({ metadata, spec }: Manifest, manifests: readonly Manifest[]): unknown {
  const namespace = textAt(spec, 'chartRef.namespace') || metadata.namespace;
  const [kind, name] = [textAt(spec, 'chartRef.kind'), textAt(spec, 'chartRef.name')];
  return manifests.find(
    (one) => one.kind === kind && one.metadata.name === name && one.metadata.namespace === namespace,
  )?.spec;
}
