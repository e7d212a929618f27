import { type Outcome, type Where } from '../../diagnostics/diagnostic';
import type { Place } from './authority';
import { Client } from './client';
import { LookUpFailure } from './failure';
import { finding, type Passed } from './findings';
import { readContent, readPlatform, type Content } from './manifest';
import { parseChart, parseImage, type Digest, type Reference } from './reference';
import { readSettings, type RegistryOptions, type Settings } from './settings';
import { failed } from './transport';

/** An image as its registry has it now. */
export interface ResolvedImage {
  readonly kind: 'image';
  /** Of the index where there is one, else of the manifest: what a container may name. */
  readonly digest: Digest;
  readonly mediaType: string;
  /** `os/architecture[/variant]`, in the order of text; empty where an index names none. */
  readonly platforms: readonly string[];
}

/** A chart as its registry has it now. */
export interface ResolvedChart {
  readonly kind: 'chart';
  /** Of the manifest: what an OCIRepository of Flux may name. */
  readonly digest: Digest;
  readonly mediaType: string;
}

/** What to look up, and whose it is: a finding about it says `where`. */
export type Wanted = { readonly where: Where } & (
  | { readonly kind: 'image'; readonly reference: string }
  /** `address` is `oci://host/path`; `version` a version, tag or digest. */
  | { readonly kind: 'chart'; readonly address: string; readonly version: string }
);

/** Told after each look-up, whatever came of it: how many are done, of how many, and what it was. */
export type OnProgress = (done: number, total: number, name: string) => void;

/**
 * Opens registries for look-ups; nothing is asked yet. Close them at the end. BAY6009 for options that cannot be used.
 */
export function openRegistries(options: RegistryOptions = {}): Outcome<Registries> {
  const settings = readSettings(options);
  return settings.ok ? { ...settings, value: new Registries(settings.value) } : settings;
}

/** Look-ups in registries. Logins, connections and time limit are shared by all of them. */
export class Registries {
  private readonly client: Client;
  /** Hosts that nobody could reach, however often it was tried: the next look-up there need not try again. */
  private readonly down = new Map<string, LookUpFailure>();

  constructor(private readonly settings: Settings) {
    this.client = new Client(settings);
  }

  /** The digest and platforms of an image: `[host/]repository[:tag][@digest]`. */
  async resolveImage(reference: string, where: Where): Promise<Outcome<ResolvedImage>> {
    const read = parseImage(reference, where);
    if (!read.ok) return read;
    return this.attempt(read.value, where, (place) => this.image(place, read.value));
  }

  /** The digest of a chart: `oci://host/path`, and a version, tag or digest. */
  async resolveChart(address: string, version: string, where: Where): Promise<Outcome<ResolvedChart>> {
    const read = parseChart(address, version, where);
    if (!read.ok) return read;
    return this.attempt(read.value, where, (place) => this.chart(place, read.value));
  }

  /** Looks up all of them, a few at a time; outcomes in the order of `wanted`. */
  async resolveAll(
    wanted: readonly Wanted[],
    onProgress: OnProgress = () => undefined,
  ): Promise<readonly Outcome<ResolvedImage | ResolvedChart>[]> {
    const outcomes: Outcome<ResolvedImage | ResolvedChart>[] = [];
    const waiting = [...wanted.entries()];
    let done = 0;
    const work = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const [position, one] = next;
        outcomes[position] = await this.resolve(one);
        onProgress(++done, wanted.length, one.kind === 'image' ? one.reference : `${one.address}:${one.version}`);
      }
    };
    await Promise.all(Array.from({ length: this.settings.concurrency }, work));
    return outcomes;
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await this.client.close();
  }

  private resolve(wanted: Wanted): Promise<Outcome<ResolvedImage | ResolvedChart>> {
    return wanted.kind === 'image'
      ? this.resolveImage(wanted.reference, wanted.where)
      : this.resolveChart(wanted.address, wanted.version, wanted.where);
  }

  private async image(place: Place, { target }: Reference): Promise<ResolvedImage> {
    const { digest, content } = await this.content(place, target);
    const { kind, mediaType } = content;
    if (kind === 'index') return { kind: 'image', digest, mediaType, platforms: content.platforms };
    if (kind !== 'image') throw otherKind(place, content, 'an image');
    const platform = readPlatform(await this.client.blob(place, content.config));
    if (platform === undefined) throw failed(place.host, 'the config of the image names no platform');
    return { kind, digest, mediaType, platforms: [platform] };
  }

  private async chart(place: Place, { target }: Reference): Promise<ResolvedChart> {
    const { digest, content } = await this.content(place, target);
    const { kind, mediaType } = content;
    if (kind !== 'chart') throw otherKind(place, content, 'a chart');
    return { kind, digest, mediaType };
  }

  private async content(place: Place, target: string): Promise<{ digest: Digest; content: Content }> {
    const { digest, body, contentType } = await this.client.manifest(place, target);
    const content = readContent(body, contentType);
    if (typeof content === 'string') throw failed(place.host, `it answered with ${content}`);
    return { digest, content };
  }

  /**
   * Asks the mirrors of a registry, then the registry. What a mirror lacks or cannot give is asked of the next one; a
   * digest that does not match ends it, since somebody along the way changes what is sent.
   */
  private async attempt<T>(reference: Reference, where: Where, ask: (place: Place) => Promise<T>): Promise<Outcome<T>> {
    const { host, repository } = reference;
    const mirrors = this.settings.mirrors.get(host) ?? [];
    const passed: Passed[] = [];
    for (const { host: at, prefix } of [...mirrors, { host, prefix: '' }]) {
      try {
        const place = { host: at, repository: `${prefix}${repository}` };
        return { ok: true, value: await this.unlessDown(place, ask), diagnostics: [] };
      } catch (error) {
        if (!(error instanceof LookUpFailure)) throw error;
        passed.push({ at, failure: error.failure });
        if (error.failure.kind === 'digest') break;
      }
    }
    return { ok: false, diagnostics: [finding(reference, passed, where)] };
  }

  private async unlessDown<T>(place: Place, ask: (place: Place) => Promise<T>): Promise<T> {
    const known = this.down.get(place.host);
    if (known !== undefined) throw known;
    try {
      return await ask(place);
    } catch (error) {
      if (error instanceof LookUpFailure && error.failure.kind === 'unreachable') this.down.set(place.host, error);
      throw error;
    }
  }
}

function otherKind({ host }: Place, content: Content, wanted: string): LookUpFailure {
  const found = content.kind === 'other' ? content.mediaType : content.kind === 'chart' ? 'a chart' : 'an image';
  return new LookUpFailure({ kind: 'media-type', host, found, wanted });
}
