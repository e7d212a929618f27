import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { diagnostic } from '../../lib/diagnostics/diagnostic';
import { findForms } from '../../lib/secrets/forms';
import { redact, redacted } from '../../lib/secrets/redact';
import { scanValue, type SecretFound } from '../../lib/secrets/scan';
import { committedClusters } from '../support/clusters';
import { readTree } from '../support/golden';
import { some, tokens } from './samples';

/** What is found, without the secrets themselves. */
const found = (value: unknown): (readonly [pointer: string, what: string])[] =>
  scanValue(value).map(({ pointer, what }) => [pointer, what]);

const random = some(24);

describe('tokens of known forms are found', () => {
  test.each(tokens)('%s: alone, in a sentence, in base64 and among lines', (what, token) => {
    expect(found({ a: [{ note: token }] })).toEqual([['a[0].note', what]]);
    expect(found({ note: `the value is ${token}, keep it` })).toEqual([['note', what]]);
    expect(found({ blob: Buffer.from(`x=${token}\n`).toString('base64') })).toEqual([['blob', `${what} in base64`]]);
    expect(found({ data: { 'run.sh': `#!/bin/sh\nexport A=1\n# ${token}\n` } })).toEqual([['data.run.sh', what]]);
  });

  test('in the text of a file, with their place', () => {
    const text = tokens.map(([, token]) => `- ${token}`).join('\n');
    expect(findForms(text).map(({ what, index }) => [what, text.slice(0, index).split('\n').length])).toEqual(
      tokens.map(([what], line) => [what, line + 1]),
    );
  });
});

describe('values of fields that are named like secrets', () => {
  test.each([
    ['token', { spec: { token: random } }, 'spec.token'],
    ['a name in camel case', { values: { adminPassword: 'prom-operator' } }, 'values.adminPassword'],
    [
      'a hash of 64 digits, as openssl rand -hex makes them',
      { clientSecret: '0123456789abcdef'.repeat(4) },
      'clientSecret',
    ],
    ['an environment variable, in words too', { env: [{ name: 'API_KEY', value: 'correct-horse' }] }, 'env.API_KEY'],
    ['an option and its argument', { args: ['--port', '80', '--api-key', random] }, 'args.--api-key'],
    ['an option with its value', { args: [`--api-key=${random}`] }, 'args.--api-key'],
    ['a line of a file', { data: { 'app.ini': `[db]\nuser = app\npassword = ${random}\n` } }, 'data.app.ini'],
    ['a line of JSON in a text', { data: { 'a.json': `{"user":"app","authToken":"${random}"}` } }, 'data.a.json'],
    ['an option in a line of shell', { args: ['-c', `exec serve --api-key ${random}`] }, 'args[1]'],
    ['base64 that begins with a slash', { secretKey: `/${random}+/${random}` }, 'secretKey'],
  ])('%s', (_, value, pointer) => {
    expect(found(value)).toEqual([[pointer, 'a secret']]);
  });

  test.each([
    ['a reference', { env: [{ name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'HF_TOKEN' } } }] }],
    ['names of Secrets', { existingSecret: 'grafana-admin-credentials', imagePullSecret: 'nvcr-imagepullsecret-2' }],
    ['a key of a Secret', { secretKey: 'HF_TOKEN', passwordKey: 'admin-password' }],
    ['a path', { tokenFile: '/var/run/secrets/token', env: [{ name: 'GIT_TOKEN', value: '/run/secrets/git-token' }] }],
    [
      'a value to be filled in',
      { token: '${HUB_TOKEN_OF_TEAM}', password: '<your password>', apiKey: '{{ .Values.key }}' },
    ],
    ['a variable of the pod', { env: [{ name: 'API_KEY', value: '$(OTHER_API_KEY)' }] }],
    ['a word for none', { env: [{ name: 'OPENAI_API_KEY', value: 'EMPTY' }] }],
    ['special tokens of models', { eos_token: '<|end_of_text|>', pad_token: '[PAD]', bos_token: '<s>' }],
    ['numbers', { max_tokens: 4096, maxToken: '40960000', tokenizer: random }],
    ['code', { data: { 'a.py': "token = os.environ['HF_TOKEN_2']\nsecret=$(cat /run/secret)\n" } }],
    ['a digest and a UUID', { token: `sha256:${'0f'.repeat(32)}`, secret: '6ba7b810-9dad-11d1-80b4-00c04fd430c8' }],
    ['what SOPS encrypted', { password: 'ENC[AES256_GCM,data:4Qz7,iv:x,tag:y,type:str]' }],
    ['a certificate', { clientSecret: '-----BEGIN CERTIFICATE-----\nMIIB' }],
    ['a URL', { token: 'https://login.example.com/oauth2/v2/token' }],
  ])('%s is none', (_, value) => {
    expect(found(value)).toEqual([]);
  });
});

