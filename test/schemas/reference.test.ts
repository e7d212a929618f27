import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import { bundleText, readBundle } from '../../lib/schemas/bundle';
import { mergeBundles, readCrds } from '../../lib/schemas/crd';
import type { Issue } from '../../lib/schemas/issue';
import { isMap, type JsonMap, type SchemaBundle } from '../../lib/schemas/schema';
import { unchecked } from '../../lib/schemas/unchecked';
import { validatorFor, type Validator } from '../../lib/schemas/validate';
import {
  committedClusters,
  crdFiles,
  crdParts,
  crdsFolder,
  manifests,
  shared,
  type Manifest,
} from '../support/clusters';
import { largestOfKinds, missingFields, mutated, without, withValue, wrongValues } from '../support/mistakes';

/** Everything that this project writes, and what Dynamo publishes, against the CRDs of the projects. */

const present = existsSync(crdsFolder);
const suite = present ? describe : describe.skip;
const titled = (title: string): string => (present ? title : `${title} (skipped: ../shared/crds is absent)`);

const bundles = new Map<string, SchemaBundle>();

/** CRDs of one folder; read once. */
function bundleOf(part: string): SchemaBundle {
  const known = bundles.get(part);
  if (known) return known;
  const read = crdFiles(part).map((file) => readCrds(basename(file), readFileSync(file, 'utf8')));
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

/** What a validator finds in a manifest, each as one line. */
function told(validator: Validator, { file, object }: Manifest): string[] {
  return (validator(object) ?? []).map(({ kind, pointer, message }) => `${file}: ${kind} ${pointer} ${message}`);
}

/** Groups whose kinds all have to be known; others are of Kubernetes, kustomize, or made up by a test. */
const ours = /^(?:nvidia\.com|grove\.io|kai\.scheduler|scheduling\.run\.ai|\w+\.toolkit\.fluxcd\.io)\//;

const clusters = committedClusters();

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
  const samples = largestOfKinds(clusters.flatMap(({ objects }) => objects.map(({ object }) => object)));

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

  const at = (object: JsonMap, path: readonly string[]): unknown =>
    path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], object); // a path of the object

  const found = (validator: Validator, object: unknown): readonly Issue['kind'][] =>
    (validator(object) ?? []).map(({ kind }) => kind);

  /** Values of a chart, where anything goes, and maps whose keys people choose. */
  const free = /^spec,values(?:,|$)/;
  const mapOfTexts = /,?(?:labels|annotations|matchLabels|nodeSelector|limits|requests|custom|services)$/;

  const kinds = [...samples.keys()].filter((kind) => ours.test(kind)).sort();

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

  test.each(missingFields)('%s without %s', (kind, path) => {
    expect(found(validatorOf(kind), without(samples.get(kind) ?? {}, path))).toEqual(['missing']);
  });

  test.each(wrongValues)('%s with %s %j', (kind, path, value, expected) => {
    const wrong = withValue(samples.get(kind) ?? {}, path, value);
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
  test.each(crdParts)('%s: is read back byte for byte', (part) => {
    const text = bundleText(bundleOf(part));
    const back = readBundle('schemas.json', text);
    expect(back.ok && bundleText(back.value)).toBe(text);
  });

  test.each(crdParts)('%s: no rule of a kind that is written, and no pattern, is left unchecked', (part) => {
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
