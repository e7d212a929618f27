import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, ProxyAgent, request, type Dispatcher } from 'undici';
import { connectionFailure, LookUpFailure } from './failure';
import { proxyFor } from './proxy';
import type { Settings } from './settings';

/** A request; GET unless it has a form to post. */
export interface Request {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: URLSearchParams;
  /** An answer of more bytes is refused. */
  readonly maxBytes: number;
}

/** An answer, received whole. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly body: Uint8Array;
}

const LONGEST_WAIT = 20_000;
const MOST_REDIRECTS = 5;
const CONNECT_TIMEOUT = 10_000;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * HTTP as registries need it: through the proxy of the environment, trusting what the settings trust, within limits of
 * time and size, repeated where a failure may pass, never without TLS unless the host may. Throws LookUpFailure only.
 */
export class Transport {
  private readonly tls: { readonly secureContext?: Settings['secureContext']; readonly timeout: number };
  private readonly direct: Agent;
  private readonly proxies = new Map<string, ProxyAgent>();
  /** On the clock of `performance`. */
  private readonly deadline: number;

  constructor(private readonly settings: Settings) {
    this.deadline = performance.now() + settings.timeout;
    const { secureContext } = settings;
    this.tls = { ...(secureContext && { secureContext }), timeout: Math.min(CONNECT_TIMEOUT, settings.requestTimeout) };
    this.direct = new Agent({ connect: this.tls });
  }

  /** Sends a request, as often as the settings allow; an answer is one of the server's, whatever its status. */
  async send(wanted: Request): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      const last = attempt === this.settings.attempts;
      const answer = await this.follow(wanted).catch((error: unknown) => {
        if (last || !(error instanceof LookUpFailure && error.passing)) throw error;
        return undefined;
      });
      if (answer !== undefined && (last || !mayPass(answer.status))) return checked(answer);
      await this.wait(wanted.url.host, retryAfter(answer) ?? this.settings.backoff * 2 ** (attempt - 1));
    }
  }

  /** Sends a request once, and follows where it is redirected; credentials go to the first host only. */
  async follow(wanted: Request): Promise<Answer> {
    let { url, headers = {} } = wanted;
    for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
      const answer = await this.once({ ...wanted, url, headers });
      const location = REDIRECTS.has(answer.status) ? one(answer.headers['location']) : undefined;
      if (location === undefined || wanted.form !== undefined) return answer;
      const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
      if (next === undefined) throw failed(url.host, 'a redirect to no address');
      this.requireTls(next, url, 'a redirect');
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
    throw failed(url.host, `more than ${MOST_REDIRECTS} redirects`);
  }

  /** Refuses an address that an answer named and that gives up TLS, which `from` had or the host must have. */
  requireTls(url: URL, from: URL, what: string): void {
    if (url.protocol === 'https:') return;
    if (url.protocol === 'http:' && from.protocol === 'http:' && this.settings.mayBePlain(url.host)) return;
    throw new LookUpFailure({ kind: 'plain', host: url.host, what });
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await Promise.all([this.direct, ...this.proxies.values()].map((agent) => agent.destroy()));
  }

  private async once({ url, headers, form, maxBytes }: Request): Promise<Answer> {
    const proxy = proxyFor(url, this.settings.env);
    try {
      const answer = await request(url, {
        dispatcher: this.dispatcher(proxy),
        method: form === undefined ? 'GET' : 'POST',
        headers: { 'user-agent': 'bayplan', ...(form && FORM), ...headers },
        body: form?.toString(),
        signal: AbortSignal.timeout(Math.min(this.settings.requestTimeout, this.left(url.host))),
      });
      const body = await received(answer.body, maxBytes, url.host);
      return { url, status: answer.statusCode, headers: answer.headers, body };
    } catch (error) {
      if (error instanceof LookUpFailure) throw error;
      // Says so where it was the limit of all that cut this one.
      this.left(url.host);
      throw connectionFailure(error, url.host, proxy?.host);
    }
  }

  private dispatcher(proxy: URL | undefined): Dispatcher {
    if (proxy === undefined) return this.direct;
    const known = this.proxies.get(proxy.href);
    if (known !== undefined) return known;
    const agent = new ProxyAgent({ uri: proxy.href, requestTls: this.tls, proxyTls: this.tls });
    this.proxies.set(proxy.href, agent);
    return agent;
  }

  private async wait(host: string, milliseconds: number): Promise<void> {
    await sleep(Math.min(milliseconds, LONGEST_WAIT, this.left(host)));
  }

  /** Milliseconds until the time limit of all requests; throws where it has passed. */
  private left(host: string): number {
    const left = Math.ceil(this.deadline - performance.now());
    if (left > 0) return left;
    const cause = `the time limit of ${this.settings.timeout / 1000} s for all look-ups has passed`;
    throw new LookUpFailure({ kind: 'unreachable', host, cause });
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The value of a header, the first of several. */
export function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function mayPass(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** An answer that says something of what was asked: a server in trouble does not. */
function checked(answer: Answer): Answer {
  if (!mayPass(answer.status)) return answer;
  const problem = `it answered with status ${answer.status}`;
  throw new LookUpFailure({ kind: 'answer', host: answer.url.host, problem, status: answer.status });
}

/** Milliseconds that a server asks for: seconds, or a date, which is read against the server's own clock. */
function retryAfter(answer: Answer | undefined): number | undefined {
  const text = one(answer?.headers['retry-after']);
  if (answer === undefined || text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(one(answer.headers['date']) ?? '');
  return Number.isFinite(wait) ? Math.max(0, wait) : undefined;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'authorization'));
}

async function received(body: Dispatcher.ResponseData['body'], maxBytes: number, host: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Bytes, because the stream was given no encoding.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw failed(host, `more than ${maxBytes} bytes where fewer are allowed`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** A server that answers, and does not say what it has to. */
export function failed(host: string, problem: string): LookUpFailure {
  return new LookUpFailure({ kind: 'answer', host, problem });
}
