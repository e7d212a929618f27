import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { SopsSecret, type Verifications } from '../../lib';
import { crdsFolder } from '../support/clusters';
import { failure, nodes, specOf, testCluster, type TestCluster } from '../support/fleet';
import { fluxValidator } from '../support/flux';

const withVerify = (verify: Verifications): TestCluster => testCluster(nodes(['n1']), [], { flux: { verify } });

describe('signatures of charts', () => {
  const identity = {
    issuer: '^https://token[.]actions[.]githubusercontent[.]com$',
    subject: '^https://github[.]com/kai-scheduler/.+$',
  };
  const provider = 'cosign';

  test('are verified where that is declared', () => {
    const verify = { kai: { provider, matchOIDCIdentity: [identity] } } as const;
    const { fleet } = withVerify(verify);
    const source = 'test/flux/ocirepository-flux-system-kai-scheduler.yaml';
    expect(specOf(fleet, source)['verify']).toEqual(verify.kai);
    expect(specOf(withVerify({}).fleet, source)['verify']).toBeUndefined();
  });

  test.each<[string, Verifications, string, string]>([
    ['nobody named', { kai: { provider } }, 'BAY2097', 'flux.verify.kai'],
    ['no identities', { kai: { provider, matchOIDCIdentity: [] } }, 'BAY2097', 'flux.verify.kai'],
    [
      'a chart that the stack has not',
      { grove: { provider, secretRef: { name: 'k' } } },
      'BAY2097',
      'flux.verify.grove',
    ],
    [
      'half a pattern',
      { kai: { provider, matchOIDCIdentity: [{ ...identity, issuer: '^(https$' }] } },
      'BAY2097',
      'flux.verify.kai.matchOIDCIdentity[0].issuer',
    ],
    [
      'a pattern that Go has not',
      { kai: { provider, matchOIDCIdentity: [{ ...identity, subject: '^(?!evil).*$' }] } },
      'BAY2097',
      'flux.verify.kai.matchOIDCIdentity[0].subject',
    ],
    [
      'a pattern that longer names match',
      { kai: { provider, matchOIDCIdentity: [{ ...identity, subject: '(?i)https://github.com/kai' }] } },
      'BAY2098',
      'flux.verify.kai.matchOIDCIdentity[0].subject',
    ],
  ])('%s', (_, verify, code, pointer) => {
    const { fleet } = withVerify(verify);
    const found = code === 'BAY2098' ? fleet.compile().diagnostics : failure(fleet);
    expect(found.map((one) => [one.code, one.where.pointer])).toEqual([[code, pointer]]);
  });
});

const suite = existsSync(crdsFolder) ? describe : describe.skip;

suite('what Flux is told of secrets and signatures fits its CRDs (skipped where ../shared/crds is absent)', () => {
  test('decryption and verify', () => {
    const validator = fluxValidator();
    const matchOIDCIdentity = [{ issuer: '^https://a$', subject: '^b$' }];
    const { fleet, cluster } = testCluster(nodes(['n1']), [], {
      sops: { secret: 'sops-age', serviceAccount: 'decryptor' },
      flux: { verify: { kai: { provider: 'cosign', matchOIDCIdentity, secretRef: { name: 'keys' } } } },
    });
    new SopsSecret(cluster, 'hub', { file: 'test/fixtures/secrets/hub.sops.yaml' });
    const flux = [...fleet.compile().files].filter(([path]) => /flux\/(?:oci|kustomization-)/.test(path));
    const objects = flux.map(([, text]) => parse(text) as Readonly<Record<string, unknown>>); // what we write is maps
    expect(objects.flatMap((object) => validator(object))).toEqual([]);
    expect(objects).toHaveLength(3);
    expect(JSON.stringify(objects)).toMatch(/"decryption".*"verify"|"verify".*"decryption"/);
  });
});
