/** Width of a line, as the formatter of the generated stacks has it. */
const WIDTH = 100;

/**
 * A value of JSON as a literal of TypeScript, as a formatter would lay it out.
 *
 * @param indent of the line it begins on
 */
export function literal(value: unknown, indent = 0): string {
  const short = inline(value);
  if (indent + short.length <= WIDTH && isFlat(value)) return short;
  const lines = (parts: readonly string[]): string =>
    parts.map((part) => `${' '.repeat(indent + 2)}${part},\n`).join('');
  const end = ' '.repeat(indent);
  if (Array.isArray(value)) return `[\n${lines(value.map((item) => literal(item, indent + 2)))}${end}]`;
  if (isContainer(value)) {
    const parts = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${literal(item, indent + 2)}`);
    return `{\n${lines(parts)}${end}}`;
  }
  return typeof value === 'string' ? textLines(value, indent) : short;
}

function inline(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (!isContainer(value)) return JSON.stringify(value);
  const parts = Object.entries(value).map(([key, item]) => `${keyText(key)}: ${inline(item)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

/** A text of several lines, such as a script: a line of the code for each, so that it can be read and reviewed. */
function textLines(text: string, indent: number): string {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [''];
  return lines.map(quoted).join(` +\n${' '.repeat(indent + 2)}`);
}

/** It holds nothing that has parts of its own, and no text of several lines. */
function isFlat(value: unknown): boolean {
  if (!isContainer(value)) return typeof value !== 'string' || isOneLine(value);
  return Object.values(value).every((item) =>
    isContainer(item) ? Object.keys(item).length === 0 : typeof item !== 'string' || isOneLine(item),
  );
}

function isOneLine(text: string): boolean {
  return !text.slice(0, -1).includes('\n');
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> | readonly unknown[] {
  return typeof value === 'object' && value !== null;
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
