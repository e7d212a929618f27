import type { Diagnostic } from '../../diagnostics/diagnostic';
import { groupBy } from '../../groups';
import { imagesIn } from '../../pins/images';
import { parseImage, splitReference } from '../../pins/registry/reference';
import type { Wanted, WantedChart, WantedImage } from '../../pins/wanted';
import type { ClusterModel } from '../collect';
import type { LoweredObject } from '../lower';
import { broughtBy, pointerOf, tells, type Brought } from './brought';
import { chartsOf, type ChartUse } from './charts';
import { floatingChart, floatingImage, unpinnableImage } from './findings';
import { wantedModel } from './models';
import { constructsOf, whereOf, type Use } from './uses';
import type { Waivers } from './waivers';

/** What the objects of a cluster name that can change by itself. */
export interface Survey {
  readonly wanted: readonly Wanted[];
  /** Who names what, by name. */
  readonly uses: ReadonlyMap<string, readonly Use[]>;
  /** Objects that name an image. */
  readonly holders: ReadonlySet<LoweredObject>;
  readonly charts: readonly ChartUse[];
  readonly brought: Brought;
  /** About what can never be pinned as it is named. */
  readonly faults: readonly Diagnostic[];
}

/** Looks through all objects of a cluster, and its graphs. */
export function survey(cluster: ClusterModel | undefined, objects: readonly LoweredObject[], waivers: Waivers): Survey {
  const charts = chartsOf(objects);
  const brought = broughtBy(objects);
  const written = writtenImages(objects, brought);
  const images = grouped([...written, ...imagesOf(brought)]);
  const named = [...images].map(([reference, uses]) => wantImage(reference, uses, waivers));
  const charted = [...usesOfCharts(charts)].map(([chart, uses]) => wantChart(chart, uses, waivers));
  const found = [...named, ...charted];
  const models = cluster?.graphs.filter(({ spec }) => !spec.manifest).map((graph) => wantedModel(graph, waivers)) ?? [];
  return {
    wanted: [...found.flatMap(({ wanted }) => wanted), ...uniqueModels(models)],
    uses: new Map(found.map(({ name, uses }) => [name, uses])),
    holders: new Set(written.map(([, { object }]) => object)),
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

/** A reference, and who names it. */
type ImageUse = readonly [reference: string, use: Use];

/** Images that stand in objects. What the list of a chart tells of its values, it tells better: with the whole name. */
function writtenImages(objects: readonly LoweredObject[], { releases }: Brought): ImageUse[] {
  const told = new Map(releases.map(({ release, images }) => [release, images]));
  return objects.flatMap((object) => {
    const ofChart = told.get(object) ?? [];
    return imagesIn(object.manifest)
      .filter(({ pointer }) => !tells(ofChart, pointer))
      .map(({ reference, pointer, inContainer }): ImageUse => [reference, { object, pointer, inContainer }]);
  });
}

/** Images that charts run. */
function imagesOf({ releases }: Brought): ImageUse[] {
  return releases.flatMap(({ release, chart, images }) =>
    images.map((image): ImageUse => {
      return [image.reference, { object: release, pointer: pointerOf(image), byChart: { chart, image } }];
    }),
  );
}

function grouped(all: readonly ImageUse[]): Map<string, Use[]> {
  const groups = [...groupBy(all, ([reference]) => reference)];
  return new Map(groups.map(([reference, uses]) => [reference, uses.map(([, use]) => use)]));
}

/** By the first of those of one name. */
function usesOfCharts(charts: readonly ChartUse[]): Map<ChartUse, Use[]> {
  const groups = [...groupBy(charts, ({ name }) => name).values()];
  return new Map(
    groups.flatMap((same): [ChartUse, Use[]][] => {
      const [first] = same;
      return first ? [[first, same.map(({ object, pointer }) => ({ object, pointer }))]] : [];
    }),
  );
}

function wantImage(name: string, uses: readonly Use[], waivers: Waivers): Found {
  const where = whereOf(uses);
  const read = parseImage(name, where);
  if (!read.ok) return { name, uses, wanted: [], faults: read.diagnostics };
  const { tag, digest } = splitReference(name);
  const unpinnable = digest === undefined ? reasonAgainst(uses) : undefined;
  const floats = digest === undefined && (tag === undefined || tag === 'latest');
  // Without a tag it may be no image at all, unless a container runs it.
  const mayBeNone = tag === undefined && !uses.some((use) => use.inContainer);
  const waivable = digest === undefined && (unpinnable !== undefined || !floats || mayBeNone);
  const waived = waivable ? waivers.reason('image', name, constructsOf(uses)) : undefined;
  const refused = (fault: Diagnostic): Found => ({ name, uses, wanted: [], faults: [fault] });
  if (unpinnable !== undefined && waived === undefined) return refused(unpinnableImage(name, unpinnable, uses));
  if (floats && waived === undefined) return refused(floatingImage(name, uses, waivable));
  const wanted: WantedImage = { kind: 'image', name, where, waived, unpinnable };
  return { name, uses, wanted: [wanted], faults: [] };
}

/** Why no value of a chart that runs it takes a digest. */
function reasonAgainst(uses: readonly Use[]): string | undefined {
  return uses.flatMap(({ byChart }) => (byChart?.image.pin.kind === 'not' ? [byChart.image.pin.reason] : []))[0];
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

/** Graphs may share a model; it is waived where all of them waive it. */
function uniqueModels(models: readonly Extract<Wanted, { kind: 'model' }>[]): Wanted[] {
  const byName = new Map<string, Extract<Wanted, { kind: 'model' }>>();
  for (const model of models) {
    const known = byName.get(model.name);
    if (known === undefined || model.waived === undefined) byName.set(model.name, model);
  }
  return [...byName.values()];
}
