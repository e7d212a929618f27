import { spawn, spawnSync } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { smokeTestScript } from '../../lib/backends/dynamo/smoke-test';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const withPython = hasPython ? describe : describe.skip;

const body = JSON.stringify({ model: 'm', prompt: 'p' });

/** A frontend that gives one answer after the other, the last one for ever. */
function frontend(...answers: readonly [number, unknown][]): { asked: string[]; listener: RequestListener } {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const [status, answer] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, ''];
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${text}`);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    });
  };
  return { asked, listener };
}

async function askServer(listener: RequestListener, seconds: string): Promise<{ code: number | null; out: string }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo; // a TCP server has no other address
  try {
    return await ask(`http://127.0.0.1:${port}/v1/completions`, seconds);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function ask(url: string, seconds: string): Promise<{ code: number | null; out: string }> {
  return new Promise((done) => {
    const child = spawn('python3', ['-c', smokeTestScript, url, body, seconds], { env: { PATH: process.env['PATH'] } });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('close', (code) => {
      done({ code, out: out.replace(/127\.0\.0\.1:\d+/g, 'HOST') });
    });
  });
}

const asking = `asking http://HOST/v1/completions ${body}\n`;

withPython('the script of a smoke test', () => {
  test.each([
    ['a completion', { choices: [{ text: ' Paris' }] }, 'Paris'],
    ['a message', { choices: [{ message: { role: 'assistant', content: 'Paris "it" is' } }] }, 'Paris "it" is'],
    [
      'nothing but reasoning',
      { choices: [{ message: { content: null, reasoning_content: 'The user asks' } }] },
      'The user asks',
    ],
  ])('passes with %s', async (_, answer, text) => {
    const { asked, listener } = frontend([200, answer]);
    expect(await askServer(listener, '5')).toEqual({
      code: 0,
      out: `${asking}the graph answers: ${JSON.stringify(text)}\n`,
    });
    expect(asked).toEqual([`POST /v1/completions ${body}`]);
  });

  test('asks again until the model is known and says something', async () => {
    const { listener } = frontend(
      [404, { message: 'model m not found' }],
      [200, { choices: [] }],
      [200, { choices: [{ text: ' ' }] }],
      [200, { choices: [{ text: 'Paris' }] }],
    );
    expect(await askServer(listener, '3')).toEqual({
      code: 0,
      out: `${asking}RuntimeError: HTTP 404: {"message":"model m not found"}
IndexError: list index out of range
an answer without text
the graph answers: "Paris"
`,
    });
  });

  test.each([
    ['only empty answers', frontend([200, { choices: [{ text: '' }] }]).listener, 'an answer without text'],
    ['only errors', frontend([503, 'no workers']).listener, 'RuntimeError: HTTP 503: "no workers"'],
    ['no answer at all', (): void => undefined, 'TimeoutError: timed out'],
    ['a connection that breaks', (request) => request.socket.destroy(), 'RemoteDisconnected'],
  ])('fails with %s', async (_, listener, problem) => {
    const { code, out } = await askServer(listener, '0.2');
    expect(code).toBe(1);
    expect(out).toContain(problem);
    expect(out).toMatch(/\nno completion with text in 0 seconds\n$/);
  });

  test('fails where nobody listens', async () => {
    const { code, out } = await ask('http://127.0.0.1:1/v1/completions', '0.2');
    expect({ code, refused: out.includes('Connection refused') }).toEqual({ code: 1, refused: true });
  });
});

test('the script has nothing that Kubernetes or Flux would replace', () => {
  expect(smokeTestScript).not.toContain('$');
});
