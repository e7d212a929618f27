import type { Manifest } from '../../emit/manifest';
import { isDigest } from '../../pins/registry/reference';
import type { LoweredObject } from '../lower';
import { asMap, asText, type RawMap } from '../verify/pod-templates';

/** A chart that an object names. */
export interface ChartUse {
  readonly object: LoweredObject;
  readonly pointer: string;
  /** What a lock knows it by. */
  readonly name: string;
  readonly address: string;
  /** A version, a digest, or `version@digest`. */
  readonly version: string;
  /** Why there is no digest to pin. */
  readonly unpinnable?: string;
  /** What leaves it open which version is taken. */
  readonly floating?: string;
  /** Releases that install it. */
  readonly releases: readonly LoweredObject[];
}

const HELM_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** Semantic version 2.0.0, perhaps with a `v`: one version and no range of them. */
const ONE_VERSION = /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

/** The charts of a cluster: those of OCIRepositories, and those that releases take from repositories of other kinds. */
export function chartsOf(objects: readonly LoweredObject[]): ChartUse[] {
  const releases = objects.filter(({ manifest }) => manifest.kind === 'HelmRelease');
  const sources = new Map(
    objects.map(({ manifest }) => {
      const { namespace, name } = manifest.metadata;
      return [keyOf(manifest.kind, namespace, name), manifest] as const;
    }),
  );
  return objects.flatMap((object) => {
    const { kind, spec } = object.manifest;
    if (kind === 'OCIRepository') return ociChart(object, releases);
    if (kind === 'HelmChart') return repositoryChart(object, 'spec', asMap(spec), sources, []);
    const chart = kind === 'HelmRelease' ? asMap(asMap(spec)['chart'])['spec'] : undefined;
    return chart === undefined ? [] : repositoryChart(object, 'spec.chart.spec', asMap(chart), sources, [object]);
  });
}

/** An OCIRepository that holds a chart: it says so, or a release installs it. */
function ociChart(object: LoweredObject, releases: readonly LoweredObject[]): ChartUse[] {
  const spec = asMap(object.manifest['spec']);
  const installing = releases.filter(({ manifest }) => refersTo(manifest, object.manifest));
  if (installing.length === 0 && asMap(spec['layerSelector'])['mediaType'] !== HELM_LAYER) return [];
  const { tag, semver, digest } = asMap(spec['ref']);
  const address = asText(spec['url']) ?? '';
  const own = isDigest(asText(digest) ?? '') ? asText(digest) : undefined;
  const version = [asText(tag), own].filter((part) => part !== undefined).join('@');
  const name = version === '' ? address : `${address}${tag === undefined ? '@' : ':'}${version}`;
  const range = asText(semver) ?? version;
  const floating = floats(range, own !== undefined || (semver === undefined && !OPEN.has(version)));
  return [{ object, pointer: 'spec.ref', name, address, version, floating, releases: installing }];
}

/** A chart that a release takes from a repository by name and version. */
function repositoryChart(
  object: LoweredObject,
  pointer: string,
  chart: RawMap,
  sources: ReadonlyMap<string, Manifest>,
  releases: readonly LoweredObject[],
): ChartUse[] {
  const { kind, name, namespace } = asMap(chart['sourceRef']);
  const key = keyOf(asText(kind), asText(namespace) ?? object.manifest.metadata.namespace, asText(name));
  const url = asText(asMap(sources.get(key)?.['spec'])['url'])?.replace(/\/+$/, '');
  const address = `${url ?? key} ${asText(chart['chart']) ?? ''}`;
  const version = asText(chart['version']) ?? '';
  // The version of a chart in a Git repository or a bucket is that of the whole source.
  const isVersioned = kind === 'HelmRepository';
  const unpinnable = `comes from a ${isVersioned ? 'plain HTTP repository' : String(asText(kind))}`;
  return [
    {
      object,
      pointer,
      name: isVersioned ? `${address} ${version}`.trim() : address,
      address,
      version,
      unpinnable: url?.startsWith('oci://') ? 'a HelmRepository takes no digest' : unpinnable,
      floating: floats(version, !isVersioned || ONE_VERSION.test(version)),
      releases,
    },
  ];
}

/** What stands for no version. */
const OPEN: ReadonlySet<string> = new Set(['', '*', 'latest']);

/** What a version leaves open that is none. */
function floats(version: string, isOne: boolean): string | undefined {
  if (isOne) return undefined;
  if (OPEN.has(version)) return 'it is taken as whatever is latest';
  return `it is taken in any version of ${JSON.stringify(version)}`;
}

/** The source of a chart, at a digest; the tag stays for people, since Flux takes the digest where it finds both. */
export function withDigest(manifest: Manifest, digest: string): Manifest {
  const spec = asMap(manifest['spec']);
  return { ...manifest, spec: { ...spec, ref: { ...asMap(spec['ref']), digest } } };
}

function refersTo({ metadata, spec }: Manifest, source: Manifest): boolean {
  const { kind, name, namespace = metadata.namespace } = asMap(asMap(spec)['chartRef']);
  return kind === source.kind && name === source.metadata.name && namespace === source.metadata.namespace;
}

function keyOf(kind = 'source', namespace = '', name = ''): string {
  return [kind, namespace, name].join('/');
}
