import { z } from 'zod';
import { entryOf, type ChartPin, type ImagePin, type Lock, type ModelPin } from './lock';
import { isDigest, splitReference, type Digest } from './registry/reference';

const shared = {
  /** What a lock knows it by. */
  name: z.string(),
  /** Who needs it first. */
  where: z.strictObject({
    construct: z.string().optional(),
    file: z.string().optional(),
    line: z.number().optional(),
    column: z.number().optional(),
    pointer: z.string().optional(),
  }),
  /** Why it need not be pinned. */
  waived: z.string().optional(),
};

/** An image; its name is the reference as declared, or as a chart puts it together. */
const wantedImage = z.strictObject({
  kind: z.literal('image'),
  ...shared,
  /** Why a chart that runs it takes no digest; it is waived then. */
  unpinnable: z.string().optional(),
});

const wantedChart = z.strictObject({
  kind: z.literal('chart'),
  ...shared,
  /** `oci://host/path`, or that of another kind of repository where it is unpinnable. */
  address: z.string(),
  /** A version, a digest, or `version@digest`. */
  version: z.string(),
  /** Why there is no digest to pin. */
  unpinnable: z.string().optional(),
});

const wantedModel = z.strictObject({
  kind: z.literal('model'),
  ...shared,
  repository: z.string(),
  /** As declared. */
  revision: z.string().optional(),
});

/** What the clusters of a fleet want pinned: how the app of a fleet tells it to `bayplan lock`, as JSON. */
export const wantedDocument = z.strictObject({
  format: z.literal(1),
  clusters: z.array(
    z.strictObject({
      cluster: z.string(),
      /** Absolute; absent where the cluster keeps no lock. */
      lockFile: z.string().optional(),
      wanted: z.array(z.discriminatedUnion('kind', [wantedImage, wantedChart, wantedModel])),
    }),
  ),
});

export type WantedDocument = z.infer<typeof wantedDocument>;
export type WantedImage = Readonly<z.infer<typeof wantedImage>>;
export type WantedChart = Readonly<z.infer<typeof wantedChart>>;
export type WantedModel = Readonly<z.infer<typeof wantedModel>>;

/** Something that can change by itself. */
export type Wanted = WantedImage | WantedChart | WantedModel;

/** What a lock holds of images, charts and models. */
export type Pins = Pick<Lock, 'images' | 'charts' | 'models'>;

/**
 * What pins an image: the digest that it carries, a waiver, or the lock; undefined where nothing does. Platforms are
 * known to the lock alone.
 */
export function settleImage({ name, waived }: Pick<WantedImage, 'name' | 'waived'>, pins: Pins): ImagePin | undefined {
  const own = splitReference(name).digest;
  const locked = entryOf(pins.images, name);
  const known = locked && 'digest' in locked ? locked : undefined;
  if (own !== undefined) return { digest: own, platforms: known?.digest === own ? known.platforms : [] };
  return waived === undefined ? known : { waived };
}

/** What pins a chart: the digest that is declared, a waiver, the lock, or nothing ever. */
export function settleChart(
  { name, version, waived, unpinnable }: Omit<WantedChart, 'kind' | 'where' | 'address'>,
  pins: Pins,
): ChartPin | undefined {
  const own = digestOfVersion(version);
  if (own !== undefined) return { digest: own };
  if (waived !== undefined) return { waived };
  if (unpinnable !== undefined) return { unpinnable };
  const locked = entryOf(pins.charts, name);
  return locked && 'digest' in locked ? locked : undefined;
}

/** What pins a model: a commit that is declared, a waiver, or the lock. */
export function settleModel(
  { name, revision, waived }: Pick<WantedModel, 'name' | 'revision' | 'waived'>,
  pins: Pins,
): ModelPin | undefined {
  if (revision !== undefined && isCommit(revision)) return { revision };
  if (waived !== undefined) return { waived };
  const locked = entryOf(pins.models, name);
  return locked && 'revision' in locked ? locked : undefined;
}

/** The name of a model in a lock. */
export function modelName({ repository, revision }: Pick<WantedModel, 'repository' | 'revision'>): string {
  return revision === undefined ? repository : `${repository}@${revision}`;
}

/** True for a whole commit, which stands for one state of a model for ever. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

function digestOfVersion(version: string): Digest | undefined {
  const digest = version.slice(version.indexOf('@') + 1);
  return isDigest(digest) ? digest : undefined;
}

/** All that is wanted, as far as it is pinned, each by its name; and what nothing pins. */
export interface Settled extends Pins {
  readonly missing: readonly Wanted[];
}

/** Finds a pin for each that is wanted. */
export function settle(wanted: readonly Wanted[], pins: Pins): Settled {
  const missing: Wanted[] = [];
  const settled = <W extends Wanted, P>(all: readonly W[], find: (one: W, pins: Pins) => P | undefined) => {
    const entries = all.flatMap((one): [string, P][] => {
      const pin = find(one, pins);
      if (pin === undefined) missing.push(one);
      return pin === undefined ? [] : [[one.name, pin]];
    });
    return Object.fromEntries(entries);
  };
  const images = settled(
    wanted.filter((one) => one.kind === 'image'),
    settleImage,
  );
  const charts = settled(
    wanted.filter((one) => one.kind === 'chart'),
    settleChart,
  );
  const models = settled(
    wanted.filter((one) => one.kind === 'model'),
    settleModel,
  );
  return { images, charts, models, missing };
}
