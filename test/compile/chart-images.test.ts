import type { ImagesOfChart } from '../../lib/pins/chart-images';
import { PinWaiver } from '../../lib';
import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { collect } from '../../lib/passes/collect';
import { lower } from '../../lib/passes/lower';
import { pin, type Pinned } from '../../lib/passes/pin';
import { plan } from '../../lib/passes/plan';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { emptyLock, lockText, type Lock } from '../../lib/pins/lock';
import { nodes, testCluster } from '../support/fleet';

/** Images that charts bring, and nobody names. */

const digest = `sha256:${'a'.repeat(64)}`;
const operator = 'registry.example/operator:1.0.0';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bayplan-charts-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function taken<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(outcome.diagnostics.map(({ message }) => message).join('\n'));
}

const kaiBrings =
  (values?: (digest: string) => Record<string, unknown>): ImagesOfChart =>
  ({ address, version }) =>
    address.startsWith('oci://ghcr.io/kai') && version === 'v0.17.0' ? [{ reference: operator, values }] : [];

function pinned(imagesOf: ImagesOfChart, images: Lock['images'] = {}, reason?: string): Outcome<Pinned> {
  const lock = join(folder, 'test.lock.yaml');
  writeFileSync(lock, lockText({ ...emptyLock, images }));
  const { fleet } = testCluster(nodes(['n1']), [], { lock });
  // what lets everything else go stays silent of this one
  const all = fleet.node.tryFindChild('no-pins') as PinWaiver; // testCluster makes it
  jest.spyOn(all, 'names').mockImplementation((_, name) => name !== operator);
  if (reason !== undefined) new PinWaiver(fleet, 'operator', { image: operator, reason });
  const model = taken(collect(fleet));
  const planned = taken(plan(model));
  return pin(model, planned, taken(lower(model, planned)), imagesOf);
}

const codes = ({ diagnostics }: Outcome<unknown>): string[] => diagnostics.map(({ code }) => code);

test('one that has values for it is looked up in the lock, and they are added to those of the release', () => {
  const values = (found: string): Record<string, unknown> => ({
    operator: { image: { digest: found } },
    defaultQueue: { createDefaultQueue: true },
  });
  expect(codes(pinned(kaiBrings(values)))).toEqual(['BAY6022']);
  const outcome = pinned(kaiBrings(values), { [operator]: { digest, platforms: ['linux/amd64'] } });
  expect(codes(outcome)).toEqual([]);
  const release = taken(outcome).objects.find(({ file }) => file === 'helmrelease-flux-system-kai-scheduler.yaml');
  // what the release says by itself stays
  expect(release?.manifest['spec']).toMatchObject({
    values: { operator: { image: { digest } }, defaultQueue: { createDefaultQueue: false } },
  });
});

test('one that has none needs a waiver', () => {
  expect(codes(pinned(kaiBrings()))).toEqual(['BAY6027']);
  const outcome = pinned(kaiBrings(), {}, 'the chart has no value for it');
  expect(codes(outcome)).toEqual([]);
  expect(taken(outcome).clusters[0]?.settled.images[operator]).toEqual({ waived: 'the chart has no value for it' });
});
