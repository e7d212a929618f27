import { ApiObject, JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-28';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import {
  type Cluster,
  ExternalSecret,
  Model,
  ModelCache,
  SecretRef,
  SecretWaiver,
  SopsSecret,
  type ExternalSecretProps,
} from '../../lib';
import { summary } from '../../lib/summary';
import { some } from '../secrets/samples';
import { errorCodes, failure, nodes, specOf, testCluster, type TestCluster } from '../support/fleet';

const hub = 'test/fixtures/secrets/hub.sops.yaml';
const data = { HF_TOKEN: { key: 'ml/hugging-face', property: 'token' } };
const fromVault: ExternalSecretProps = {
  namespace: 'inference',
  store: { kind: 'ClusterSecretStore', name: 'vault' },
  data,
};

const small = (): TestCluster => testCluster(nodes(['n1', 'n2']));
const withSops = (): TestCluster => testCluster(nodes(['n1', 'n2']), [], { sops: { secret: 'sops-age' } });

const names = (dependsOn: unknown): unknown => (dependsOn as { name: string }[]).map(({ name }) => name);

describe('an ExternalSecret', () => {
  test('beneath a cluster is written to its platform, with its namespace, and graphs refer to it', () => {
    const { fleet, cluster, graph } = small();
    const secret = new ExternalSecret(cluster, 'hub', fromVault);
    graph('g', {
      model: Model.huggingFace('example/model', { revision: 'f'.repeat(40), token: secret.ref('HF_TOKEN') }),
      worker: { gpus: 1 },
    });
    const { files, diagnostics } = fleet.compile();
    expect(diagnostics).toEqual([]);
    expect(files.get('test/platform/externalsecret-inference-hub.yaml')).toBe(`apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: hub
  namespace: inference
spec:
  data:
    - remoteRef:
        key: ml/hugging-face
        property: token
      secretKey: HF_TOKEN
  refreshInterval: 1h
  secretStoreRef:
    kind: ClusterSecretStore
    name: vault
`);
    expect(files.get('test/platform/kustomization.yaml')).toContain('externalsecret-inference-hub.yaml');
    expect(files.get('test/platform/namespace-inference.yaml')).toContain('name: inference');
    expect(files.get('test/graphs/g/dynamographdeployment-inference-g.yaml')).toContain('key: HF_TOKEN');
  });

  test('beneath a graph is applied before it and before the Job that fills its cache', () => {
    const { fleet, graph } = small();
    const token = SecretRef.of('hub', 'HF_TOKEN');
    const g = graph('g', {
      model: Model.huggingFace('example/model', { revision: 'f'.repeat(40), token }),
      modelCache: ModelCache.volume({ size: '10Gi' }),
      worker: { gpus: 1 },
    });
    new ExternalSecret(g, 'hub', fromVault);
    new ExternalSecret(g, 'other', fromVault);
    const paths = [...fleet.compile().files.keys()].filter((path) => path.includes('/secrets/'));
    expect(paths.map((path) => basename(path))).toEqual([
      'externalsecret-inference-hub.yaml',
      'externalsecret-inference-other.yaml',
      'kustomization.yaml',
    ]);
    const flux = (name: string): Readonly<Record<string, unknown>> =>
      specOf(fleet, `test/flux/kustomization-flux-system-${name}.yaml`);
    expect(flux('graph-g-secrets')).toMatchObject({ path: './dist/test/graphs/g/secrets', wait: true });
    expect(names(flux('graph-g-secrets')['dependsOn'])).toEqual(['platform']);
    expect(names(flux('graph-g-model-cache')['dependsOn'])).toEqual(['platform', 'graph-g-secrets']);
    expect(names(flux('graph-g')['dependsOn'])).toEqual(['platform', 'graph-g-secrets', 'graph-g-model-cache']);
    expect(flux('graph-g-secrets')['decryption']).toBeUndefined();
  });

  test.each<[string, Partial<ExternalSecretProps>, string]>([
    ['a key with a space', { data: { 'HF TOKEN': { key: 'a' } } }, 'data.HF TOKEN'],
    ['no keys', { data: {} }, 'data'],
    ['a store without a name', { store: { name: '' } }, 'store.name'],
    ['an interval in words', { refreshInterval: '1 hour' }, 'refreshInterval'],
    ['a secret of the store without a name', { data: { A: { key: '' } } }, 'data.A.key'],
  ])('with %s is refused', (_, props, pointer) => {
    const { fleet, cluster, graph } = small();
    graph('g', { worker: { gpus: 1 } });
    new ExternalSecret(cluster, 'hub', { ...fromVault, ...props });
    expect(failure(fleet).map(({ code, where }) => [code, where.pointer])).toEqual([['BAY2093', pointer]]);
  });

  test('is held to its schema after a patch', () => {
    const { fleet, cluster, graph } = small();
    graph('g', { worker: { gpus: 1 } });
    const secret = new ExternalSecret(cluster, 'hub', fromVault);
    ApiObject.of(secret.node.findChild('Resource')).addJsonPatch(JsonPatch.add('/spec/dateFrom', []));
    expect(errorCodes(fleet)).toEqual(['BAY4003']);
  });
});

