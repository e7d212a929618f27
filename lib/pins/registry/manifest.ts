import { z } from 'zod';
import { compareText } from '../../order';
import { parseJson } from './json';
import { isDigest, type Digest } from './reference';

// Media types of github.com/opencontainers/image-spec v1.1 and of docker's image manifest version 2, schema 2.
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;
const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;
const IMAGE_CONFIGS: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
/** Config of a chart: helm.sh/docs/topics/registries, and pkg/registry/constants.go of helm v3 and v4. */
const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';

/** All kinds of manifests that are understood, for the Accept header. */
export const MANIFEST_TYPES: readonly string[] = [...INDEXES, ...MANIFESTS];

const mediaType = z.string().max(255);
const digest = z.string().refine(isDigest);
const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });
const index = z.object({
  mediaType: mediaType.optional(),
  manifests: z.array(z.object({ platform: platform.nullish() })),
});
const manifest = z.object({
  mediaType: mediaType.optional(),
  artifactType: mediaType.optional(),
  config: z.object({ mediaType, digest, size: z.int().nonnegative() }),
});

/** What stands behind a tag or digest. */
export type Content =
  /** An image for several platforms, those as `os/architecture[/variant]`, in the order of text, each once. */
  | { readonly kind: 'index'; readonly mediaType: string; readonly platforms: readonly string[] }
  /** An image for one platform, which its config tells. */
  | { readonly kind: 'image'; readonly mediaType: string; readonly config: Digest }
  | { readonly kind: 'chart'; readonly mediaType: string }
  /** Something else that a registry keeps; `mediaType` is the one that says what. */
  | { readonly kind: 'other'; readonly mediaType: string };

/** Reads a manifest or an index that came with a Content-Type; a text where it is neither. */
export function readContent(body: Uint8Array, contentType: string | undefined): Content | string {
  const served = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const json = parseJson(body);
  const said: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'mediaType') : undefined;
  const type = typeof said === 'string' ? said : served;
  if (MANIFEST_TYPES.includes(served) && type !== served)
    return `a manifest that is served as another kind than it says`;
  if (INDEXES.some((known) => known === type)) return readIndex(json, type);
  if (MANIFESTS.some((known) => known === type)) return readManifest(json, type);
  return json === undefined ? 'no JSON where a manifest has to be' : { kind: 'other', mediaType: printable(type) };
}

/** The platform that an image's config tells; undefined where the bytes are no such config. */
export function readPlatform(body: Uint8Array): string | undefined {
  const read = platform.safeParse(parseJson(body));
  return read.success ? platformText(read.data) : undefined;
}

function readIndex(json: unknown, type: string): Content | string {
  const read = index.safeParse(json);
  if (!read.success) return 'an index that is not as its kind has to be';
  const platforms = read.data.manifests.flatMap((entry) => (entry.platform ? [platformText(entry.platform)] : []));
  // Attestations stand in an index as images of an unknown platform (docs.docker.com/build/metadata/attestations).
  const known = new Set(platforms.filter((text) => text !== 'unknown/unknown'));
  return { kind: 'index', mediaType: type, platforms: [...known].sort(compareText) };
}

function readManifest(json: unknown, type: string): Content | string {
  const read = manifest.safeParse(json);
  if (!read.success) return 'a manifest that is not as its kind has to be';
  const { config, artifactType } = read.data;
  if (config.mediaType === CHART_CONFIG) return { kind: 'chart', mediaType: type };
  if (IMAGE_CONFIGS.includes(config.mediaType)) return { kind: 'image', mediaType: type, config: config.digest };
  return { kind: 'other', mediaType: printable(artifactType ?? config.mediaType) };
}

function platformText({ os, architecture, variant }: z.infer<typeof platform>): string {
  return printable([os, architecture, ...(variant ? [variant] : [])].join('/'));
}

/** What a registry says is shown to people: no control characters, and not too much. */
function printable(text: string): string {
  return text.replace(/[^\x21-\x7e]/g, '?').slice(0, 255);
}
