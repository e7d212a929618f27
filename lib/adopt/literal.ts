/** Width of a line, as the formatter of the generated stacks has it. */
const WIDTH = 100;

/** A value of JSON as a literal of TypeScript, as a formatter would lay it out. @param indent of the line it begins on */
export function literal(value: unknown, indent = 0): string {
  const short = inline(value);
  if (!short.includes('\n') && indent + short.length <= WIDTH && isFlat(value)) return short;
  const inner = ' '.repeat(indent + 2);
  const lines = (parts: readonly string[]): string => parts.map((part) => `${inner}${part},\n`).join('');
  if (Array.isArray(value)) {
    return `[\n${lines(value.map((item) => literal(item, indent + 2)))}${' '.repeat(indent)}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${literal(item, indent + 2)}`);
    return `{\n${lines(parts)}${' '.repeat(indent)}}`;
  }
  return short;
}

function inline(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const parts = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${inline(item)}`);
    return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
  }
  return JSON.stringify(value);
}

/** It holds nothing that has parts of its own. */
function isFlat(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((item: unknown) => typeof item !== 'object' || item === null || isEmpty(item));
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function keyText(key: string): string {
  // `__proto__: …` would set the prototype; in brackets it is a key like any other.
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}

/** In single quotes, unless only double ones need no escape. */
function quoted(text: string): string {
  const json = JSON.stringify(text).replace(/[\u2028\u2029]/g, (c) => (c === '\u2028' ? '\\u2028' : '\\u2029'));
  if (text.includes("'") && !text.includes('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
