import type { Digest } from './reference';

/** Why a look-up came to nothing, as data; `findings.ts` says it to people. No part of it holds a secret. */
export type Failure =
  /** Nobody answered: no name, no connection, no time. `proxy` is the one that was asked to connect. */
  | { readonly kind: 'unreachable'; readonly host: string; readonly cause: string; readonly proxy?: string }
  | { readonly kind: 'untrusted'; readonly host: string; readonly cause: string }
  /** An address without TLS, of a host that is neither this machine nor named as insecure. */
  | { readonly kind: 'plain'; readonly host: string; readonly what: string }
  /** An answer that is no answer to the question: a server's error, too many bytes, not what the protocol says. */
  | { readonly kind: 'answer'; readonly host: string; readonly problem: string; readonly status?: number }
  | {
      readonly kind: 'unauthorised';
      readonly host: string;
      readonly repository: string;
      /** Whether credentials were sent. */
      readonly sent: boolean;
      readonly notes: readonly string[];
    }
  | {
      readonly kind: 'not-found';
      readonly host: string;
      readonly repository: string;
      readonly target: string;
      /** Tags of the repository, where it told them. */
      readonly tags: readonly string[];
    }
  | {
      readonly kind: 'digest';
      readonly host: string;
      readonly what: string;
      readonly expected: string;
      readonly received: Digest;
    }
  | { readonly kind: 'media-type'; readonly host: string; readonly found: string; readonly wanted: string };

/** A failure on its way to whoever reports it. */
export class LookUpFailure extends Error {
  constructor(
    readonly failure: Failure,
    /** True where asking again may help. */
    readonly passing = false,
  ) {
    super(failure.kind);
  }
}

const connectionCauses: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  UND_ERR_ABORTED: 'the proxy refused to connect',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no answer in time',
  UND_ERR_BODY_TIMEOUT: 'no answer in time',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended early',
  ETIMEDOUT: 'no connection in time',
  TimeoutError: 'no answer in time',
  ENOTFOUND: 'the name is not known',
  EAI_AGAIN: 'the name could not be looked up',
  EHOSTUNREACH: 'no route to it',
  ENETUNREACH: 'no network',
};

/** Codes of node:tls and OpenSSL that speak of a certificate. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ISSUER|SIGNATURE/;

/** Codes with which a handshake fails where the other side speaks plain http. */
const NO_TLS = /^(EPROTO|ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST))$/;

/** Reads what a socket, a name look-up or undici threw. Only codes get into it: they never hold what was sent. */
export function connectionFailure(error: unknown, host: string, proxy?: string): LookUpFailure {
  const code = codeOf(error);
  if (CERTIFICATE.test(code)) return new LookUpFailure({ kind: 'untrusted', host, cause: code });
  const known = connectionCauses[code] ?? (NO_TLS.test(code) ? 'it does not speak TLS' : undefined);
  const cause = known === undefined ? code : `${known} (${code})`;
  const passing = known !== undefined && code !== 'ENOTFOUND' && !NO_TLS.test(code) && code !== 'UND_ERR_ABORTED';
  return new LookUpFailure({ kind: 'unreachable', host, cause, proxy }, passing);
}

/** The code of an error or of its cause, else its name. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'unknown error';
  const { code, cause, name } = error as { readonly code?: unknown; readonly cause?: unknown; readonly name?: unknown };
  if (typeof code === 'string') return code;
  return cause === undefined ? String(name) : codeOf(cause);
}
