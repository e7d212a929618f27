import { diagnostic, type Diagnostic, type Finding, type Where } from '../../diagnostics/diagnostic';
import { nearest } from '../../diagnostics/nearest';
import type { DiagnosticCode } from '../../diagnostics/registry';
import { compareText } from '../../order';
import type { Failure } from './failure';
import { DOCKER_HUB, isDigest, shown, type Reference } from './reference';

type Said = Pick<Finding, 'message' | 'help' | 'notes'> & { readonly code: DiagnosticCode };

/** A host that was asked, and what came of it. */
export interface Passed {
  readonly at: string;
  readonly failure: Failure;
}

/**
 * Says why a reference could not be looked up: the last failure is the finding, that of the registry itself or one
 * that ended the look-up; those of mirrors before it are notes.
 */
export function finding(reference: Reference, failures: readonly Passed[], where: Where): Diagnostic {
  const last = failures.at(-1)?.failure;
  if (last === undefined) throw new RangeError('a finding needs a failure');
  const { code, message, help, notes = [] } = say(last, shown(reference.text));
  const mirrors = failures.slice(0, -1).map(({ at, failure }) => `mirror ${at}: ${brief(failure)}`);
  const data = { reference: reference.text, host: last.host, reason: last.kind };
  return diagnostic(code, { message, where, notes: [...notes, ...mirrors], help, data });
}

/** The failure in a few words. */
function brief(failure: Failure): string {
  switch (failure.kind) {
    case 'unreachable':
      return failure.proxy === undefined ? failure.cause : `${failure.cause}, through the proxy ${failure.proxy}`;
    case 'untrusted':
      return `its certificate is not trusted (${failure.cause})`;
    case 'plain':
      return `${failure.what} leads to ${failure.host} without TLS`;
    case 'answer':
      return failure.problem;
    case 'unauthorised':
      return failure.sent ? 'it refuses the credentials' : 'it asks for credentials';
    case 'not-found':
      return `it has no ${failure.repository}${isDigest(failure.target) ? '@' : ':'}${failure.target}`;
    case 'digest':
      return `${failure.what} has digest ${failure.received}, and it says ${failure.expected}`;
    case 'media-type':
      return `it is ${failure.found}, not ${failure.wanted}`;
  }
}

function say(failure: Failure, name: string): Said {
  const { host } = failure;
  const because = brief(failure);
  switch (failure.kind) {
    case 'unreachable':
      return {
        code: 'BAY6004',
        message: `${name} could not be looked up: no answer from ${host}`,
        notes: [because],
        help: 'look at the name of the registry, the network, and HTTPS_PROXY and NO_PROXY',
      };
    case 'untrusted':
      return {
        code: 'BAY6005',
        message: `${name} could not be looked up: the certificate of ${host} is not trusted`,
        notes: [because],
        help: 'name the certificate of the authority that signed it: SSL_CERT_FILE=ca.pem',
      };
    case 'plain':
      return {
        code: 'BAY6005',
        message: `${name} could not be looked up: ${because}`,
        help: `let ${host} speak https; credentials are sent nowhere else`,
      };
    case 'answer':
      return sayAnswer(failure, name);
    case 'unauthorised':
      return {
        code: 'BAY6003',
        message: `${name} could not be looked up: ${host} ${failure.sent ? 'refuses the credentials' : 'asks for credentials'}`,
        notes: [...failure.notes, 'many registries answer like that as well where there is no such repository'],
        help: `docker login${host === DOCKER_HUB ? '' : ` ${host}`}, with a user who may read ${failure.repository}`,
      };
    case 'not-found':
      return sayNotFound(failure, name);
    case 'digest':
      return {
        code: 'BAY6007',
        message: `${name} was refused: what ${host} sent does not have the digest that it has to`,
        notes: [`expected ${failure.expected}`, `received ${failure.received}, as ${failure.what}`],
        help: 'ask again without proxies and mirrors; if it stays, tell whoever runs the registry',
      };
    case 'media-type':
      return {
        code: 'BAY6008',
        message: `${name} is not ${failure.wanted}, but ${failure.found}`,
        help: `name ${failure.wanted}, of a format since 2017`,
      };
  }
}

function sayAnswer({ host, problem, status }: Extract<Failure, { kind: 'answer' }>, name: string): Said {
  const help =
    status === 429
      ? `docker login${host === DOCKER_HUB ? '' : ` ${host}`} to be allowed more, or ask a mirror`
      : undefined;
  return {
    code: 'BAY6006',
    message: `${name} could not be looked up: ${host} gave no proper answer`,
    notes: [problem],
    help: help ?? 'try again later; if it stays, see whether this address is that of a registry',
  };
}

const MOST_SHOWN = 5;

function sayNotFound(failure: Extract<Failure, { kind: 'not-found' }>, name: string): Said {
  const { host, repository, target } = failure;
  const tags = failure.tags.filter((tag) => /^\w[\w.-]{0,127}$/.test(tag));
  const meant = isDigest(target) ? undefined : nearest(target, tags);
  const near = [...tags]
    .sort((a, b) => shared(b, target) - shared(a, target) || compareText(b, a))
    .slice(0, MOST_SHOWN);
  const tell = tags.length > near.length ? `its tags, such as ${near.join(', ')}` : `its tags: ${near.join(', ')}`;
  const notes = near.length > 0 ? [tell] : [];
  return {
    code: 'BAY6002',
    message: `${name} is not there: ${host} has no ${isDigest(target) ? 'such digest' : `tag ${target}`} in ${repository}`,
    notes,
    help:
      meant === undefined ? 'look at the repository and the tag, in the registry itself' : `did you mean "${meant}"?`,
  };
}

/** How many characters two texts share from their beginning. */
function shared(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}
