import * as fc from 'fast-check';
import { parse } from 'yaml';
import { DiagnosticError, type Compilation, type Diagnostic } from '../../lib';
import type { Manifest } from '../../lib/emit/manifest';
import type { PlannedCluster } from '../../lib/passes/plan';
import { worldOf } from '../../lib/passes/replay/world';
import { Session } from '../../lib/replay/session';
import { runs } from '../placement/arbitraries';
import { fleetOf, rawFleets, type RawFleet, type StackKind } from './random-fleets';

/**
 * Random fleets through the whole compiler: whatever has a plan is written so that KAI follows it. The compile itself
 * says where it would not (BAY4040); here the files are read back and played again, beside the plan.
 */

type Compiled = { readonly compilation: Compilation } | { readonly errors: readonly Diagnostic[] };

function compiled(raw: RawFleet, stack: StackKind): Compiled {
  try {
    return { compilation: fleetOf(raw, stack).compile() };
  } catch (error) {
    if (!(error instanceof DiagnosticError)) throw error;
    return { errors: error.diagnostics.filter(({ severity }) => severity === 'error') };
  }
}

/** Pods of each component by node, such as `ns/g worker` and `n1`. */
type Spread = ReadonlyMap<string, ReadonlyMap<string, number>>;

function count(spread: Map<string, Map<string, number>>, component: string, node: string): void {
  const nodes = spread.get(component) ?? new Map<string, number>();
  spread.set(component, nodes.set(node, (nodes.get(node) ?? 0) + 1));
}

/** Where KAI puts the pods of the files. */
function replayed({ files }: Compilation, { cluster }: PlannedCluster): { spread: Spread; waiting: number } {
  const manifests = [...files].flatMap(([path, text]) =>
    path.startsWith('test/') && !path.includes('kustomization.yaml') ? [parse(text) as Manifest] : [],
  );
  const world = worldOf(manifests, cluster.inventory.nodes, cluster.use);
  const session = new Session(world);
  session.schedule();
  const placed = session.placed();
  const spread = new Map<string, Map<string, number>>();
  for (const { uid, owner, component = '' } of world.pods) {
    const node = placed.get(uid);
    if (node !== undefined) count(spread, `${owner} ${component}`, node);
  }
  return { spread, waiting: world.pods.length - placed.size };
}

/** Where the plan has them. */
function planned({ cluster, plan }: PlannedCluster): Spread {
  const spread = new Map<string, Map<string, number>>();
  for (const { spec } of cluster.graphs) {
    const gang = plan.gangs.find(({ name }) => name === `${spec.namespace}.${spec.name}`);
    for (const [path, nodes] of gang?.status === 'placed' ? Object.entries(gang.placements) : []) {
      const [name = '', ...rest] = path.split('/');
      const { pinning } = spec.components.find((component) => component.name === name) ?? {};
      const written = pinning === 'replica' ? `${name}-${rest.at(-1) ?? ''}` : name;
      for (const node of nodes) count(spread, `${spec.namespace}/${spec.name} ${written}`, node);
    }
  }
  return spread;
}

/** What the runs came to; printed where their number was asked for. */
interface Tally {
  fleets: number;
  feasible: number;
  components: number;
  /** Components on several nodes, and those of them with as many pods on each as the plan has. */
  wide: number;
  wideExact: number;
  readonly refused: Record<string, number>;
}

describe.each<StackKind>(['PodGroups of ours', 'Grove'])('%s', (stack) => {
  test('KAI follows the plan of every fleet that has one', () => {
    const tally: Tally = { fleets: 0, feasible: 0, components: 0, wide: 0, wideExact: 0, refused: {} };
    fc.assert(
      fc.property(rawFleets, (raw) => {
        const outcome = compiled(raw, stack);
        tally.fleets++;
        if ('compilation' in outcome) compare(outcome.compilation, tally);
        const errors = 'errors' in outcome ? outcome.errors : [];
        for (const { code } of errors) tally.refused[code] = (tally.refused[code] ?? 0) + 1;
        // no place, or no quota: never for what was written
        expect(errors.filter(({ code }) => code.startsWith('BAY4'))).toEqual([]);
      }),
      runs(20),
    );
    if (process.env.BAYPLAN_PROPERTY_RUNS !== undefined) process.stdout.write(`${stack} ${JSON.stringify(tally)}\n`);
    expect(tally.feasible).toBeGreaterThan(tally.fleets / 4);
    expect(tally.wide).toBeGreaterThan(0);
  });
});

/** Every pod has a place, on a node that the plan has for its component. */
function compare(compilation: Compilation, tally: Tally): void {
  const [cluster] = compilation.clusters;
  if (!cluster) throw new Error('no cluster');
  tally.feasible++;
  const { spread, waiting } = replayed(compilation, cluster);
  const plan = planned(cluster);
  expect(waiting).toBe(0);
  expect([...spread.keys()].sort()).toEqual([...plan.keys()].sort());
  for (const [component, nodes] of spread) {
    const own = plan.get(component) ?? new Map<string, number>();
    expect([...nodes.keys()].filter((node) => !own.has(node))).toEqual([]);
    tally.components++;
    if (own.size === 1) continue;
    tally.wide++;
    if ([...own].every(([node, pods]) => nodes.get(node) === pods)) tally.wideExact++;
  }
}
