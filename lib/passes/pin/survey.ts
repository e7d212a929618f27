import type { Diagnostic } from '../../diagnostics/diagnostic';
import type { ChartImage, ImagesOfChart } from '../../pins/chart-images';
import { withPinnedImages } from '../../pins/images';
import { parseImage, splitReference } from '../../pins/registry/reference';
import type { Wanted, WantedChart, WantedImage } from '../../pins/wanted';
import type { ClusterModel } from '../collect';
import type { LoweredObject } from '../lower';
import { chartsOf, type ChartUse } from './charts';
import { floatingChart, floatingImage, unnameable } from './findings';
import { wantedModel } from './models';
import { add, constructsOf, whereOf, type Use } from './uses';
import type { Waivers } from './waivers';

/** An image that a chart brings, and the releases that install it. */
export interface BroughtImage {
  readonly image: ChartImage;
  readonly releases: readonly LoweredObject[];
}

/** What the objects of a cluster name that can change by itself. */
export interface Survey {
  readonly wanted: readonly Wanted[];
  /** Who names what, by name. */
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  /** Objects that name an image. */
  readonly holders: ReadonlySet<LoweredObject>;
  readonly charts: readonly ChartUse[];
  readonly brought: readonly BroughtImage[];
  /** About what can never be pinned as it is named. */
  readonly faults: readonly Diagnostic[];
}

/** Looks through all objects of a cluster, and its graphs. */
export function survey(
  cluster: ClusterModel | undefined,
  objects: readonly LoweredObject[],
  waivers: Waivers,
  imagesOf: ImagesOfChart,
): Survey {
  const charts = chartsOf(objects);
  const brought = charts.flatMap(({ address, version, releases }) =>
    imagesOf({ address, version: version.replace(/@.*/, '') }).map((image) => ({ image, releases })),
  );
  const images = usesOfImages(objects);
  const holders = new Set([...images.values()].flat().map(({ object }) => object));
  const named = [...images].map(([reference, uses]) => wantImage(reference, uses, waivers));
  const charted = [...usesOfCharts(charts)].map(([chart, uses]) => wantChart(chart, uses, waivers));
  const inCharts = brought
    .filter(({ image }) => !images.has(image.reference))
    .map((each) => wantBrought(each, waivers));
  const found = [...named, ...charted, ...inCharts];
  const models = cluster?.graphs.filter(({ spec }) => !spec.manifest).map((graph) => wantedModel(graph, waivers)) ?? [];
  return {
    wanted: [...found.flatMap(({ wanted }) => wanted), ...uniqueModels(models)],
    uses: new Map(found.map(({ name, uses }) => [name, uses])),
    holders,
    charts,
    brought,
    faults: found.flatMap(({ faults }) => faults),
  };
}

/** One thing that is named, and what was found out of it. */
interface Found {
  readonly name: string;
  readonly uses: readonly Use[];
  readonly wanted: readonly Wanted[];
  readonly faults: readonly Diagnostic[];
}

function usesOfImages(objects: readonly LoweredObject[]): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  for (const object of objects) {
    withPinnedImages(object.manifest, ({ reference, pointer, inContainer }) => {
      add(uses, reference, { object, pointer, inContainer });
      return undefined;
    });
  }
  return uses;
}

function usesOfCharts(charts: readonly ChartUse[]): Map<ChartUse, Use[]> {
  const first = new Map<string, ChartUse>();
  const uses = new Map<ChartUse, Use[]>();
  for (const chart of charts) {
    const known = first.get(chart.name) ?? chart;
    first.set(chart.name, known);
    add(uses, known, { object: chart.object, pointer: chart.pointer });
  }
  return uses;
}

function wantImage(name: string, uses: readonly Use[], waivers: Waivers): Found {
  const { tag, digest } = splitReference(name);
  const read = parseImage(name, whereOf(uses));
  if (!read.ok) return { name, uses, wanted: [], faults: read.diagnostics };
  const floats = digest === undefined && (tag === undefined || tag === 'latest');
  // Without a tag it may be no image at all, unless a container runs it.
  const waivable = digest === undefined && (!floats || (tag === undefined && !uses.some((use) => use.inContainer)));
  const waived = waivable ? waivers.reason('image', name, constructsOf(uses)) : undefined;
  if (floats && waived === undefined) return { name, uses, wanted: [], faults: [floatingImage(name, uses, waivable)] };
  const wanted: WantedImage = { kind: 'image', name, where: whereOf(uses), waived };
  return { name, uses, wanted: [wanted], faults: [] };
}

function wantChart(
  { name, address, version, unpinnable, floating }: ChartUse,
  uses: readonly Use[],
  waivers: Waivers,
): Found {
  if (floating !== undefined) return { name, uses, wanted: [], faults: [floatingChart(name, floating, uses)] };
  const waived = version.includes('sha256:') ? undefined : waivers.reason('chart', name, constructsOf(uses));
  const wanted: WantedChart = { kind: 'chart', name, where: whereOf(uses), waived, address, version, unpinnable };
  return { name, uses, wanted: [wanted], faults: [] };
}

/** An image that only a chart knows of: without values for its digest nothing that is written can hold one. */
function wantBrought({ image, releases }: BroughtImage, waivers: Waivers): Found {
  const { reference: name, values } = image;
  const uses = releases.map((object) => ({ object, pointer: 'spec.values' }));
  const waived = waivers.reason('image', name, constructsOf(uses));
  const wanted: WantedImage = { kind: 'image', name, where: whereOf(uses), waived };
  const isLost = values === undefined && waived === undefined;
  return { name, uses, wanted: isLost ? [] : [wanted], faults: isLost ? [unnameable(name, uses)] : [] };
}

/** Graphs may share a model; it is waived where all of them waive it. */
function uniqueModels(models: readonly Extract<Wanted, { kind: 'model' }>[]): Wanted[] {
  const byName = new Map<string, Extract<Wanted, { kind: 'model' }>>();
  for (const model of models) {
    const known = byName.get(model.name);
    if (known === undefined || model.waived === undefined) byName.set(model.name, model);
  }
  return [...byName.values()];
}
