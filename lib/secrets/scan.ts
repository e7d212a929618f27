import { decoded, findForms } from './forms';
import { isSecretName, isSecretValue } from './fields';

/** Something that looks like a secret, in a value. */
export interface SecretFound {
  /** Place in the value, such as `spec.values.adminPassword`; variables and options by name: `env.HF_TOKEN`. */
  readonly pointer: string;
  /** As in `looks like a secret`; `values` are those of a Kubernetes Secret, which need not look like anything. */
  readonly what: string;
  readonly kind: 'value' | 'values';
  /** The secret itself: never to be printed. */
  readonly text: string;
}

/** Finds what looks like a secret in plain data, such as a manifest: by form, and by the name of its field. */
export function scanValue(value: unknown, pointer = ''): SecretFound[] {
  if (typeof value === 'string') return scanText(value, pointer);
  if (Array.isArray(value)) return scanList(value, pointer);
  return typeof value === 'object' && value !== null ? scanMap(value, pointer) : [];
}

/**
 * Finds what looks like a secret in the value of a field.
 *
 * @param literal nothing but the value itself can stand there, as in an environment variable
 */
export function scanField(name: string, value: string, pointer: string, literal: boolean): SecretFound[] {
  const found = scanText(value, pointer);
  if (found.length > 0 || !isSecretName(name) || !isSecretValue(name, value, literal)) return found;
  return [{ pointer, what: 'a secret', kind: 'value', text: value }];
}

/** Finds what looks like a secret among arguments; `--option value` and `--option=value` are named by the option. */
export function scanArguments(args: readonly unknown[], pointer: string): SecretFound[] {
  return args.flatMap((arg, index) => {
    if (typeof arg !== 'string') return scanValue(arg, `${pointer}[${index}]`);
    const before: unknown = args[index - 1];
    const [, option, value = ''] = /^(--?[\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (option !== undefined) return scanField(option, value, `${pointer}.${option}`, true);
    if (typeof before === 'string' && /^--[\w-]+$/.test(before) && !arg.startsWith('-')) {
      return scanField(before, arg, `${pointer}.${before}`, true);
    }
    return scanText(arg, `${pointer}[${index}]`);
  });
}

function scanList(list: readonly unknown[], pointer: string): SecretFound[] {
  if (list.some((item) => typeof item === 'string')) return scanArguments(list, pointer);
  return list.flatMap((item, index) => {
    const variable = asVariable(item);
    if (variable) return scanField(variable.name, variable.value, `${pointer}.${variable.name}`, true);
    return scanValue(item, `${pointer}[${index}]`);
  });
}

/** An environment variable, or anything else that is said by name and value. */
function asVariable(item: unknown): { readonly name: string; readonly value: string } | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { name, value, ...rest } = item as Readonly<Record<string, unknown>>; // any object has unknown fields
  if (typeof name !== 'string' || typeof value !== 'string' || Object.keys(rest).length > 0) return undefined;
  return { name, value };
}

function scanMap(map: object, pointer: string): SecretFound[] {
  const below = (key: string): string => (pointer === '' ? key : `${pointer}.${key}`);
  const secret = 'kind' in map && map.kind === 'Secret';
  const found: SecretFound[] = [];
  for (const [key, value] of Object.entries<unknown>(map as Readonly<Record<string, unknown>>)) {
    if (secret && (key === 'data' || key === 'stringData')) found.push(...scanSecret(value, below(key)));
    else if (typeof value === 'string') found.push(...scanField(key, value, below(key), false));
    else if (typeof value === 'object') found.push(...scanValue(value, below(key)));
  }
  return found;
}

/** Values of a Secret are secrets, whatever they look like. */
function scanSecret(values: unknown, pointer: string): SecretFound[] {
  if (typeof values !== 'object' || values === null || Object.keys(values).length === 0) return [];
  return [{ pointer, what: 'a secret', kind: 'values', text: JSON.stringify(values) }];
}

/** No form, and no setting with a secret in it, is shorter. */
const SHORTEST = 8;

/** Base64 of something, not a name: at least 16 letters, in fours. */
const base64 = /^(?:[A-Za-z0-9+/]{4}){3,}[A-Za-z0-9+/]{2}(?:==|[A-Za-z0-9+/](?:=|[A-Za-z0-9+/]))$/;

function scanText(text: string, pointer: string): SecretFound[] {
  if (text.length < SHORTEST) return [];
  const found = findForms(text).map(({ what, text: part }) => ({ pointer, what, kind: 'value' as const, text: part }));
  if (found.length > 0) return found;
  const [hidden] = base64.test(text) ? findForms(decoded(text) ?? '') : [];
  if (hidden) return [{ pointer, what: `${hidden.what} in base64`, kind: 'value', text }];
  return scanLines(text).map((value) => ({ pointer, what: 'a secret', kind: 'value', text: value }));
}

/** Settings in a text of several: `name: value`, `name = value`, `"name": "value"`, `--name value`. */
const settings =
  /(?:^|[\s{,;"'])(?:([A-Za-z][\w.-]*)\\?["']?[ \t]*[:=]|--([A-Za-z][\w-]*)[ =])[ \t]*\\?["']?([^\s"',;\\]+)/gm;

/** Secrets among the settings of a text; what has brackets is code. */
function scanLines(text: string): string[] {
  if (!/[:=]|--/.test(text)) return [];
  return [...text.matchAll(settings)].flatMap(([, key, option, value = '']) => {
    const name = key ?? option ?? '';
    return isSecretName(name) && !/[()[\]{}<>$]/.test(value) && isSecretValue(name, value, false) ? [value] : [];
  });
}
