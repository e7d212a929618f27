import type { RequestListener } from 'node:http';
import type { Outcome } from '../../lib/diagnostics/diagnostic';
import { openHub } from '../../lib/pins/hub';
import { serve } from './registry/servers';

/** What the hub of models says of a commit, and what comes of its refusals. */

const commit = '0123456789abcdef0123456789abcdef01234567';
const where = { construct: 'test/g', pointer: 'model' };

async function ask(
  listener: RequestListener,
  revision?: string,
  { repository = 'a/b', token }: { repository?: string; token?: string } = {},
): Promise<Outcome<string>> {
  const env = { HF_ENDPOINT: `http://${await serve(listener)}/hub/`, HF_TOKEN: token };
  const hub = openHub({ env, backoff: 5, requestTimeout: 5_000, timeout: 10_000 });
  if (!hub.ok) return hub;
  try {
    return await hub.value.resolveModel(repository, revision, where);
  } finally {
    await hub.value.close();
  }
}

test.each([
  [undefined, '/hub/api/models/a/b/revision/main'],
  ['refs/pr/1', '/hub/api/models/a/b/revision/refs%2Fpr%2F1'],
])('revision %s is asked for, without a token where there is none', async (revision, path) => {
  const asked: unknown[] = [];
  const outcome = await ask(({ url, headers }, response) => {
    asked.push(url, headers.authorization);
    response.end(JSON.stringify({ sha: commit }));
  }, revision);
  expect(outcome).toEqual({ ok: true, value: commit, diagnostics: [] });
  expect(asked).toEqual([path, undefined]);
});

test('an error of the server is tried again', async () => {
  let times = 0;
  const outcome = await ask((_, response) => {
    response.writeHead(times++ < 2 ? 503 : 200).end(JSON.stringify({ sha: commit }));
  });
  expect(outcome).toMatchObject({ value: commit });
});

const answer =
  (status: number, body = '', headers = {}): RequestListener =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

test.each<[string, RequestListener, string, readonly string[]]>([
  ['a model that is not there', answer(404), 'BAY6040', []],
  [
    'a revision that is not there',
    answer(404, '', { 'x-error-code': 'RevisionNotFound' }),
    'BAY6040',
    ['the model is there, but not this revision'],
  ],
  ['no token', answer(401), 'BAY6041', ['the hub answers like that as well where there is no such model']],
  ['an answer without a commit', answer(200, '{"sha": "main"}'), 'BAY6006', ['it answered without a commit']],
  ['a page', answer(200, '<html>'), 'BAY6006', ['it answered without a commit']],
  ['another status', answer(400), 'BAY6006', ['it answered with status 400']],
])('%s', async (_, listener, code, notes) => {
  expect(await ask(listener, 'v1')).toMatchObject({ ok: false, diagnostics: [{ code, where, notes }] });
});

test('a token that is refused is not shown', async () => {
  const outcome = await ask(answer(403), undefined, { token: 'hf_the_token_itself' });
  expect(outcome).toMatchObject({ diagnostics: [{ code: 'BAY6041', message: expect.stringContaining('refuses the token') as string }] }); // prettier-ignore
  expect(JSON.stringify(outcome)).not.toContain('the_token_itself');
});

test.each(['../../secrets', 'a/b/c', 'a b', ''])(
  '%j is no name of a model, and nobody is asked',
  async (repository) => {
    const outcome = await ask(answer(500), undefined, { repository });
    expect(outcome).toMatchObject({ diagnostics: [{ code: 'BAY6040', notes: ['that is no name of one'] }] });
  },
);

test.each(['http://hub.example', 'hub.example', 'ftp://hub.example'])('HF_ENDPOINT %s is refused', (endpoint) => {
  expect(openHub({ env: { HF_ENDPOINT: endpoint } })).toMatchObject({ diagnostics: [{ code: 'BAY6009' }] });
});
