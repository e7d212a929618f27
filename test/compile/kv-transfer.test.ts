import { parse } from 'yaml';
import { Level, type DynamoGraphProps } from '../../lib';
import { failure, nodes, testCluster } from '../support/fleet';

/** Transfers of the KV cache that stay within a domain. */

//   r1        r2
// n1 n2     n3 n4      8 GPUs each
const racks = [...nodes(['n1', 'n2'], { rack: 'r1' }), ...nodes(['n3', 'n4'], { rack: 'r2' })];
const rack = 'topology.kubernetes.io/rack';

function fleetWith(props: Partial<DynamoGraphProps>) {
  const { fleet, graph } = testCluster(racks);
  graph('g', { kvTransfer: { level: Level.rack() }, ...props });
  return fleet;
}

test('is told to the router by the node label of the level', () => {
  const fleet = fleetWith({ placement: { required: Level.rack() }, prefill: { gpus: 8 }, decode: { gpus: 8 } });
  const text = fleet.compile().files.get('test/graphs/g/dynamographdeployment-inference-g.yaml') ?? '';
  const { spec } = parse(text) as { spec: { experimental: object } };
  expect(spec.experimental).toEqual({
    kvTransferPolicy: { labelKey: rack, domain: 'rack', enforcement: 'required' },
  });
});

const apart: Partial<DynamoGraphProps> = {
  prefill: { gpus: 8, replicas: 2, nodeSelector: { [rack]: 'r1' } },
  decode: { gpus: 8, replicas: 2, nodeSelector: { [rack]: 'r2' } },
};

test('a domain with prefill and no decode is refused', () => {
  expect(failure(fleetWith(apart))).toMatchObject([
    {
      code: 'BAY4031',
      message: `graph "g" has prefill workers in r1 of "${rack}", and no decode workers there`,
      notes: ['decode workers are in r2'],
    },
  ]);
});

test('a preference alone refuses nothing, and has a weight', () => {
  const kvTransfer = { level: Level.rack(), enforcement: 'preferred' as const, weight: 0.8 };
  const text = fleetWith({ ...apart, kvTransfer })
    .compile()
    .files.get('test/graphs/g/dynamographdeployment-inference-g.yaml');
  expect(text).toContain('preferredWeight: 0.8');
});