test('values of a Secret are found wherever it stands, whatever they look like, and a Secret without them is none', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', data: { a: 'Yg==' }, stringData: { c: 'd' } };
  expect(found({ spec: { values: { extraObjects: [secret] } } })).toEqual([
    ['spec.values.extraObjects[0].data', 'a secret'],
    ['spec.values.extraObjects[0].stringData', 'a secret'],
  ]);
  expect(found({ ...secret, data: {}, stringData: undefined })).toEqual([]);
});

describe('what is committed holds nothing that looks like a secret', () => {
  test.each(committedClusters())('$name', ({ folder, objects }) => {
    expect(objects.length).toBeGreaterThan(5);
    expect(objects.flatMap(({ object }) => scanValue(object))).toEqual([]);
    expect(Object.values(readTree(folder)).flatMap(findForms)).toEqual([]);
  });
});

const hexOf = (length: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
const base64Of = fc.uint8Array({ minLength: 24, maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString('base64'));

/** Words as names of Kubernetes objects are made of them. */
const words = fc
  .array(
    fc.constantFrom(
      'vllm',
      'prefill',
      'decode',
      'worker',
      'frontend',
      'llama',
      '70b',
      'fp8',
      'h100',
      'eu-west-1',
      'hub',
      'admin',
      'token',
      'secret',
      'credentials',
      'v1',
      '2024',
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => parts.join('-'));

test('random hex and base64 are secrets in fields that are named like them', () => {
  // Hashes stand for random bytes. Of 300,000 of each form one looked like words.
  const hashes = Array.from({ length: 2000 }, (_, seed) => createHash('sha256').update(String(seed)).digest());
  const texts = hashes.flatMap((hash) => [hash.toString('hex'), hash.toString('hex', 12), hash.toString('base64')]);
  const names = ['token', 'clientSecret', 'API_KEY', 'credentials'];
  expect(texts.filter((text) => names.some((name) => scanValue({ [name]: text }).length !== 1))).toEqual([]);
});

describe('what always holds', () => {
  test('digests, revisions, hashes, UUIDs and base64 are no secrets in fields with other names', () => {
    const name = fc.constantFrom(
      'image',
      'revision',
      'checksum/config',
      'digest',
      'uid',
      'caBundle',
      'max_tokens',
      'tokenizer',
    );
    const value = fc.oneof(
      hexOf(64),
      hexOf(40),
      hexOf(32),
      hexOf(64).map((d) => `sha256:${d}`),
      fc.uuid(),
      base64Of,
      words,
    );
    fc.assert(
      fc.property(name, value, (key, text) => {
        expect(scanValue({ spec: { [key]: text, list: [text], env: [{ name: 'REVISION', value: text }] } })).toEqual(
          [],
        );
      }),
    );
  });

  test('names, digests and UUIDs are no secrets in fields that are named like them', () => {
    const name = fc.constantFrom('token', 'secret', 'imagePullSecret', 'apiKey', 'credentials');
    const image = fc.tuple(words, hexOf(64)).map(([repository, hex]) => `${repository}@sha256:${hex}`);
    fc.assert(
      fc.property(
        name,
        fc.oneof(
          words,
          image,
          hexOf(64).map((d) => `sha256:${d}`),
          fc.uuid(),
        ),
        (key, text) => {
          expect(scanValue({ [key]: text })).toEqual([]);
        },
      ),
    );
  });

  test('nothing is found in plain data twice, and pointers lead to what is found', () => {
    fc.assert(
      fc.property(fc.constantFrom(...tokens), fc.array(words, { minLength: 1, maxLength: 4 }), ([, token], path) => {
        const value = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), token);
        expect(scanValue(value).map(({ pointer }: SecretFound) => pointer)).toEqual([path.join('.')]);
      }),
    );
  });
});

describe('findings are printed without secrets', () => {
  test.each(tokens)('%s', (what, token) => {
    expect(redact(`image "${token}" is not known`)).not.toContain(token);
    const finding = diagnostic('BAY2022', {
      message: `bad name ${token}`,
      where: { construct: 'a', pointer: `env.${token}` },
      notes: [token, token],
      help: `did you mean ${token}?`,
      data: { list: [token, 1, null], map: { [token]: true } },
    });
    const text = JSON.stringify(redacted(finding));
    expect(findForms(text)).toEqual([]);
    expect(text).toContain(`<${what}, not shown>`);
  });

  test('a finding without any stays as it is', () => {
    const finding = diagnostic('BAY2022', { message: 'bad name', where: { construct: 'a' }, data: { a: [1, 'b'] } });
    expect(redacted(finding)).toEqual(finding);
  });
});