describe('what graphs take of Secrets that are declared', () => {
  test('a key that the Secret does not have', () => {
    const { fleet, cluster, graph } = small();
    new ExternalSecret(cluster, 'hub', fromVault);
    const env = { TOKEN: SecretRef.of('hub', 'HF_TOKE') };
    graph('g', { env, worker: { gpus: 1 } });
    expect(failure(fleet)).toMatchObject([
      {
        code: 'BAY2094',
        message: 'Secret "hub" has no key "HF_TOKE"',
        notes: ['its keys are HF_TOKEN'],
        help: 'did you mean "HF_TOKEN"?',
      },
    ]);
  });

  test('a Secret of another namespace is warned of; one that nobody declares is somebody else’s', () => {
    const { fleet, cluster, graph } = small();
    new ExternalSecret(cluster, 'hub', { ...fromVault, namespace: 'elsewhere' });
    const env = { A: SecretRef.of('hub', 'HF_TOKEN'), B: SecretRef.of('unknown', 'KEY') };
    graph('g', { worker: { gpus: 1, env } });
    expect(fleet.compile().diagnostics.map(({ code, where }) => [code, where.pointer])).toEqual([
      ['BAY2095', 'worker.env.A'],
    ]);
  });

  test('one Secret by two makers is refused', () => {
    const { fleet, cluster } = withSops();
    new ExternalSecret(cluster, 'hub', fromVault);
    new SopsSecret(cluster, 'file', { file: hub });
    expect(errorCodes(fleet)).toEqual(['BAY2096']);
  });
});

