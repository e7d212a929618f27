/**
 * YAML text of plain data. Written here, and not by a library, for three reasons: every text must read as the same
 * text under YAML 1.1 (Flux, kustomize, kubectl) and 1.2, keys must come in an order of ours whatever
 * CDK8S_DISABLE_SORT says, and ten thousand objects must not take seconds.
 */

/** The order of keys in maps: sorted by UTF-16 code unit, or as they stand in the object. */
export type KeyOrder = 'sorted' | 'given';

/**
 * A value as one YAML document in block style, ending with a newline. No line is folded, lists are indented below
 * their key, texts of several lines are literal blocks. Keys and list items that are undefined are left out.
 *
 * @throws TypeError for what JSON cannot hold: functions, symbols, bigints, infinite numbers, instances of classes.
 */
export function yamlText(value: unknown, order: KeyOrder = 'sorted'): string {
  const text = isBlock(value) ? block(value, '', order) : scalar(value);
  return `${text}\n`;
}

/** A map or list that has something in it, and so takes lines of its own. */
type Block = readonly unknown[] | Readonly<Record<string, unknown>>;

function isBlock(value: unknown): value is Block {
  if (Array.isArray(value)) return value.some((item) => item !== undefined);
  return isMap(value) && Object.values(value).some((item) => item !== undefined);
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Lines of a map or list, each beginning with `indent`, without a newline at the end. */
function block(value: Block, indent: string, order: KeyOrder): string {
  if (isList(value)) {
    const items = value.filter((item) => item !== undefined);
    return items.map((item) => `${indent}-${listItem(item, indent, order)}`).join('\n');
  }
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (order === 'sorted') keys.sort();
  return keys.map((key) => `${indent}${mapKey(key, indent)}:${mapValue(value[key], indent, order)}`).join('\n');
}

function isList(value: Block): value is readonly unknown[] {
  return Array.isArray(value);
}

/** What follows the dash: a map or list begins on the dash's own line. */
function listItem(item: unknown, indent: string, order: KeyOrder): string {
  const inner = `${indent}  `;
  return isBlock(item) ? ` ${block(item, inner, order).slice(inner.length)}` : ` ${inline(item, inner)}`;
}

function mapValue(value: unknown, indent: string, order: KeyOrder): string {
  const inner = `${indent}  `;
  return isBlock(value) ? `\n${block(value, inner, order)}` : ` ${inline(value, inner)}`;
}

// A key that stands before its colon on one line may be no longer than 1024 characters (YAML 1.2.2, 7.4.2).
const longestKey = 1000;

function mapKey(key: string, indent: string): string {
  const text = quoted(key);
  return text.length > longestKey ? `? ${text}\n${indent}` : text;
}

function inline(value: unknown, indent: string): string {
  if (typeof value === 'string' && isLiteral(value)) return literal(value, indent);
  return scalar(value);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number' && Number.isFinite(value)) return number(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return '[]';
  if (isMap(value)) return '{}';
  throw new TypeError(`YAML cannot hold a value of type ${kind(value)}`);
}

function kind(value: unknown): string {
  if (typeof value === 'object') return value?.constructor.name ?? 'null';
  return typeof value === 'number' ? String(value) : typeof value;
}

/** A point in the mantissa, because YAML 1.1 readers such as PyYAML take `1e+21` for a text. */
function number(value: number): string {
  return JSON.stringify(value).replace(/^(-?\d+)(e)/, '$1.0$2');
}

/**
 * Texts that are safe without quotes: they begin with a letter, a slash or the dashes of an option, and hold nothing
 * that YAML gives a meaning to. Whatever begins with a digit, sign or point may be a number, time or version in one
 * of the YAMLs and gets quotes, except quantities and durations, whose unit keeps them apart.
 */
const plain = /^(?:--?(?=[A-Za-z])|(?=[A-Za-z/]))[\w./@=+,-]+(?:[ :][\w./@=+,-]+)*$/;
const withUnit = /^\d+(?:\.\d+)?(?:m|k|M|G|T|P|[KMGTPE]i|h|s|ms)$/;
// The last one is no number in any YAML, but some readers look for the mantissa later: `yaml` 2.9 reads e1 as NaN.
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|-?e[-+]?[\d_]+)$/i;

/** A text as a scalar on one line, quoted where it must be. */
export function quoted(text: string): string {
  return (plain.test(text) && !reserved.test(text)) || withUnit.test(text) ? text : doubleQuoted(text);
}

// JSON's escapes are YAML's too, but JSON leaves characters as they are that YAML 1.1 takes for line breaks or refuses.
const unprintable = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function doubleQuoted(text: string): string {
  return JSON.stringify(text).replace(unprintable, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** True for texts of several lines that a literal block shows as they are, and that survive an editor. */
function isLiteral(text: string): boolean {
  return (
    /^\S.*\n/.test(text) &&
    !/\n\n$|[ \t](?:\n|$)/.test(text) &&
    !/(?![\n\t])[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u.test(text)
  );
}

function literal(text: string, indent: string): string {
  const body = text.endsWith('\n') ? text.slice(0, -1) : text;
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}${line}`));
  return `${body === text ? '|-' : '|'}\n${lines.join('\n')}`;
}
