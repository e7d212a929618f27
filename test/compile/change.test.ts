import { DiagnosticError, Level, Stack, type Compilation, type Diagnostic, type DynamoGraphProps } from '../../lib';
import { nodes, testCluster } from '../support/fleet';

/** From one dist to the next: what the compile says of a change that would hang, and of one that would not. */

const five = nodes(['n1', 'n2', 'n3', 'n4', 'n5']);
const twoZones = [...nodes(['n1', 'n2', 'n3'], { zone: 'za' }), ...nodes(['n4', 'n5', 'n6'], { zone: 'zb' })];
const grove = Stack.of({ dynamo: '1.5.0', grove: '0.1.0-alpha.13', kai: '0.17.0' });
const on = (...hosts: readonly string[]) => ({ nodeSelector: {}, hosts });

type Pins = Readonly<Record<'prefill' | 'decode', ReturnType<typeof on>>>;

interface Where {
  readonly items?: typeof five;
  readonly stack?: Stack;
}

/** Which nodes a component may have, by labels of their own. */
function compiled(
  pins: Pins,
  props: Partial<DynamoGraphProps> = {},
  running?: Compilation,
  { items = five, stack }: Where = {},
): Compilation {
  const labelled = items.map((each) => {
    const { metadata } = each as { metadata: { name: string; labels: Record<string, string> } };
    const labels = Object.fromEntries(
      Object.entries(pins)
        .filter(([, { hosts }]) => hosts.includes(metadata.name))
        .map(([part]) => [`example.com/${part}`, 'yes']),
    );
    return { ...each, metadata: { ...metadata, labels: { ...metadata.labels, ...labels } } };
  });
  const { fleet, graph } = testCluster(labelled, [], stack ? { stack } : {});
  const select = (part: string) => ({ nodeSelector: { [`example.com/${part}`]: 'yes' } });
  graph('g', {
    prefill: { gpus: 8, ...select('prefill') },
    decode: { gpus: 8, replicas: 3, ...select('decode') },
    ...props,
  });
  return fleet.compile(running ? { running: running.files } : {});
}

function findings(compile: () => unknown): readonly Diagnostic[] {
  try {
    compile();
  } catch (error) {
    if (error instanceof DiagnosticError) return error.diagnostics;
    throw error;
  }
  return [];
}

const before: Pins = { prefill: on('n5'), decode: on('n1', 'n2', 'n3') };
const chain: Pins = { prefill: on('n1'), decode: on('n2', 'n3', 'n4') };

test('a first compile, and one without a change, play nothing through', () => {
  const first = compiled(before);
  expect(compiled(before, {}, first).diagnostics).toEqual(first.diagnostics);
});

test('a chain of components that take each other’s nodes is refused, naming who waits and the ways out', () => {
  const found = findings(() => compiled(chain, {}, compiled(before)));
  expect(found).toMatchObject([
    { code: 'BAY4045', severity: 'error', help: expect.stringContaining("rollout: 'recreate'") as string },
  ]);
  expect(found[0]?.notes[0]).toBe('prefill of g waits for n1, held by decode of g, which has room where it goes');
});

test("with rollout: 'recreate' the same change goes through", () => {
  expect(findings(() => compiled(chain, { rollout: 'recreate' }, compiled(before)))).toEqual([]);
});

describe('with Grove', () => {
  const swapped: Pins = { prefill: on('n1'), decode: on('n5', 'n2', 'n3') };

  test('a swap is refused, and rollout: recreate is no way out of it', () => {
    const running = compiled(before, {}, undefined, { stack: grove });
    const found = findings(() => compiled(swapped, {}, running, { stack: grove }));
    expect(found).toMatchObject([{ code: 'BAY4045', help: expect.stringContaining('a new name') as string }]);
    expect(found[0]?.help).not.toContain('recreate');
  });

  test('a change of the image on full nodes goes through', () => {
    const running = compiled(before, {}, undefined, { stack: grove });
    expect(findings(() => compiled(before, { env: { LOG: 'debug' } }, running, { stack: grove }))).toEqual([]);
  });
});

test('another zone for a graph that requires one: its new pods would never bind', () => {
  const [za, zb]: Pins[] = [
    { prefill: on('n1'), decode: on('n1', 'n2', 'n3') },
    { prefill: on('n4'), decode: on('n4', 'n5', 'n6') },
  ];
  const props = { placement: { required: Level.zone() }, prefill: { gpus: 1 }, decode: { gpus: 4, replicas: 3 } };
  const there = (pins: Pins, running?: Compilation) =>
    compiled(pins, { ...props, nodeSelector: { 'example.com/decode': 'yes' } }, running, { items: twoZones });
  if (!za || !zb) throw new Error('two zones');
  expect(findings(() => there(zb, there(za)))).toMatchObject([{ code: 'BAY4046' }]);
});

test('a change of the image on full nodes goes through', () => {
  const env = { env: { LOG: 'debug' } };
  expect(findings(() => compiled(before, env, compiled(before)))).toEqual([]);
});

test('a file with conflict markers in the dist that runs is a warning', () => {
  const first = compiled(before);
  const path = [...first.files.keys()].find((each) => each.includes('dynamographdeployment')) ?? '';
  const broken = { ...first, files: new Map([...first.files, [path, '<<<<<<< HEAD\nkind: a\n']]) };
  expect(compiled(chain, {}, broken).diagnostics).toMatchObject([
    { code: 'BAY4042', severity: 'warning', where: { file: path } },
  ]);
});

describe('a change that the cluster refuses', () => {
  const worker = { prefill: undefined, decode: undefined, worker: { gpus: 8, nodeSelector: {} } };

  test('is an error that names the field, and the way out', () => {
    expect(findings(() => compiled(before, worker, compiled(before)))).toMatchObject([
      {
        code: 'BAY4043',
        message: expect.stringContaining('spec.components.') as string,
        help: expect.stringContaining('recreate: true') as string,
      },
    ]);
  });

  test('goes through where the graph may be made anew, by the annotation that Flux reads', () => {
    const { changes, files } = compiled(before, { ...worker, recreate: true }, compiled(before));
    expect(changes).toMatchObject([{ graph: 'inference/g', change: { kind: 'new-graph' } }]);
    const text = [...files].find(([path]) => path.includes('dynamographdeployment'))?.[1];
    expect(text).toContain('kustomize.toolkit.fluxcd.io/force: Enabled');
  });

  test('recreate that is left over is a warning', () => {
    const first = compiled(before, { recreate: true });
    expect(compiled(before, { recreate: true }, first).diagnostics).toMatchObject([{ code: 'BAY4044' }]);
  });
});

test('each graph’s change is told by its class', () => {
  const { changes } = compiled(before, { env: { LOG: 'debug' } }, compiled(before));
  expect(changes).toMatchObject([
    { cluster: 'test', graph: 'inference/g', change: { kind: 'rolls', components: ['decode', 'frontend', 'prefill'] } },
  ]);
});
