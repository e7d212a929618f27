import { ApiObject } from 'cdk8s';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cluster, type Fleet, Inventory, Stack } from '../../lib';
import { readCrds } from '../../lib/schemas/crd';
import { bundleText } from '../../lib/schemas/bundle';
import { failure, list, nodes, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** A cluster whose own CRDs were imported. */

const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'things.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { kind: 'Thing', plural: 'things' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
          },
        },
      },
    ],
  },
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-schemas-'));
  const bundle = readCrds('crd.json', JSON.stringify(crd));
  if (bundle.ok) writeFileSync(join(folder, 'schemas.json'), bundleText(bundle.value));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fleetWith(spec: object, schemas = join(folder, 'schemas.json')): Fleet {
  const fleet = testFleet();
  const cluster = new Cluster(fleet, 'test', {
    stack: Stack.of({ dynamo: '1.5.0', kai: '0.17.0' }),
    inventory: Inventory.fromObjects({ nodes: list(nodes(['n1'])) }),
    topology: topology(),
    schemas,
  });
  const metadata = { name: 'thing', namespace: 'x' };
  new ApiObject(cluster, 'thing', { apiVersion: 'example.com/v1', kind: 'Thing', metadata, spec });
  return fleet;
}

test("a user's own object is held against them", () => {
  const errors = failure(fleetWith({ sizes: 3 })).filter(({ severity }) => severity === 'error');
  expect(errors).toMatchObject([{ code: 'BAY4501', where: { construct: 'test/thing', pointer: 'spec.sizes' } }]);
});

test('what fits them compiles, and kinds that they lack are named', () => {
  const { diagnostics } = fleetWith({ size: 3 }).compile();
  expect(diagnostics.map(({ severity }) => severity)).not.toContain('error');
  expect(diagnostics.some(({ message }) => message.includes('Kustomization'))).toBe(true);
});

test('a file that is not there is told with its cluster', () => {
  const [finding] = failure(fleetWith({ size: 3 }, 'no/such.json'));
  expect(finding).toMatchObject({ code: 'BAY1001', where: { construct: 'test', file: 'no/such.json' } });
});
