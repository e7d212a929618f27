import type { IConstruct } from 'constructs';
import type { Where } from '../../diagnostics/diagnostic';
import type { LoweredObject } from '../lower';
import type { RunByChart } from './brought';

/** An object that names something, and where in it. */
export interface Use {
  readonly object: LoweredObject;
  readonly pointer: string;
  /** Of an image: a container runs it. */
  readonly inContainer?: boolean;
  /** Of an image that no object names, but the chart of a release: what of it. */
  readonly byChart?: RunByChart;
}

/** The first place that names it. */
export function whereOf([first]: readonly Use[]): Where {
  return first ? { construct: first.object.object.node.path, pointer: first.pointer } : {};
}

/** The constructs that name it. */
export function constructsOf(uses: readonly Use[]): IConstruct[] {
  return uses.map(({ object }) => object.object);
}
