import { z } from 'zod';
import { diagnostic, type Diagnostic, type Outcome, type Where } from '../diagnostics/diagnostic';
import { LookUpFailure } from './registry/failure';
import { finding } from './registry/findings';
import { parseJson } from './registry/json';
import { shown } from './registry/reference';
import { readSettings, type RegistryOptions, type Settings } from './registry/settings';
import { failed, one, Transport, type Answer } from './registry/transport';
import { isCommit } from './wanted';

const HUGGING_FACE = 'https://huggingface.co';
const DEFAULT_BRANCH = 'main';
const MOST_BYTES = 4 * 1024 * 1024;

/** A name as the hub has it: an owner and a model, or a model alone (huggingface_hub, utils/_validators.py). */
const REPOSITORY = /^(?:[A-Za-z0-9_][\w.-]*\/)?[A-Za-z0-9_][\w.-]*$/;

const modelAnswer = z.object({ sha: z.string().refine(isCommit) });

/**
 * Opens the hub of Hugging Face, or the one that HF_ENDPOINT names; nothing is asked yet. A token is taken from HF_TOKEN.
 * Close it at the end. BAY6009 for options or an address that cannot be used.
 */
export function openHub(options: RegistryOptions = {}): Outcome<Hub> {
  const settings = readSettings(options);
  if (!settings.ok) return settings;
  const text = settings.value.env['HF_ENDPOINT'] || HUGGING_FACE;
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe =
    endpoint?.protocol === 'https:' || (endpoint?.protocol === 'http:' && settings.value.mayBePlain(endpoint.host));
  if (endpoint && isSafe) return { ...settings, value: new Hub(settings.value, endpoint) };
  const message = `HF_ENDPOINT is ${shown(text)}, ${endpoint ? 'which is not asked without TLS' : 'which is no address'}`;
  const help = 'write https://host; a host that may be asked by plain HTTP is named with --insecure';
  return { ok: false, diagnostics: [diagnostic('BAY6009', { message, where: { pointer: 'HF_ENDPOINT' }, help })] };
}

/** The hub that models come from, as far as it knows commits. */
export class Hub {
  private readonly transport: Transport;

  constructor(
    private readonly settings: Settings,
    private readonly endpoint: URL,
  ) {
    this.transport = new Transport(settings);
  }

  /** The commit of a branch or tag of a model, of its default branch where none is given. */
  async resolveModel(repository: string, revision: string | undefined, where: Where): Promise<Outcome<string>> {
    const name = revision === undefined ? repository : `${repository}@${revision}`;
    if (!REPOSITORY.test(repository))
      return refused(notThere(name, this.endpoint.host, 'that is no name of one', where));
    try {
      const token = this.settings.env['HF_TOKEN']?.trim();
      const headers = token ? { authorization: `Bearer ${token}` } : undefined;
      const url = this.address(repository, revision ?? DEFAULT_BRANCH);
      const answer = await this.transport.send({ url, headers, maxBytes: MOST_BYTES });
      const found = this.read(answer, name, token !== undefined && token !== '', where);
      return typeof found === 'string' ? { ok: true, value: found, diagnostics: [] } : refused(found);
    } catch (error) {
      if (!(error instanceof LookUpFailure)) throw error;
      const reference = { text: name, host: this.endpoint.host, repository, target: revision ?? DEFAULT_BRANCH };
      return refused(finding(reference, [{ at: this.endpoint.host, failure: error.failure }], where));
    }
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    await this.transport.close();
  }

  /** As huggingface_hub asks (hf_api.py, model_info). */
  private address(repository: string, revision: string): URL {
    const base = this.endpoint.href.replace(/\/+$/, '');
    return new URL(`${base}/api/models/${repository}/revision/${encodeURIComponent(revision)}`);
  }

  private read(answer: Answer, name: string, sent: boolean, where: Where): string | Diagnostic {
    const { host } = this.endpoint;
    if (answer.status === 401 || answer.status === 403) return noEntry(name, host, sent, where);
    if (answer.status === 404) {
      const isThere = one(answer.headers['x-error-code']) === 'RevisionNotFound';
      return notThere(name, host, isThere ? 'the model is there, but not this revision' : undefined, where);
    }
    if (answer.status !== 200) throw failed(host, `it answered with status ${answer.status}`);
    const { data } = modelAnswer.safeParse(parseJson(answer.body));
    if (data === undefined) throw failed(host, 'it answered without a commit');
    return data.sha;
  }
}

function refused(found: Diagnostic): Outcome<never> {
  return { ok: false, diagnostics: [found] };
}

function notThere(name: string, host: string, note: string | undefined, where: Where): Diagnostic {
  return diagnostic('BAY6040', {
    message: `model ${shown(name)} is not there: ${host} has none of that name`,
    where,
    notes: note === undefined ? [] : [note],
    help: 'look at the name of the model and its revision, in the hub itself',
    data: { name, host },
  });
}

function noEntry(name: string, host: string, sent: boolean, where: Where): Diagnostic {
  return diagnostic('BAY6041', {
    message: `model ${shown(name)} could not be looked up: ${host} ${sent ? 'refuses the token' : 'asks for a token'}`,
    where,
    notes: ['the hub answers like that as well where there is no such model'],
    help: sent
      ? 'let the owner of the token in HF_TOKEN accept the terms of the model, and look at its name'
      : 'set HF_TOKEN to a token that may read it, and look at the name of the model',
    data: { name, host },
  });
}
