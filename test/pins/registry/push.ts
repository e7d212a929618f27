import { createHash } from 'node:crypto';

/** Writes to a registry without a login, by plain HTTP. */

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

export interface Pushed {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

export function digestOf(bytes: string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image for one platform; another `layer` makes it another image. */
export async function pushImage(
  base: string,
  name: string,
  tag: string,
  platform: Platform,
  layer = 'a layer',
): Promise<Pushed> {
  const config = JSON.stringify({ ...platform, rootfs: { type: 'layers', diff_ids: [digestOf(layer)] } });
  return pushManifest(base, name, tag, 'application/vnd.oci.image.config.v1+json', config, layer);
}

/** A chart as `helm push` writes one: its Chart.yaml as the config, and one layer. */
export async function pushChart(base: string, name: string, version: string): Promise<Pushed> {
  const config = JSON.stringify({ apiVersion: 'v2', name: name.split('/').at(-1), version });
  const type = 'application/vnd.cncf.helm.config.v1+json';
  return pushManifest(base, name, version.replaceAll('+', '_'), type, config, 'a packed chart');
}

export async function pushManifest(
  base: string,
  name: string,
  tag: string,
  configType: string,
  config: string,
  layer: string,
): Promise<Pushed> {
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST,
    config: { mediaType: configType, ...(await pushBlob(base, name, config)) },
    layers: [{ mediaType: 'application/octet-stream', ...(await pushBlob(base, name, layer)) }],
  };
  return put(base, name, tag, MANIFEST, JSON.stringify(manifest));
}

/** An index of images that were pushed by digest, with the platform of each; undefined leaves it out. */
export async function pushIndex(
  base: string,
  name: string,
  tag: string,
  images: readonly (readonly [Pushed, Platform | undefined])[],
): Promise<Pushed> {
  const manifests = images.map(([image, platform]) => ({ ...image, ...(platform && { platform }) }));
  return put(base, name, tag, INDEX, JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests }));
}

async function put(base: string, name: string, tag: string, mediaType: string, body: string): Promise<Pushed> {
  const address = `http://${base}/v2/${name}/manifests/${tag}`;
  await expectStatus(201, await fetch(address, { method: 'PUT', headers: { 'content-type': mediaType }, body }));
  return { digest: digestOf(body), mediaType, size: body.length };
}

async function pushBlob(base: string, name: string, body: string): Promise<{ digest: string; size: number }> {
  const started = await fetch(`http://${base}/v2/${name}/blobs/uploads/`, { method: 'POST' });
  await expectStatus(202, started);
  const address = new URL(started.headers.get('location') ?? '', `http://${base}`);
  const digest = digestOf(body);
  address.searchParams.set('digest', digest);
  const headers = { 'content-type': 'application/octet-stream' };
  await expectStatus(201, await fetch(address.href, { method: 'PUT', headers, body }));
  return { digest, size: body.length };
}

async function expectStatus(status: number, response: Response): Promise<void> {
  const text = await response.text();
  if (response.status !== status) throw new Error(`${response.url} answered ${response.status}: ${text}`);
}
