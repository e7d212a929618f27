import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { bundleText, readBundle } from '../../lib/schemas/bundle';
import { mergeBundles, readCrds } from '../../lib/schemas/crd';
import type { Issue } from '../../lib/schemas/issue';
import { isMap, type JsonMap, type SchemaBundle } from '../../lib/schemas/schema';
import { unchecked } from '../../lib/schemas/unchecked';
import { validatorFor, type Validator } from '../../lib/schemas/validate';

/** Everything that this project writes, and what Dynamo publishes, against the CRDs of the projects. */

const root = join(__dirname, '../..');
const shared = join(root, '../shared');
const present = existsSync(join(shared, 'crds'));
const suite = present ? describe : describe.skip;
const titled = (title: string): string => (present ? title : `${title} (skipped: ../shared/crds is absent)`);

/**
 * Folders of CRDs by what a stack says. Dynamo 1.4 and 1.5 and Grove alpha.13 are snapshots of main shortly before the
 * release, Grove alpha.12 is its release candidate; KAI and Dynamo 0.5.1 are releases.
 */
const folders: Readonly<Record<string, string>> = {
  'Dynamo 0.5': 'dynamo/v0.5.1',
  'Dynamo 1.4': 'dynamo/approx-1.4.0-main-2026-07-30',
  'Dynamo 1.5': 'dynamo/main-2026-08-21',
  'Grove of Dynamo 1.4': 'grove/v0.1.0-alpha.12-rc1',
  'Grove of Dynamo 1.5': 'grove/main-2026-08-19',
  'KAI 0.16': 'kai/v0.16.8',
  'KAI 0.17': 'kai/v0.17.0',
  Flux: 'flux',
};

/** Not the kinds that this project never writes: they are large, and reading YAML takes its time. */
const unwritten = /_(?:dynamocomponentdeployments|dynamographdeploymentrequests|podcli.*|podgangs|configs)\.yaml$/;

const bundles = new Map<string, SchemaBundle>();

/** CRDs of one folder; read once. */
function bundleOf(part: string): SchemaBundle {
  const known = bundles.get(part);
  if (known) return known;
  const folder = join(shared, 'crds', folders[part] ?? `no folder for ${part}`);
  const names = readdirSync(folder).filter((name) => name.endsWith('.yaml') && !unwritten.test(name));
  const read = names.map((name) => readCrds(name, readFileSync(join(folder, name), 'utf8')));
  expect(read.flatMap(({ diagnostics }) => diagnostics)).toEqual([]);
  const bundle = merged(read.flatMap((one) => (one.ok ? [one.value] : [])));
  bundles.set(part, bundle);
  return bundle;
}

function merged(parts: readonly SchemaBundle[]): SchemaBundle {
  const bundle = mergeBundles(parts, { file: 'crds' });
  if (!bundle.ok) throw new Error('the CRDs exclude each other');
  return bundle.value;
}

interface Manifest {
  readonly file: string;
  readonly object: JsonMap;
}

/** Objects of all YAML files below a folder; documents that are no maps are left out. */
function manifests(folder: string): Manifest[] {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.ya?ml$/.test(path));
  const files = paths.filter((path) => statSync(join(folder, path)).isFile()).sort();
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(folder, file), 'utf8'), { logLevel: 'error' }).flatMap((document) => {
      const object: unknown = document.toJS();
      return isMap(object) ? [{ file, object }] : [];
    }),
  );
}

/** What a validator finds in a manifest, each as one line. */
function told(validator: Validator, { file, object }: Manifest): string[] {
  return (validator(object) ?? []).map(({ kind, pointer, message }) => `${file}: ${kind} ${pointer} ${message}`);
}

/** A folder with everything of one cluster. */
function clusterFolders(folder: string): string[] {
  if (existsSync(join(folder, 'controllers'))) return [folder];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? clusterFolders(join(folder, entry.name)) : [],
  );
}

/** The parts of a stack, by the versions in what Flux installs. */
function partsOf(objects: readonly Manifest[]): string[] {
  const text = (name: string): string => JSON.stringify(objects.filter(({ object }) => isNamed(object, name)));
  const [, dynamo] = /"version":"(\d+\.\d+)\.\d+/.exec(text('dynamo-platform')) ?? [];
  const [, kai] = /"tag":"v?(\d+\.\d+)\.\d+/.exec(text('kai-scheduler')) ?? [];
  const grove = objects.some(({ object }) => String(object['apiVersion']).startsWith('grove.io/'));
  return [
    'Flux',
    ...(dynamo === undefined ? [] : [`Dynamo ${dynamo}`, ...(grove ? [`Grove of Dynamo ${dynamo}`] : [])]),
    ...(kai === undefined ? [] : [`KAI ${kai}`]),
  ];
}