describe('an encrypted file', () => {
  test('is written byte for byte, is listed, and Flux decrypts the folder it is in and no other', () => {
    const { fleet, cluster } = withSops();
    const secret = new SopsSecret(cluster, 'hub', { file: hub });
    expect(secret.ref('HF_TOKEN')).toMatchObject({ secret: 'hub', key: 'HF_TOKEN' });
    const { files } = fleet.compile();
    expect(files.get('test/platform/secret-inference-hub.yaml')).toBe(readFileSync(hub, 'utf8'));
    expect(files.get('test/platform/kustomization.yaml')).toContain('secret-inference-hub.yaml');
    const decryption = { provider: 'sops', secretRef: { name: 'sops-age' } };
    expect(specOf(fleet, 'test/flux/kustomization-flux-system-platform.yaml')['decryption']).toEqual(decryption);
    expect(specOf(fleet, 'test/flux/kustomization-flux-system-controllers.yaml')['decryption']).toBeUndefined();
  });

  test('beneath a graph is decrypted before it; a KMS needs no Secret', () => {
    const { fleet, graph } = testCluster(nodes(['n1', 'n2']), [], { sops: { serviceAccount: 'decryptor' } });
    const g = graph('g', { worker: { gpus: 1, env: { T: SecretRef.of('hub', 'NGC_KEY') } } });
    new SopsSecret(g, 'hub', { file: hub });
    const flux = specOf(fleet, 'test/flux/kustomization-flux-system-graph-g-secrets.yaml');
    expect(flux['decryption']).toEqual({ provider: 'sops', serviceAccountName: 'decryptor' });
    expect(fleet.compile().files.get('test/graphs/g/secrets/secret-inference-hub.yaml')).toBe(
      readFileSync(hub, 'utf8'),
    );
  });

  test('needs a cluster that can decrypt, and a folder that is decrypted', () => {
    const one = small();
    new SopsSecret(one.cluster, 'hub', { file: hub });
    expect(errorCodes(one.fleet)).toEqual(['BAY2092']);
    const other = withSops();
    new SopsSecret(other.cluster.flux, 'hub', { file: hub });
    expect(errorCodes(other.fleet)).toEqual(['BAY2092']);
  });

  test('and another of the same Secret are two objects of one name', () => {
    const { fleet, cluster } = withSops();
    new SopsSecret(cluster, 'a', { file: hub });
    new SopsSecret(cluster, 'b', { file: hub });
    expect(errorCodes(fleet)).toEqual(['BAY4001']);
  });

  const text = readFileSync(hub, 'utf8');
  const annotation = '    annotations:\n        kubectl.kubernetes.io/last-applied-configuration: "{}"\n';
  test.each([
    ['with a value in clear', text.replace(/HF_TOKEN: .*/, 'HF_TOKEN: in clear'), 'BAY2090', 'in clear are HF_TOKEN'],
    ['with a number in clear', text.replace(/HF_TOKEN: .*/, 'HF_TOKEN: 5'), 'BAY2090', 'in clear are HF_TOKEN'],
    [
      'that only looks encrypted',
      text.replace(/HF_TOKEN: .*/, 'HF_TOKEN: ENC[me]'),
      'BAY2090',
      'in clear are HF_TOKEN',
    ],
    ['without sops', text.slice(0, text.indexOf('sops:')), 'BAY2090', 'no sops block'],
    ['with what was applied last', text.replace('metadata:\n', `metadata:\n${annotation}`), 'BAY2090', 'last-applied'],
    ['of another kind', text.replace('kind: Secret', 'kind: ConfigMap'), 'BAY2091', 'v1 ConfigMap'],
    ['without a namespace', text.replace(/ {4}namespace.*\n/, ''), 'BAY2091', 'metadata.namespace'],
    ['whose name is encrypted', text.replace('name: hub', 'name: ENC[AES256_GCM]'), 'BAY2091', 'metadata.name'],
    ['that is a list', '- 1\n', 'BAY2091', 'no object'],
    ['that is no YAML', 'a: [', 'BAY1002', ''],
  ])('%s is refused', (_, content, code, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'bayplan-sops-'));
    try {
      const file = join(folder, 'hub.yaml');
      writeFileSync(file, content);
      const { fleet, cluster } = withSops();
      new SopsSecret(cluster, 'hub', { file });
      const findings = failure(fleet);
      expect(findings.map((finding) => finding.code)).toEqual([code]);
      expect(findings[0]?.message).toContain(message);
      expect(findings[0]?.where).toMatchObject({ construct: 'test/hub', file });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what would be written', () => {
  const grafana = (cluster: Cluster, adminPassword: string): ApiObject =>
    new ApiObject(cluster.controllers, 'grafana', {
      apiVersion: 'helm.toolkit.fluxcd.io/v2',
      kind: 'HelmRelease',
      metadata: { name: 'grafana', namespace: 'flux-system' },
      spec: { interval: '1h', chartRef: { kind: 'OCIRepository', name: 'grafana' }, values: { adminPassword } },
    });
  const waiver = {
    kind: 'HelmRelease',
    namespace: 'flux-system',
    name: 'grafana',
    field: 'adminPassword',
    reason: 'set anew',
  };
  const password = some(20);

  test('a password in the values of a chart is refused, and not repeated', () => {
    const { fleet, cluster } = small();
    grafana(cluster, password);
    const findings = failure(fleet);
    expect(findings).toMatchObject([{ code: 'BAY4050', where: { pointer: 'spec.values.adminPassword' } }]);
    expect(JSON.stringify(findings)).not.toContain(password);
  });

  test('with a waiver it is written, and counted in the summary', () => {
    const { fleet, cluster } = small();
    grafana(cluster, password);
    new SecretWaiver(cluster, 'grafana-password', waiver);
    const compilation = fleet.compile();
    expect(compilation.waived).toBe(1);
    expect(compilation.diagnostics).toEqual([]);
    expect(summary(compilation, ['dist'], false)).toContain('1 value that looks like a secret, waived\n');
  });

  test('a waiver of another field, object or scope lets nothing through, and is reported', () => {
    for (const other of [{ field: 'Password' }, { name: 'graf' }, { namespace: 'x' }, { kind: 'X' }, { field: '' }]) {
      const { fleet, cluster } = small();
      grafana(cluster, password);
      new SecretWaiver(cluster, 'w', { ...waiver, ...other });
      expect(
        failure(fleet)
          .map(({ code }) => code)
          .sort(),
      ).toEqual(['BAY4050', 'BAY4052']);
    }
    const { fleet, cluster, graph } = small();
    grafana(cluster, password);
    new SecretWaiver(graph('g', { worker: { gpus: 1 } }), 'w', waiver);
    expect(
      failure(fleet)
        .map(({ code }) => code)
        .sort(),
    ).toEqual(['BAY4050', 'BAY4052']);
  });

  test('a waiver covers the text of its object too, however it is quoted there, and no other object', () => {
    const auth = JSON.stringify({ auths: { r: { auth: Buffer.from(`robot:${some(20)}`).toString('base64') } } });
    const note = (cluster: Cluster, name: string): void => {
      const metadata = { name, namespace: 'x' };
      new k8s.KubeConfigMap(cluster, name, { metadata, data: { note: auth } });
    };
    const { fleet, cluster } = small();
    note(cluster, 'a');
    new SecretWaiver(cluster, 'w', { kind: 'ConfigMap', namespace: 'x', name: 'a', field: 'note', reason: 'made up' });
    expect(fleet.compile()).toMatchObject({ waived: 1, diagnostics: [] });
    note(cluster, 'b');
    expect(failure(fleet)).toMatchObject([{ code: 'BAY4050', where: { construct: 'test/b', pointer: 'data.note' } }]);
  });

  test('a token in a name of a field is found in the text', () => {
    const { fleet, cluster } = small();
    const data = { [`hf_${some(34)}`]: 'a' };
    new k8s.KubeConfigMap(cluster, 'a', { metadata: { name: 'a', namespace: 'x' }, data });
    expect(failure(fleet)).toMatchObject([{ code: 'BAY4050', where: { construct: 'test/a', line: 7 } }]);
  });

  test('a waiver gives a reason', () => {
    const { fleet, cluster } = small();
    grafana(cluster, password);
    new SecretWaiver(cluster, 'w', { ...waiver, reason: ' ' });
    expect(failure(fleet).map(({ code }) => code)).toEqual(['BAY4053']);
  });

  test('one waiver covers a variable in the props of a graph and in its manifest', () => {
    const { fleet, cluster, graph } = small();
    graph('g', { worker: { gpus: 1, env: { OPENAI_API_KEY: 'not-needed' }, args: ['--api-key', 'not-needed'] } });
    expect(failure(fleet).map(({ code, where }) => [code, where.pointer])).toEqual([
      ['BAY2060', 'worker.args.--api-key'],
      ['BAY2060', 'worker.env.OPENAI_API_KEY'],
    ]);
    const of = { kind: 'DynamoGraphDeployment', namespace: 'inference', name: 'g', reason: 'the client wants one' };
    new SecretWaiver(cluster, 'env', { ...of, field: 'env.OPENAI_API_KEY' });
    new SecretWaiver(fleet, 'args', { ...of, field: 'args.--api-key' });
    expect(fleet.compile()).toMatchObject({ waived: 2, diagnostics: [] });
  });

  test('a Secret with values is refused, with the ways out; one without is not', () => {
    const { fleet, cluster } = small();
    new k8s.KubeSecret(cluster, 'a', { metadata: { name: 'a', namespace: 'x' }, stringData: { A: 'b' } });
    new k8s.KubeSecret(cluster, 'b', { metadata: { name: 'b', namespace: 'x' } });
    expect(failure(fleet)).toMatchObject([
      { code: 'BAY4051', message: 'Secret "a" in namespace "x" has its values in stringData' },
    ]);
  });

  test('a token that a patch puts into a graph is found there', () => {
    const { fleet, graph } = small();
    const token = `hf_${some(34)}`;
    const g = graph('g', { worker: { gpus: 1 } });
    g.deployment.addJsonPatch(JsonPatch.add('/metadata/annotations', { 'example.com/note': token }));
    const findings = failure(fleet);
    expect(findings.map(({ code }) => code)).toContain('BAY4050');
    expect(JSON.stringify(findings)).not.toContain(token);
  });

  test('a token in a comment of an encrypted file is found in its text', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bayplan-sops-'));
    try {
      const file = join(folder, 'hub.yaml');
      writeFileSync(file, `${readFileSync(hub, 'utf8')}# was: hf_${some(34)}\n`);
      const { fleet, cluster } = withSops();
      new SopsSecret(cluster, 'hub', { file });
      expect(failure(fleet)).toMatchObject([
        {
          code: 'BAY4050',
          where: { construct: 'test/hub', file: 'test/platform/secret-inference-hub.yaml', line: 26 },
        },
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('findings of other rules do not repeat a token either', () => {
    const { fleet, graph } = small();
    const token = `hf_${some(34)}`;
    graph('g', { worker: { name: token, gpus: 1 } });
    const findings = failure(fleet);
    expect(findings.map(({ code }) => code)).toContain('BAY2022');
    expect(JSON.stringify(findings)).not.toContain(token);
  });
});
