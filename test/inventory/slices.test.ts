import { Inventory } from '../../lib/inventory/inventory';
import { findings, list, node } from './objects';

interface SliceShape {
  readonly node?: string;
  readonly driver?: string;
  readonly pool?: string;
  readonly generation?: number;
  /** Types of its devices. */
  readonly devices: readonly string[];
  readonly apiVersion?: string;
}

function slice(name: string, shape: SliceShape): object {
  const { apiVersion = 'resource.k8s.io/v1', driver = 'gpu.nvidia.com', generation = 1 } = shape;
  const devices = shape.devices.map((type, i) => {
    const attributes = { type: { string: type }, uuid: { string: `GPU-${i}` } };
    return apiVersion.endsWith('v1beta1') ? { name: `d${i}`, basic: { attributes } } : { name: `d${i}`, attributes };
  });
  const pool = { name: shape.pool ?? 'n1', generation, resourceSliceCount: 1 };
  const spec = { driver, nodeName: 'node' in shape ? shape.node : 'n1', pool, devices };
  return { apiVersion, kind: 'ResourceSlice', metadata: { name }, spec };
}

const load = (...slices: object[]): ReturnType<Inventory['load']> =>
  Inventory.fromObjects({ nodes: list(node('n1'), node('n2')), resourceSlices: list(...slices) }).load();

function devices(...slices: object[]): unknown[] {
  const outcome = load(...slices);
  expect(findings(outcome)).toEqual([]);
  return outcome.ok ? outcome.value.nodes.map(({ dra }) => dra) : [];
}

describe('ResourceSlices', () => {
  test('count devices by driver, type and node', () => {
    expect(
      devices(
        slice('a', { devices: ['gpu', 'gpu', 'mig'] }),
        slice('b', { devices: ['gpu'], pool: 'second' }),
        slice('c', { devices: ['channel', 'daemon'], driver: 'compute-domain.nvidia.com' }),
        slice('d', { devices: ['gpu'], node: undefined }),
      ),
    ).toEqual([
      {
        'compute-domain.nvidia.com/channel': 1,
        'compute-domain.nvidia.com/daemon': 1,
        'gpu.nvidia.com/gpu': 3,
        'gpu.nvidia.com/mig': 1,
      },
      undefined,
    ]);
  });

  test('of an older generation of a pool no longer count', () => {
    const old = slice('old', { devices: ['gpu', 'gpu', 'gpu'], generation: 1 });
    expect(devices(slice('new', { devices: ['gpu'], generation: 2 }), old)).toEqual([
      { 'gpu.nvidia.com/gpu': 1 },
      undefined,
    ]);
  });

  test('are read in the form of v1beta1 too', () => {
    expect(devices(slice('a', { devices: ['gpu'], apiVersion: 'resource.k8s.io/v1beta1' }))).toEqual([
      { 'gpu.nvidia.com/gpu': 1 },
      undefined,
    ]);
  });

  test('of a node that is not there are told', () => {
    expect(findings(load(slice('a', { devices: ['gpu'], node: 'gone' })))).toEqual([
      'BAY1061 resourceSlices.items: devices of node gone that the node list does not have',
    ]);
  });

  test('are not taken from a list of something else', () => {
    expect(findings(load(node('n1')))).toEqual([
      'BAY1003 resourceSlices: not a list of ResourceSlices but a list of Nodes',
    ]);
  });
});