function isNamed({ kind, metadata }: JsonMap, name: string): boolean {
  const source = name === 'kai-scheduler' ? 'OCIRepository' : 'HelmRelease';
  return kind === source && isMap(metadata) && metadata['name'] === name;
}

/** Groups whose kinds all have to be known; others are of Kubernetes, kustomize, or made up by a test. */
const ours = /^(?:nvidia\.com|grove\.io|kai\.scheduler|scheduling\.run\.ai|\w+\.toolkit\.fluxcd\.io)\//;

const trees = ['dist', 'test/golden'].flatMap((name) => clusterFolders(join(root, name)));
const clusters = trees.map((folder) => {
  const objects = manifests(folder);
  const parts = partsOf(objects);
  return { name: `${folder.slice(root.length + 1)}: ${parts.join(', ')}`, objects, parts };
});

suite(titled('every object that is committed fits the CRDs of its versions, those of Dynamo near-release'), () => {
  test.each(clusters)('$name', ({ objects, parts }) => {
    expect(parts.some((part) => part.startsWith('Dynamo'))).toBe(true);
    const validator = validatorFor(merged(parts.map(bundleOf)));
    expect(objects.flatMap((one) => told(validator, one))).toEqual([]);
    const asked = objects.filter(({ object }) => ours.test(String(object['apiVersion'])));
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter(({ object }) => !validator(object)).map(({ file }) => file)).toEqual([]);
  });
});

suite(titled('DynamoGraphDeployments as published'), () => {
  const graphs = (version: string): Manifest[] =>
    manifests(join(shared, 'examples/dynamo', version)).filter(
      ({ object }) => object['kind'] === 'DynamoGraphDeployment',
    );

  test('of 0.5.1 all fit its CRD', () => {
    const validator = validatorFor(bundleOf('Dynamo 0.5'));
    const found = graphs('v0.5.1').map((one) => ({
      issues: told(validator, one),
      known: validator(one.object) !== undefined,
    }));
    expect(found.map(({ issues, known }) => [issues, known])).toEqual(Array(17).fill([[], true]));
  });

  test('of main at 2026-08-21 all fit the CRD of that day, but for five that are still to be filled in', () => {
    const validator = validatorFor(bundleOf('Dynamo 1.5'));
    const all = graphs('main-2026-08-21');
    const issues = all.flatMap((one) => told(validator, one));
    expect(all.filter(({ object }) => !validator(object))).toEqual([]);
    expect(all).toHaveLength(105);
    expect(new Set(issues.map((line) => line.replace(/:.*/, '')))).toEqual(
      new Set([
        'recipes/deepseek-v4/deepseek-v4-pro/sglang/disagg-b200/deploy.yaml',
        'recipes/deepseek-v4/deepseek-v4-pro/sglang/disagg-gb200/deploy.yaml',
        'recipes/glm-5-nvfp4/sglang/disagg/deploy.yaml',
        'recipes/qwen3.6-35b/deploy/dynamo-fd-ec.yaml',
        'recipes/qwen3.6-35b/deploy/dynamo-fd.yaml',
      ]),
    );
    expect(issues.filter((line) => !/"<your-namespace>"|"\$\{\w+\}"/.test(line))).toEqual([]);
  });

  test('of 0.5.1 do not all fit the CRD of 1.5: pvc of a service is gone', () => {
    const validator = validatorFor(bundleOf('Dynamo 1.5'));
    const issues = graphs('v0.5.1').flatMap((one) => told(validator, one));
    expect(issues.filter((line) => !/unknown-field spec\.services\.\w+\.pvc /.test(line))).toEqual([]);
    expect(issues).toHaveLength(10);
  });
});

