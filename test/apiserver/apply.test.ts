import { existsSync } from 'node:fs';
import { isMap, type JsonMap } from '../../lib/schemas/schema';
import { committedClusters, crdsFolder, kindOf, type CommittedCluster } from '../support/clusters';
import { largestOfKinds, missingFields, without, withValue, wrongValues } from '../support/mistakes';
import { crdsFor, knownTo } from './crds';
import { apply, applyFolders } from './flux';
import { idOf, lost, namespaceOf, withoutResourceVersion } from './objects';
import { podsOf } from './pods';
import { missingPrograms, startServer, type ApiServer } from './server';

/** Everything that is committed, applied to a real API server as Flux does it; CONTRIBUTING.md says how to run it. */

const assets = process.env['KUBEBUILDER_ASSETS'] ?? '';

function whySkipped(): string | undefined {
  if (assets === '') return 'KUBEBUILDER_ASSETS is not set';
  const missing = missingPrograms(assets);
  if (missing.length > 0) return `KUBEBUILDER_ASSETS has no ${missing.join(', no ')}`;
  return existsSync(crdsFolder) ? undefined : '../shared/crds is absent';
}

const skipped = whySkipped();
const suite = skipped === undefined ? describe : describe.skip;
const titled = (title: string): string => (skipped === undefined ? title : `${title} (skipped: ${skipped})`);

const clusters = committedClusters();

/** What Flux is to apply of a cluster: not what kustomize reads, nor what people do. */
const writtenFor = ({ objects }: CommittedCluster): JsonMap[] =>
  objects
    .map(({ object }) => object)
    .filter((object) => 'apiVersion' in object && !kindOf(object).startsWith('kustomize.config.k8s.io/'));

const crdsOf = (cluster: CommittedCluster) => crdsFor(writtenFor(cluster), cluster.parts);

let server: ApiServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

/** The namespaces of an object of Flux: its own, and the one that Helm makes for what it installs. */
function namespacesOf(object: JsonMap): string[] {
  const target = isMap(object['spec']) ? object['spec']['targetNamespace'] : undefined;
  return [namespaceOf(object), target].filter((name) => typeof name === 'string');
}

/** A new server with the CRDs of a cluster, and with the namespaces of Flux and of the releases. */
async function serverFor(cluster: CommittedCluster): Promise<ApiServer> {
  const { kubectl } = (server = await startServer(assets));
  const expectDone = async (args: readonly string[], input?: string): Promise<void> => {
    const { failed, stderr } = await kubectl(args, input);
    expect(failed ? stderr : '').toBe('');
  };
  const crds = crdsOf(cluster);
  await expectDone(['apply', '--server-side', '--filename=-'], documents(crds));
  const names = crds.map(({ metadata }) => `crd/${metadata.name}`);
  await expectDone(['wait', '--for=condition=Established', '--timeout=30s', ...names]);
  const flux = writtenFor(cluster).filter((object) => kindOf(object).includes('.toolkit.fluxcd.io/'));
  const namespaces = [...new Set(flux.flatMap(namespacesOf))].map((name) => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name },
  }));
  await expectDone(['apply', '--server-side', '--filename=-'], documents(namespaces));
  return server;
}

/** JSON is YAML. */
const documents = (objects: readonly object[]): string => objects.map((one) => JSON.stringify(one)).join('\n---\n');

const ids = (objects: readonly JsonMap[]): string[] => objects.map(idOf).sort();

