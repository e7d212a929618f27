/** A chart that a cluster installs. */
export interface InstalledChart {
  /** `oci://host/path`, or address of the repository and name of the chart with a blank between them. */
  readonly address: string;
  /** Tag or version, without a digest. */
  readonly version: string;
}

/** An image that a chart brings although nobody names it in its values. */
export interface ChartImage {
  /** `[host/]path:tag`, as the chart's templates put it together. */
  readonly reference: string;
  /** Values with which the chart names it at a digest; absent where the chart has none for that. */
  readonly values?: (digest: string) => Values;
}

/** Values of a chart. */
export type Values = Readonly<Record<string, unknown>>;

/** The images that a chart brings; none where it is not known. */
export type ImagesOfChart = (chart: InstalledChart) => readonly ChartImage[];

/** Values over others: maps are joined, all else of `own` stays. */
export function joinedValues(own: Values, added: Values): Values {
  const entries = Object.entries(added).map(([key, value]): [string, unknown] => {
    const mine = own[key];
    if (isMap(mine) && isMap(value)) return [key, joinedValues(mine, value)];
    return [key, Object.hasOwn(own, key) ? mine : value];
  });
  return { ...own, ...Object.fromEntries(entries) };
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
