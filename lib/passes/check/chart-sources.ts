import type { Diagnostic } from '../../diagnostics/diagnostic';
import { parseChart } from '../../pins/registry/reference';
import { placeOf, type ClusterModel } from '../collect';

/** Folders of registries that charts are taken from: that they are some. */
export function checkChartSources({ construct }: ClusterModel): Diagnostic[] {
  const { dynamo } = construct.fluxOptions.charts;
  if (dynamo === undefined) return [];
  const where = { ...placeOf(construct), pointer: 'flux.charts.dynamo' };
  return [...parseChart(`${dynamo}/dynamo-platform`, construct.stack.versions.dynamo, where).diagnostics];
}