suite(titled('an API server with the CRDs of a cluster'), () => {
  test.each(clusters)('$name: takes all as it is written, and its pods, and finds no change later', async (cluster) => {
    const isKnown = knownTo(crdsOf(cluster));
    const known = writtenFor(cluster).filter(isKnown);
    const to = await serverFor(cluster);

    const first = await applyFolders(to, cluster, isKnown);
    expect(first.complaints).toEqual([]);
    expect(ids(first.kept)).toEqual(ids(known));
    const kept = new Map(first.kept.map((object) => [idOf(object), object]));
    expect(known.flatMap((object) => lost(object, kept.get(idOf(object)), idOf(object)))).toEqual([]);

    const pods = known.flatMap(podsOf);
    const tried = await apply(to, documents(pods), '--dry-run=server');
    expect(tried.complaints).toEqual([]);
    expect(ids(tried.kept)).toEqual(ids(pods));

    // At the first update the server stores the status that it shows by default: a new resourceVersion, this once.
    const second = await applyFolders(to, cluster, isKnown);
    expect(second.complaints).toEqual([]);
    expect(second.kept.map(withoutResourceVersion)).toEqual(first.kept.map(withoutResourceVersion));

    expect(await applyFolders(to, cluster, isKnown)).toEqual(second);
  });

  // Nothing is known of these here; a kind that joins them does so by name.
  const strangers = [
    'dist/us-east: resource.nvidia.com/v1beta1 ComputeDomain deepseek/deepseek-r1',
    'test/golden/clusters/north: example.com/v1 Thing own',
    'test/golden/clusters/south: example.com/v1 Thing own',
  ];

  test(`is not asked about ${strangers.length} objects, as no CRD of theirs is at hand: ${strangers.join('; ')}`, () => {
    const found = clusters.flatMap((cluster) => {
      const isKnown = knownTo(crdsOf(cluster));
      const unknown = writtenFor(cluster).filter((object) => !isKnown(object));
      return unknown.map((object) => `${cluster.name.replace(/:.*/, '')}: ${idOf(object)}`);
    });
    expect(found).toEqual(strangers);
  });
});

/** Copies of an object with one mistake each, by what that is. */
function mistakesIn(object: JsonMap): [mistake: string, wrong: JsonMap][] {
  const isOfKind = ([kind]: readonly [string, ...unknown[]]): boolean => kind === kindOf(object);
  return [
    ['with an unknown field', withValue(object, 'noSuchField', 'x')],
    ...missingFields.filter(isOfKind).map(([, path]): [string, JsonMap] => [`without ${path}`, without(object, path)]),
    ...wrongValues
      .filter(isOfKind)
      .map(([, path, value]): [string, JsonMap] => [
        `with ${path} ${JSON.stringify(value)}`,
        withValue(object, path, value),
      ]),
  ];
}

/** One cluster of each API of Dynamo; all kinds with known mistakes are in them. */
const withMistakes = clusters.filter(({ name }) => /^dist\/(?:lab|us-east):/.test(name));

suite(titled('an API server does not take what is refused offline'), () => {
  test.each(withMistakes)('$name', async (cluster) => {
    const known = writtenFor(cluster).filter(knownTo(crdsOf(cluster)));
    const samples = [...largestOfKinds([...known, ...known.flatMap(podsOf)]).values()];
    const to = await serverFor(cluster);
    // A namespace of what has none is not refused, but dropped.
    const isTaken = async (object: JsonMap): Promise<boolean> => {
      const { complaints, kept } = await apply(to, documents([object]), '--dry-run=server');
      return complaints.length === 0 && lost(object, kept[0], '').length === 0;
    };
    await apply(to, documents(samples.filter(({ kind }) => kind === 'Namespace')));
    const unexpected: string[] = [];
    for (const sample of samples) {
      if (!(await isTaken(sample))) unexpected.push(`${idOf(sample)} is refused`);
      for (const [mistake, wrong] of mistakesIn(sample)) {
        if (await isTaken(wrong)) unexpected.push(`${idOf(sample)} ${mistake} is taken`);
      }
    }
    expect(unexpected).toEqual([]);
  });
});

// Never skipped: jest names what a file skips only where something of it has run.
test('every known mistake is in a kind of those clusters', () => {
  const kinds = new Set(withMistakes.flatMap(writtenFor).map(kindOf));
  const known = [...missingFields, ...wrongValues].map(([kind]) => kind);
  expect(known.filter((kind) => !kinds.has(kind))).toEqual([]);
});
