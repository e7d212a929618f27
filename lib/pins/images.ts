import type { Manifest } from '../emit/manifest';
import { parseImage, splitReference } from './registry/reference';

/** An image that a manifest names. */
export interface ImageUse {
  /** `[host/]path[:tag][@digest]` */
  readonly reference: string;
  /** A container runs it; elsewhere a field that is called `image` may mean something else. */
  readonly inContainer: boolean;
  /** Place in the manifest, such as `spec.template.spec.containers[0].image`. */
  readonly pointer: string;
}

/** What to write for an image: its reference with a digest, or undefined to leave it as it is. */
export type PinImage = (use: ImageUse) => string | undefined;

/** Kinds whose `image` fields name none: data of others, and schemas. */
const WITHOUT_IMAGES: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'CustomResourceDefinition']);

/** Fields with names that somebody chose. */
const FREE_NAMES: ReadonlySet<string> = new Set(['labels', 'annotations', 'matchLabels', 'nodeSelector', 'selector']);

/** Where containers stand: core/v1, and `mainContainer` of Dynamo's v1alpha1. */
const CONTAINERS: ReadonlySet<string> = new Set([
  'containers',
  'initContainers',
  'ephemeralContainers',
  'mainContainer',
]);

type RawMap = Readonly<Record<string, unknown>>;

/**
 * Shows every image of a manifest to `pin`, at any depth: `image` of containers and of whatever else pods are made from,
 * `image` as charts have it in their values (repository, tag and perhaps a registry and a digest), and images that are
 * mounted as volumes. The manifest itself is returned where nothing was changed.
 */
export function withPinnedImages(manifest: Manifest, pin: PinImage): Manifest {
  if (WITHOUT_IMAGES.has(manifest.kind)) return manifest;
  const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, status: _status, ...rest } = manifest;
  const pinned = new Walk(pin).map(rest, '');
  return pinned === rest ? manifest : { ...manifest, ...pinned };
}

/** Every image that a manifest names, in its order. */
export function imagesIn(manifest: Manifest): readonly ImageUse[] {
  const found: ImageUse[] = [];
  withPinnedImages(manifest, (use) => {
    found.push(use);
    return undefined;
  });
  return found;
}

/** One walk through a manifest. */
class Walk {
  /** Keys on the way to where the walk is; made a text only for what is found. */
  private readonly path: (string | number)[] = [];

  constructor(private readonly pin: PinImage) {}

  /** @param parent key of the map, or of the list that it stands in */
  map(value: RawMap, parent: string): RawMap {
    let changed: Record<string, unknown> | undefined;
    for (const key of Object.keys(value)) {
      const child = value[key];
      if (typeof child !== 'string' && (typeof child !== 'object' || child === null)) continue;
      this.path.push(key);
      const fresh = this.child(key, child, parent);
      this.path.pop();
      if (fresh !== child) (changed ??= { ...value })[key] = fresh;
    }
    return changed ?? value;
  }

  private child(key: string, child: unknown, parent: string): unknown {
    if (key === 'image') return this.image(child, CONTAINERS.has(parent));
    if (key === 'reference' && parent === 'image' && typeof child === 'string') return this.text(child, true);
    if (typeof child === 'string' || FREE_NAMES.has(key)) return child;
    return this.any(child, key);
  }

  private any(value: unknown, key: string): unknown {
    if (Array.isArray(value)) return this.list(value, key);
    // a non-null object that is no list is a map of unknown values
    return typeof value === 'object' && value !== null ? this.map(value as RawMap, key) : value;
  }

  private list(items: readonly unknown[], key: string): readonly unknown[] {
    let changed: unknown[] | undefined;
    items.forEach((item, index) => {
      this.path.push(index);
      const fresh = this.any(item, key);
      this.path.pop();
      if (fresh !== item) (changed ??= [...items])[index] = fresh;
    });
    return changed ?? items;
  }

  private image(child: unknown, inContainer: boolean): unknown {
    if (typeof child === 'string') return this.text(child, inContainer);
    if (typeof child !== 'object' || child === null || Array.isArray(child)) return child;
    const values = child as RawMap; // a map, of whatever
    return typeof values['repository'] === 'string' && values['repository'] !== ''
      ? this.chartImage(values, values['repository'])
      : this.map(values, 'image');
  }

  private text(reference: string, inContainer: boolean): string {
    if (reference === '' || (!inContainer && !parseImage(reference, {}).ok)) return reference;
    return this.pin({ reference, inContainer, pointer: this.pointer() }) ?? reference;
  }

  /**
   * As charts have it. A field for the digest is filled; without one it goes behind the tag, since templates put
   * repository, colon and tag together.
   */
  private chartImage(values: RawMap, repository: string): RawMap {
    const { registry, tag, digest } = values;
    const host = typeof registry === 'string' && registry !== '' ? `${registry}/` : '';
    const version = typeof tag === 'string' || typeof tag === 'number' ? String(tag) : '';
    const named = `${host}${repository}${version === '' ? '' : `:${version}`}`;
    const reference = typeof digest === 'string' && digest !== '' ? `${named}@${digest}` : named;
    const pinned = this.pin({ reference, inContainer: false, pointer: this.pointer() });
    if (pinned === undefined || pinned === reference) return values;
    const found = splitReference(pinned).digest;
    return 'digest' in values ? { ...values, digest: found } : { ...values, tag: `${version}@${found}` };
  }

  private pointer(): string {
    return this.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('').slice(1); // prettier-ignore
  }
}
