import type { Resources } from '../model/resources';

/** Places of the resources that every vector has. */
export const CPU = 0;
export const MEMORY = 1;
export const GPU = 2;
export const PODS = 3;

const NANO = 1_000_000_000n;
const MILLI = 1_000_000n;

/** Amounts of one node or pod by resource: millicores for cpu, whole units for all else, in floating point as KAI has it. */
export type Vector = Float64Array;

/** The resources of a cluster, each with its place in vectors (KAI 0.17, resource_vector.go). */
export class Dimensions {
  private readonly places = new Map<string, number>([
    ['cpu', CPU],
    ['memory', MEMORY],
    ['nvidia.com/gpu', GPU],
    ['pods', PODS],
  ]);

  constructor(amounts: Iterable<Resources>) {
    for (const resources of amounts) {
      for (const name in resources) if (!this.places.has(name)) this.places.set(name, this.places.size);
    }
  }

  get size(): number {
    return this.places.size;
  }

  /** MIG profiles by place, with the GPUs that a queue counts for one. */
  migs(): ReadonlyMap<number, number> {
    const found = [...this.places].flatMap(([name, place]) => {
      const gpus = /^nvidia\.com\/mig-(\d+)g\./.exec(name)?.[1];
      return gpus === undefined ? [] : [[place, Number(gpus)] as const];
    });
    return new Map(found);
  }

  usesGpus(vector: Vector): boolean {
    return (vector[GPU] ?? 0) > 0 || [...this.migs().keys()].some((place) => (vector[place] ?? 0) > 0);
  }

  vector(resources: Resources): Vector {
    const vector = new Float64Array(this.size);
    for (const name in resources) {
      const place = this.places.get(name);
      if (place !== undefined) vector[place] = inUnits(place, resources[name] ?? 0n);
    }
    return vector;
  }
}

/** Rounded up, as Quantity.MilliValue and Quantity.Value are. */
function inUnits(place: number, amount: bigint): number {
  const unit = place === CPU ? MILLI : NANO;
  const whole = amount / unit;
  return Number(amount > whole * unit ? whole + 1n : whole);
}
