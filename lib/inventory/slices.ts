import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { compareKeys } from '../order';
import { isMap, type FieldReader, type Place, type RawMap } from './fields';
import { countNames, listNames, namesPayload, sorted } from './names';
import type { ReadNode } from './nodes';

/** Devices that one ResourceSlice publishes for a node. */
export interface DeviceSlice {
  readonly driver: string;
  readonly node: string;
  readonly pool: string;
  readonly generation: number;
  /** By driver and type of device. */
  readonly devices: Readonly<Record<string, number>>;
}

/**
 * Reads a ResourceSlice of resource.k8s.io, v1 or one of its betas; undefined where it is of no single node, as of devices
 * that a network gives to many.
 */
export function readSlice(raw: RawMap, fields: FieldReader): DeviceSlice | undefined {
  const name = fields.name(fields.map(raw.metadata, 'metadata').name, 'metadata.name');
  if (name !== undefined) fields.call(name);
  const spec = fields.map(raw.spec, 'spec');
  const driver = fields.name(spec.driver, 'spec.driver');
  const node = fields.text(spec.nodeName, 'spec.nodeName');
  const pool = fields.map(spec.pool, 'spec.pool');
  if (driver === undefined || !node) return undefined;
  const devices: Record<string, number> = {};
  for (const [i, item] of fields.list(spec.devices, 'spec.devices').entries()) {
    const key = deviceKey(driver, fields.map(item, `spec.devices[${i}]`));
    devices[key] = (devices[key] ?? 0) + 1;
  }
  const generation = typeof pool.generation === 'number' ? pool.generation : 0;
  return { driver, node, pool: typeof pool.name === 'string' ? pool.name : '', generation, devices };
}

/** Its attribute `type`, which NVIDIA's drivers set (gpu, mig; channel, daemon); v1beta1 has attributes below `basic`. */
function deviceKey(driver: string, device: RawMap): string {
  const around = isMap(device.basic) ? device.basic : device;
  const attributes = isMap(around.attributes) ? around.attributes : {};
  const type = attributes.type ?? attributes[`${driver}/type`];
  return isMap(type) && typeof type.string === 'string' ? `${driver}/${type.string}` : driver;
}

/** The nodes with the devices that slices tell of. Of a pool, only slices of its latest generation count. */
export function withDevices(nodes: readonly ReadNode[], slices: readonly DeviceSlice[]): ReadNode[] {
  const latest = new Map<string, number>();
  const poolOf = ({ driver, node, pool }: DeviceSlice): string => [driver, node, pool].join('\u0000');
  for (const slice of slices) {
    latest.set(poolOf(slice), Math.max(slice.generation, latest.get(poolOf(slice)) ?? 0));
  }
  const byNode = new Map<string, Record<string, number>>();
  for (const slice of slices) {
    if (slice.generation !== latest.get(poolOf(slice))) continue;
    const devices = byNode.get(slice.node) ?? {};
    for (const [key, count] of Object.entries(slice.devices)) devices[key] = (devices[key] ?? 0) + count;
    byNode.set(slice.node, devices);
  }
  return nodes.map((node) => {
    const devices = byNode.get(node.name);
    return devices ? { ...node, dra: Object.fromEntries(Object.entries(devices).sort(compareKeys)) } : node;
  });
}

/** A warning of slices of nodes that the node list does not have. */
export function checkSlices(nodes: readonly ReadNode[], slices: readonly DeviceSlice[], place: Place): Diagnostic[] {
  const known = new Set(nodes.map(({ name }) => name));
  const gone = sorted(new Set(slices.map(({ node }) => node).filter((node) => !known.has(node))));
  if (gone.length === 0) return [];
  return [
    diagnostic('BAY1061', {
      message: `devices of ${countNames('node', gone)} that the node list does not have${gone.length > 1 ? `: ${listNames(gone)}` : ''}`,
      where: place('items'),
      help: 'export nodes and slices one right after the other, from the same cluster',
      data: namesPayload('node', gone),
    }),
  ];
}