suite(titled('a mistake in a good object is found'), () => {
  const parts = ['Flux', 'Dynamo 1.5', 'Dynamo 0.5', 'KAI 0.17', 'Grove of Dynamo 1.5'];
  const objects = clusters.flatMap((cluster) => cluster.objects);
  /** One object of each kind, the largest. */
  const samples = new Map<string, JsonMap>();
  for (const { object } of objects) {
    const kind = `${String(object['apiVersion'])} ${String(object['kind'])}`;
    const size = (one: JsonMap | undefined): number => (one ? JSON.stringify(one).length : 0);
    if (ours.test(kind) && size(object) > size(samples.get(kind))) samples.set(kind, object);
  }

  /** Dynamo 0.5.1 for what is written for it. */
  const validatorOf = (kind: string): Validator =>
    validatorFor(
      merged(
        parts
          .filter((part) => part !== (kind.includes('nvidia.com/v1alpha1') ? 'Dynamo 1.5' : 'Dynamo 0.5'))
          .map(bundleOf),
      ),
    );

  /** Paths of all values below a value. */
  function paths(value: unknown, at: readonly string[] = []): (readonly string[])[] {
    const inner = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return [at, ...inner.flatMap(([key, one]) => paths(one, [...at, key]))];
  }

  /** A copy of an object whose value at a path is changed. */
  function mutated(
    object: JsonMap,
    path: readonly string[],
    change: (around: Record<string, unknown>, key: string) => void,
  ): unknown {
    const copy: Record<string, unknown> = structuredClone(object);
    let around = copy;
    for (const key of path.slice(0, -1)) around = around[key] as Record<string, unknown>; // the path is one of the object
    change(around, path.at(-1) ?? '');
    return copy;
  }

  const at = (object: JsonMap, path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], object); // a path of the object

  const found = (validator: Validator, object: unknown): readonly Issue['kind'][] =>
    (validator(object) ?? []).map(({ kind }) => kind);

  /** Values of a chart, where anything goes, and maps whose keys people choose. */
  const free = /^spec,values(?:,|$)/;
  const mapOfTexts = /,?(?:labels|annotations|matchLabels|nodeSelector|limits|requests|custom|services)$/;

  const kinds = [...samples.keys()].sort();

  test('the kinds are those that are written', () => {
    expect(kinds).toEqual([
      'grove.io/v1alpha1 ClusterTopologyBinding',
      'helm.toolkit.fluxcd.io/v2 HelmRelease',
      'kai.scheduler/v1alpha1 Topology',
      'kustomize.toolkit.fluxcd.io/v1 Kustomization',
      'nvidia.com/v1alpha1 DynamoGraphDeployment',
      'nvidia.com/v1beta1 DynamoGraphDeployment',
      'scheduling.run.ai/v2 Queue',
      'scheduling.run.ai/v2alpha2 PodGroup',
      'source.toolkit.fluxcd.io/v1 HelmRepository',
      'source.toolkit.fluxcd.io/v1 OCIRepository',
    ]);
  });

  test.each(kinds)('%s: an unknown field anywhere', (kind) => {
    const object = samples.get(kind) ?? {};
    const validator = validatorOf(kind);
    const maps = paths(object).filter(
      (path) => isMap(at(object, path)) && !free.test(path.join()) && !mapOfTexts.test(path.join()),
    );
    expect(maps.length).toBeGreaterThan(2);
    const missed = maps.filter((path) => {
      const wrong = mutated(object, [...path, 'noSuchField'], (around, key) => (around[key] = 'x'));
      return found(validator, wrong).join() !== 'unknown-field';
    });
    expect(missed).toEqual([]);
  });

  test.each(kinds)('%s: a value of another type anywhere', (kind) => {
    const object = samples.get(kind) ?? {};
    const validator = validatorOf(kind);
    const values = paths(object).filter((path) => path.length > 0 && !/^(?:apiVersion|kind)$/.test(path.join()));
    const missed = values.filter((path) => {
      if (free.test(path.join())) return false;
      const wrong = mutated(object, path, (around, key) => (around[key] = isMap(around[key]) ? ['x'] : { x: ['x'] }));
      return !found(validator, wrong).includes('wrong-type');
    });
    expect(missed).toEqual([]);
  });

  test.each([
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'metadata,name', 'missing'],
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,name', 'missing'],
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,1,podTemplate,spec,containers,0,name', 'missing'],
    ['kai.scheduler/v1alpha1 Topology', 'spec', 'missing'],
    ['kai.scheduler/v1alpha1 Topology', 'spec,levels', 'missing'],
    ['kai.scheduler/v1alpha1 Topology', 'spec,levels,0,nodeLabel', 'missing'],
    ['grove.io/v1alpha1 ClusterTopologyBinding', 'spec,levels,0,domain', 'missing'],
    ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,prune', 'missing'],
    ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,sourceRef,kind', 'missing'],
    ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'spec,interval', 'missing'],
    ['source.toolkit.fluxcd.io/v1 OCIRepository', 'spec,url', 'missing'],
  ])('%s without %s', (kind, path, expected) => {
    const wrong = mutated(samples.get(kind) ?? {}, path.split(','), (around, key) =>
      Reflect.deleteProperty(around, key),
    );
    expect(found(validatorOf(kind), wrong)).toEqual([expected]);
  });

  test.each([
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,backendFramework', 'vLLM', 'enum'],
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,replicas', -1, 'bound'],
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,components,0,minAvailable', 99, 'rule'],
    ['nvidia.com/v1beta1 DynamoGraphDeployment', 'spec,restart', { id: '1' }, 'rule-on-create'],
    [
      'nvidia.com/v1beta1 DynamoGraphDeployment',
      'spec,components,1,podTemplate,spec,containers,0,resources,limits',
      { 'nvidia.com/gpu': 'eight' },
      'pattern',
    ],
    ['nvidia.com/v1alpha1 DynamoGraphDeployment', 'spec,backendFramework', 'vLLM', 'enum'],
    ['kai.scheduler/v1alpha1 Topology', 'spec,levels', [], 'bound'],
    ['kai.scheduler/v1alpha1 Topology', 'spec,levels,0,nodeLabel', 'kubernetes.io/hostname', 'rule'],
    ['kai.scheduler/v1alpha1 Topology', 'metadata,namespace', 'default', 'scope'],
    ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,interval', '1 hour', 'pattern'],
    ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,kubeConfig', {}, 'rule'],
    ['kustomize.toolkit.fluxcd.io/v1 Kustomization', 'spec,sourceRef,kind', 'HelmRepository', 'enum'],
    ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'spec,chartRef', { kind: 'OCIRepository', name: 'x' }, 'rule'],
    ['helm.toolkit.fluxcd.io/v2 HelmRelease', 'apiVersion', 'helm.toolkit.fluxcd.io/v2beta2', 'version'],
    ['source.toolkit.fluxcd.io/v1 OCIRepository', 'spec,url', 'https://ghcr.io/x', 'pattern'],
  ])('%s with %s %j', (kind, path, value, expected) => {
    const wrong = mutated(samples.get(kind) ?? {}, path.split(','), (around, key) => (around[key] = value));
    expect(new Set(found(validatorOf(kind), wrong))).toEqual(new Set([expected]));
  });

  test('two components of one name, but for its case', () => {
    const object = samples.get('nvidia.com/v1beta1 DynamoGraphDeployment') ?? {};
    const [first = '', second = ''] = ['0', '1'].map((i) => String(at(object, ['spec', 'components', i, 'name'])));
    const rename = (name: string): unknown =>
      mutated(object, ['spec', 'components', '1', 'name'], (around, key) => (around[key] = name));
    const validator = validatorOf('nvidia.com/v1beta1 DynamoGraphDeployment');
    expect(second).not.toBe('');
    expect(found(validator, rename(first))).toEqual(['duplicate']);
    expect(found(validator, rename(first.toUpperCase() === first ? first.toLowerCase() : first.toUpperCase()))).toEqual(
      ['rule'],
    );
  });
});

suite(titled('bundles of the real CRDs'), () => {
  const all = Object.keys(folders);

  test.each(all)('%s: is read back byte for byte', (part) => {
    const text = bundleText(bundleOf(part));
    const back = readBundle('schemas.json', text);
    expect(back.ok && bundleText(back.value)).toBe(text);
  });

  test.each(all)('%s: no rule of a kind that is written, and no pattern, is left unchecked', (part) => {
    expect(unchecked(bundleOf(part))).toEqual([]);
  });

  test('are the same from YAML and from JSON', () => {
    const file = join(shared, 'crds/kai/v0.17.0/scheduling.run.ai_podgroups.yaml');
    const text = readFileSync(file, 'utf8');
    const fromYaml = readCrds('a.yaml', text);
    const fromJson = readCrds('a.json', JSON.stringify(parse(text)));
    expect(fromYaml.ok && bundleText(fromYaml.value)).toBe(fromJson.ok && bundleText(fromJson.value));
  });
});
