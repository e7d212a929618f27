import { changed } from './difference';
import { emptyLock, lockText, type ChartPin, type ImagePin, type Lock, type ModelPin } from './lock';
import { splitReference } from './registry/reference';
import { settle, type Pins, type Wanted } from './wanted';

/** Which pins are resolved anew: none, all, or those that are named. */
export type Update = 'none' | 'all' | readonly string[];

/** What has to be looked up for a lock: what it lacks, and what is to be resolved anew. */
export function toLookUp(lock: Lock, wanted: readonly Wanted[], update: Update): Wanted[] {
  const missing = new Set(settle(wanted, lock).missing);
  return wanted.filter(
    (one) => isResolvable(one) && (missing.has(one) || isUpdated(one, update) || isUnseen(one, lock)),
  );
}

/** A chart at a digest is what it is; there is nothing more to know of it. */
function isResolvable(one: Wanted): boolean {
  if (one.waived !== undefined) return false;
  return one.kind !== 'chart' || (one.unpinnable === undefined && !one.version.includes('sha256:'));
}

/** An image that carries its digest by itself, and whose platforms nobody knows yet. */
function isUnseen(one: Wanted, { images }: Lock): boolean {
  if (one.kind !== 'image' || splitReference(one.name).digest === undefined) return false;
  const pin = settle([one], { ...emptyLock, images }).images[one.name];
  return pin !== undefined && 'platforms' in pin && pin.platforms.length === 0;
}

function isUpdated({ name }: Wanted, update: Update): boolean {
  if (update === 'none') return false;
  return update === 'all' || update.some((asked) => isCalled(name, asked));
}

/** True where a word names a pin: the whole name or the end of it, with its version or without. */
export function isCalled(name: string, asked: string): boolean {
  const whole = name.replace(/^[a-z]+:\/\//, '');
  const forms = [whole, whole.replace(/[@ ].*$/, ''), whole.replace(/(@|:(?!.*\/)).*$/, ''), name];
  return forms.some((form) => form === asked || form.endsWith(`/${asked}`) || form.endsWith(` ${asked}`));
}

/** A pin that is not as it was. */
export interface PinChange {
  readonly kind: 'image' | 'chart' | 'model';
  readonly name: string;
  /** In words; absent where it was not there, or is gone. */
  readonly before?: string;
  readonly after?: string;
}

/** A lock with other pins, and what is different in it. */
export interface Merged {
  readonly text: string;
  readonly changes: readonly PinChange[];
  /** How many are waived. */
  readonly waived: number;
  /** What is still not pinned. */
  readonly missing: readonly Wanted[];
}

/** Puts what was found into a lock, and leaves out what nothing wants any more; the rest of it stays. */
export function merged(lock: Lock, cluster: string, wanted: readonly Wanted[], found: Pins): Merged {
  const pins = {
    images: { ...lock.images, ...found.images },
    charts: { ...lock.charts, ...found.charts },
    models: { ...lock.models, ...found.models },
  };
  const { missing, ...settled } = settle(wanted, pins);
  const next = { ...lock, cluster, ...settled };
  const entries = [settled.images, settled.charts, settled.models].flatMap((each) => Object.values<Pin>(each));
  return {
    text: lockText(next),
    changes: [
      ...changesOf('image', lock.images, settled.images),
      ...changesOf('chart', lock.charts, settled.charts),
      ...changesOf('model', lock.models, settled.models),
    ],
    waived: entries.filter((pin) => 'waived' in pin).length,
    missing,
  };
}

type Pin = ImagePin | ChartPin | ModelPin;

function changesOf(
  kind: PinChange['kind'],
  old: Readonly<Record<string, Pin>>,
  fresh: Readonly<Record<string, Pin>>,
): PinChange[] {
  return changed<Pin>(old, fresh).map(({ name, before, after }) => ({
    kind,
    name,
    ...(before && { before: inWords(before) }),
    ...(after && { after: inWords(after) }),
  }));
}

function inWords(pin: Pin): string {
  if ('waived' in pin) return `waived: ${pin.waived}`;
  if ('unpinnable' in pin) return `no digest: ${pin.unpinnable}`;
  if ('revision' in pin) return pin.revision;
  return 'platforms' in pin && pin.platforms.length > 0 ? `${pin.digest} ${pin.platforms.join(' ')}` : pin.digest;
}
