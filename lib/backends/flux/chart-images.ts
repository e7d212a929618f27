import { isMap } from '../../inventory/fields';
import { isDigest, type Digest } from '../../pins/registry/reference';
import type { ChartImage, ChartVersions, KnownChart, NameParts, Part, Switch, Values } from './charts/chart';
import { dynamoChart, dynamoCrdsChart } from './charts/dynamo';
import { groveChart } from './charts/grove';
import { kaiChart } from './charts/kai';
import { textAt, valueAt, withText } from './charts/values';

/** Every chart whose images are known. */
export const knownCharts: readonly KnownChart[] = [kaiChart, groveChart, dynamoChart, dynamoCrdsChart];

/** How a digest gets to an image of a chart. */
export type ImagePin =
  | {
      readonly kind: 'values';
      /** Place in the values of the release, such as `operator.image.tag`. */
      readonly path: string;
      /** What is written there: `tag@digest`, the digest alone, or the whole reference with it. */
      readonly form: 'tag' | 'digest' | 'reference';
      /** What stands before the digest and an `@`; empty for the digest alone. */
      readonly before: string;
    }
  | { readonly kind: 'not'; readonly reason: string };

/** An image that a release runs. */
export interface ReleaseImage {
  /** As the kubelet will be told, such as `ghcr.io/ai-dynamo/grove/grove-operator:v0.1.0-alpha.13`. */
  readonly reference: string;
  /** What runs it, such as `the operator`. */
  readonly runs: string;
  readonly pin: ImagePin;
  /** Place in the values where another image is named: its repository or its whole reference. */
  readonly replace?: string;
  /** What to do where that is no way out. */
  readonly instead?: string;
}

/** What is known of the images of a release. */
export interface ReleaseImages {
  readonly images: readonly ReleaseImage[];
  /** What runs besides, and is not known; such as `the images of chart "dynamo-platform" 0.6.0`. */
  readonly notKnown: readonly string[];
}

/**
 * The images that a release of a chart will run, in the order of the chart's list, one for each place that names one.
 *
 * @param chart last word of the chart's address, such as `kai-scheduler`
 * @param version with or without a leading v
 */
export function imagesOf(chart: string, version: string, values: Values): ReleaseImages {
  const known = versionsOf(chart, version);
  if (!known) return { images: [], notKnown: [`the images of chart "${chart}"${version && ` ${version}`}`] };
  const images = known.images
    .filter(({ when = [] }) => when.every((one) => isOn(values, one)))
    .map((image) => resolve(image, values, plain(version)));
  const notKnown = (known.others ?? []).filter(({ when }) => isOn(values, when)).map(({ what }) => what);
  return { images, notKnown };
}

/**
 * The values with a digest for each image that has one and takes it; nothing else in them changes, and what has a
 * digest keeps it.
 *
 * @param digests by reference, as `imagesOf` gives it
 */
export function pinnedValues(
  chart: string,
  version: string,
  values: Values,
  digests: ReadonlyMap<string, Digest>,
): Values {
  return imagesOf(chart, version, values).images.reduce((pinned, { reference, pin }) => {
    const digest = digests.get(reference);
    if (digest === undefined || pin.kind === 'not' || reference.includes('@')) return pinned;
    return withText(pinned, pin.path, pin.before === '' ? digest : `${pin.before}@${digest}`);
  }, values);
}

/** Why an image cannot be pinned, where the chart's list gives no better reason. */
const UNSAID = 'no value of the chart holds it';

function versionsOf(chart: string, version: string): ChartVersions | undefined {
  const known = knownCharts.find((one) => one.chart === chart);
  return known?.versions.find(({ versions }) => versions.test(plain(version)));
}

function plain(version: string): string {
  return version.replace(/^v/, '');
}

function resolve(image: ChartImage, values: Values, version: string): ReleaseImage {
  if (!image.parts) return wholly(image, image.whole, textOf(values, image.whole, version));
  const said = image.whole ? textOf(values, image.whole, version) : '';
  if (image.whole && said !== '') return wholly(image, image.whole, said);
  const { runs, fixed = UNSAID, instead, parts } = image;
  return { runs, ...named(parts, values, version, fixed), replace: parts.repository.from?.[0], instead };
}

/** One value holds the reference. */
function wholly({ runs, fixed = UNSAID, instead }: ChartImage, { from = [] }: Part, reference: string): ReleaseImage {
  const [path] = from;
  if (path === undefined) return { runs, reference, pin: { kind: 'not', reason: fixed }, instead };
  const pin = { kind: 'values', path, form: 'reference', before: reference } as const;
  return { runs, reference, pin, replace: path, instead };
}

/** A name of parts, and where a digest goes: behind the tag, or to a place of its own. */
function named(
  parts: NameParts,
  values: Values,
  version: string,
  fixed: string,
): { readonly reference: string; readonly pin: ImagePin } {
  const registry = parts.registry ? textOf(values, parts.registry, version) : '';
  const repository = textOf(values, parts.repository, version);
  const name = registry === '' ? repository : `${registry}/${repository}`;
  const digest = parts.digest === undefined ? '' : textAt(values, parts.digest);
  if (parts.digest !== undefined && digest !== '') {
    return { reference: `${name}@${digest}`, pin: { kind: 'values', path: parts.digest, form: 'digest', before: '' } };
  }
  const tag = textOf(values, parts.tag, version);
  const { suffix } = parts;
  if (suffix && isOn(values, suffix.when)) {
    const reason = `${suffix.when.from.join(' or ')} is on, and the chart writes "${suffix.text}" behind any tag`;
    return { reference: `${name}:${tag}${suffix.text}`, pin: { kind: 'not', reason } };
  }
  const separator = parts.bareDigest && isDigest(tag) ? '@' : ':';
  return { reference: `${name}${separator}${tag}`, pin: pinOf(parts, tag, fixed) };
}

function pinOf({ digest, tag: { from = [] } }: NameParts, tag: string, fixed: string): ImagePin {
  const [path] = from;
  if (digest !== undefined) return { kind: 'values', path: digest, form: 'digest', before: '' };
  if (path === undefined) return { kind: 'not', reason: fixed };
  return { kind: 'values', path, form: 'tag', before: tag };
}

function textOf(values: Values, { from = [], own }: Part, version: string): string {
  const said = from.map((path) => textAt(values, path)).find((text) => text !== '');
  return said ?? own.replace('{version}', version);
}

function isOn(values: Values, { from, own, is }: Switch): boolean {
  const value = from.map((path) => valueAt(values, path)).find((one) => one !== undefined);
  if (is !== undefined) return value === is;
  if (value === undefined) return own;
  return isMap(value) || Array.isArray(value) ? Object.keys(value).length > 0 : Boolean(value);
}
