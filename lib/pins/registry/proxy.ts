import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/** True for names and addresses of this machine: `localhost`, 127.0.0.0/8 and ::1; `host` may have a port. */
export function isLoopback(host: string): boolean {
  const name = withoutPort(host).toLowerCase();
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    (isIP(name) === 4 && name.startsWith('127.'))
  );
}

/**
 * The proxy that the environment names for an address: HTTPS_PROXY or HTTP_PROXY by scheme, unless NO_PROXY excepts
 * the host. Read as Go does (golang.org/x/net/http/httpproxy), so that docker, helm and flux go the same way: upper
 * case before lower case, `host:port` is http, this machine is never asked through a proxy.
 *
 * @throws TypeError where the variable holds no address of an http or https proxy
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const value = variable(env, name);
  if (value === '' || isLoopback(url.host) || isExcepted(url, variable(env, 'NO_PROXY'))) return undefined;
  return readProxy(value, name);
}

/** Reads the proxies of an environment, to find mistakes before anything is asked. @throws TypeError as `proxyFor` */
export function checkProxies(env: Environment): void {
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) {
    const value = variable(env, name);
    if (value !== '') readProxy(value, name);
  }
}

function variable(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || '';
}

/** The value stays out of the message: it may hold a password. */
function readProxy(value: string, name: string): URL {
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.hostname && ['http:', 'https:'].includes(url.protocol)) return url;
  throw new TypeError(`${name} is no address of an http or https proxy`);
}

function isExcepted(url: URL, noProxy: string): boolean {
  const host = withoutPort(url.host).toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => excepts(entry.toLowerCase(), host, port));
}

/** Whether one entry of NO_PROXY speaks of a host: `*`, a range, an address, or a domain and what is below it. */
function excepts(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInRange(entry, host);
  const [, name = entry, itsPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (itsPort !== undefined && itsPort !== port) return false;
  const bare = withoutPort(name).replace(/^\*(?=\.)/, '');
  if (bare.startsWith('.')) return host.endsWith(bare);
  return host === bare || (isIP(host) === 0 && host.endsWith(`.${bare}`));
}

function isInRange(entry: string, host: string): boolean {
  const [address = '', prefix = ''] = entry.split('/');
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) {
    return false;
  }
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, Number(prefix), kind);
  return range.check(host, kind);
}

/** `host:port` and `[address]:port` without the port and the brackets. */
function withoutPort(host: string): string {
  const bracketed = /^\[(.*)\](?::\d+)?$/.exec(host);
  return bracketed?.[1] ?? (isIP(host) === 6 ? host : host.replace(/:\d+$/, ''));
}
