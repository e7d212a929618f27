import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';

/** What an encrypted file says in clear: which Secret it is, and its keys. */
export interface EncryptedSecret {
  readonly name: string;
  readonly namespace: string;
  /** Sorted. */
  readonly keys: readonly string[];
}

/** A value as SOPS writes it (SOPS 3.13, aes/cipher.go); it leaves empty texts as they are. */
const encrypted = /^(?:|ENC\[AES256_GCM,data:[\w+/=]+,iv:[\w+/=]+,tag:[\w+/=]+,type:[a-z]+\])$/;

/** Where kubectl keeps a copy of what was applied: of a Secret, with its values. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const ENCRYPT = "encrypt it with sops encrypt --encrypted-regex '^(data|stringData)$' --in-place";

/**
 * Looks at a file as far as Flux has to be able to read it: that it is a Secret with a name and a namespace in clear,
 * that all its values are encrypted, and that SOPS says how (kustomize-controller 1.9, docs/spec/v1/kustomizations.md,
 * Decryption). No value is kept.
 *
 * Errors: BAY2090 it is not encrypted, or only in part; BAY2091 it is no Secret, or not known which one.
 *
 * @param file as it is shown
 */
export function readEncrypted(file: string, document: unknown): Outcome<EncryptedSecret> {
  const { apiVersion, kind, metadata, sops, data, stringData } = asMap(document);
  const { name, namespace, annotations } = asMap(metadata);
  if (apiVersion !== 'v1' || kind !== 'Secret') return failed(noSecret(file, apiVersion, kind));
  const values = Object.entries({ ...asMap(data), ...asMap(stringData) });
  const plain = [
    ...[data, stringData].flatMap((map) => Object.entries(asMap(map)).filter(([, value]) => !isEncrypted(value))),
    ...Object.entries(asMap(annotations)).filter(([key]) => key === LAST_APPLIED),
  ]
    .map(([key]) => key)
    .sort();
  if (plain.length > 0 || typeof asMap(sops)['mac'] !== 'string') return failed(notEncrypted(file, plain));
  const unknown = ['name', 'namespace'].filter((field) => !isName(asMap(metadata)[field]));
  if (typeof name !== 'string' || typeof namespace !== 'string' || unknown.length > 0) {
    return failed(notNamed(file, unknown));
  }
  const keys = values.map(([key]) => key).sort();
  return { ok: true, value: { name, namespace, keys }, diagnostics: [] };
}

function isEncrypted(value: unknown): boolean {
  return value === null || (typeof value === 'string' && encrypted.test(value));
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(value);
}

function notEncrypted(file: string, plain: readonly string[]): Diagnostic {
  const what = plain.length > 0 ? `in clear are ${plain.join(', ')}` : 'there is no sops block with a mac';
  return diagnostic('BAY2090', {
    message: `${file} is not encrypted with SOPS: ${what}`,
    where: { file },
    notes: ['it would be committed as it is; values that were committed in clear have to be replaced at their source'],
    help: ENCRYPT,
    data: { plain },
  });
}

function noSecret(file: string, apiVersion: unknown, kind: unknown): Diagnostic {
  const said = [apiVersion, kind].filter((part) => typeof part === 'string').join(' ') || 'no object';
  return diagnostic('BAY2091', {
    message: `${file} is not a Secret of v1, but ${said}`,
    where: { file },
    help: "a file holds one Secret, with apiVersion and kind in clear: sops encrypt --encrypted-regex '^(data|stringData)$'",
  });
}

function notNamed(file: string, fields: readonly string[]): Diagnostic {
  const list = fields.map((field) => `metadata.${field}`).join(' and ');
  return diagnostic('BAY2091', {
    message: `${file} does not say in clear which Secret it is: ${list} is missing or no name`,
    where: { file, pointer: `metadata.${fields[0] ?? ''}` },
    help: "write it before encrypting, and encrypt values only: sops encrypt --encrypted-regex '^(data|stringData)$'",
  });
}

function failed(finding: Diagnostic): Outcome<never> {
  return { ok: false, diagnostics: [finding] };
}

function asMap(value: unknown): Readonly<Record<string, unknown>> {
  // a non-null object that is no list is a map of unknown values: the type says no more than was looked at
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
