/**
 * Fields that are named like secrets, and whether a value in one looks like a secret. Such fields often hold a name, a
 * path or a reference instead; what looks like words is taken for one.
 */

/** Names that end so; letters only, in lower case. Plurals are counts: max_tokens. */
const password = /(?:password|passwd|passphrase)$/;
const secret = /(?:token|secret|credentials?|(?:api|access|secret|private|signing|encryption|auth|account)key)$/;

/** What is known of names: manifests have few, and each of them often. */
const known = new Map<string, boolean>();

/** True where a field of that name holds a secret, or says where one is. */
export function isSecretName(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  const isSecret = isPasswordName(name) || secret.test(letters(name));
  if (known.size < MOST_NAMES) known.set(name, isSecret);
  return isSecret;
}

const MOST_NAMES = 10_000;

function isPasswordName(name: string): boolean {
  return password.test(letters(name));
}

function letters(name: string): string {
  return name.replace(/[^A-Za-z]/g, '').toLowerCase();
}

/** Shorter ones are words such as `EMPTY` or `none`. */
const SHORTEST = 8;

/**
 * True where a value looks like the secret itself.
 *
 * @param name of its field, which is named like a secret
 * @param literal nothing but the value can stand there, as in an environment variable: words are a secret there too
 */
export function isSecretValue(name: string, value: string, literal: boolean): boolean {
  if (value.length < SHORTEST || isReference(value)) return false;
  return literal || isPasswordName(name) || isRandom(value);
}

/** What is filled in later, is encrypted, or says where the secret is. */
const references = [
  /\$\(|\$\{|\{\{/, //                                            $(VARIABLE), ${VARIABLE}, {{ template }}
  /^<.*>$|^\[.*\]$|^\*+$/s, //                                    <your token>, [PAD], ********
  /^ENC\[AES256_GCM,/, //                                         SOPS
  /^(?:[a-z][a-z0-9+.-]*:\/)?(?:~|\.{0,2})\/[\w./-]*$/i, //       a path or a URL: one with a password is a form of its own
  /^(?:[\w./-]+@)?sha(?:1|256|512):[0-9a-f]+$/, //                a digest
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, //            a UUID
  /^\s*-----BEGIN (?:CERTIFICATE|PUBLIC KEY|[A-Z ]+PUBLIC KEY)/, // public by intent
];

function isReference(value: string): boolean {
  return references.some((pattern) => pattern.test(value)) && !isRandomPath(value);
}

/** Base64 may begin with a slash as well; a path is made of words. */
function isRandomPath(value: string): boolean {
  return value.startsWith('/') && isRandom(value);
}

/** From this length on random texts have 3 bits or more for each letter, hex included: but for one in ten thousand. */
const LONG = 16;

function isRandom(value: string): boolean {
  if (value.split(/[^A-Za-z0-9]+/).every(isWord)) return false;
  if (value.length >= LONG) return entropy(value) >= 3;
  return entropy(value) >= 2.5 && /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** A word, an abbreviation, a version, a number: what names are made of. */
function isWord(part: string): boolean {
  if (part.length <= 5 || /^\d{1,8}$/.test(part) || /^[A-Za-z]{1,10}\d{1,4}$/.test(part)) return true;
  if (!/^[A-Za-z]+$/.test(part)) return false;
  const words = part.split(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return part.length / words.length >= 4 && words.every((word) => word.length <= 10 || isPronounced(word));
}

/** More than a fourth are vowels: of random letters it is a fifth. */
function isPronounced(word: string): boolean {
  return word.length <= 24 && (word.match(/[aeiouy]/gi)?.length ?? 0) * 4 > word.length;
}

/** Shannon entropy, in bits of each letter. */
function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((sum, count) => sum - (count / text.length) * Math.log2(count / text.length), 0);
}
