/** Values of a Helm release, as they were written. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * A part of an image's name. Places in the values are written with dots, such as `operator.image.tag`; in a list of
 * variables the next word is the name of one.
 */
export interface Part {
  /** Places in the values; the first that says something counts. @default - the chart leaves no choice */
  readonly from?: readonly string[];
  /** What it is where no value says it; `{version}` stands for the version of the chart, without a leading v. */
  readonly own: string;
}

/** A switch among the values: as in Helm, `false`, 0, an empty text, list or map, and null are off. */
export interface Switch {
  /** Places in the values; the first that says something counts. */
  readonly from: readonly string[];
  /** What it is where no value says it. */
  readonly own: boolean;
  /** The one text that means on, where any other is off. @default - whatever Helm takes for true */
  readonly is?: string;
}

/** A name that the chart puts together as `[registry/]repository:tag`. */
export interface NameParts {
  /** Left out of the name where it is empty. @default - none */
  readonly registry?: Part;
  readonly repository: Part;
  readonly tag: Part;
  /** What the chart puts behind any tag, under a switch; a digest in the tag's place would be spoiled. */
  readonly suffix?: { readonly when: Switch; readonly text: string };
  /** The chart writes a tag that is a digest behind an `@`. @default - false */
  readonly bareDigest?: boolean;
  /** Place of a value that is written as `@digest` in place of the tag. @default - the chart has none */
  readonly digest?: string;
}

/** An image that a chart runs: one value holds the whole name, or the chart puts it together, or either. */
export type ChartImage = Runs &
  ({ readonly parts: NameParts; readonly whole?: Part } | { readonly whole: Part; readonly parts?: undefined });

interface Runs {
  /** What runs it, such as `the operator`. */
  readonly runs: string;
  /** All of them have to be on. @default - always */
  readonly when?: readonly Switch[];
  /** Why no value can hold a digest: for an image whose tag has no place in the values. */
  readonly fixed?: string;
  /** What to do where another image has to run and no value names it. */
  readonly instead?: string;
}

/** Versions of a chart, and the images that they run. */
export interface ChartVersions {
  /** Without a leading v. */
  readonly versions: RegExp;
  readonly images: readonly ChartImage[];
  /** What is installed besides under a switch, with images that are not listed here. */
  readonly others?: readonly { readonly when: Switch; readonly what: string }[];
  /** Where all of that was read. */
  readonly sources: readonly string[];
}

/** A chart by the last word of its address, such as `kai-scheduler`. */
export interface KnownChart {
  readonly chart: string;
  readonly versions: readonly ChartVersions[];
}

/** A switch that is on unless a value says otherwise. */
export function onUnless(...from: readonly string[]): Switch {
  return { from, own: true };
}

/** A switch that is off unless a value says otherwise. */
export function offUnless(...from: readonly string[]): Switch {
  return { from, own: false };
}
