/** More maps and lists within each other than any manifest has, and few enough for every parser. */
export const deepest = 300;

/**
 * The offset at which a YAML or JSON text goes deeper than can be read, or undefined. Parsers call themselves for each
 * depth, and run out of memory beyond some hundreds: so this is looked at first, by counting alone. Brackets in
 * texts are counted as well, since they close again.
 */
export function tooDeepAt(text: string): number | undefined {
  const indents: number[] = [];
  let open = 0;
  for (let at = 0; at < text.length;) {
    const end = endOfLine(text, at);
    const first = firstSign(text, at, end);
    if (first < end) {
      while ((indents.at(-1) ?? -1) >= first - at) indents.pop();
      if (indents.push(first - at) + indicators(text, first, end) > deepest) return first;
    }
    for (let sign = first; sign < end; sign++) {
      const code = text.charCodeAt(sign);
      if (code === 0x5b || code === 0x7b) open += 1;
      else if ((code === 0x5d || code === 0x7d) && open > 0) open -= 1;
      if (open > deepest) return sign;
    }
    at = end + 1;
  }
  return undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}

function firstSign(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && text.charCodeAt(at) === 0x20) at += 1;
  return at;
}

/** Lists and keys that begin one within the other on one line: `- - - x`. A line of dashes is none of them. */
function indicators(text: string, from: number, end: number): number {
  let count = 0;
  for (let at = from; at < end && /[-? ]/.test(text.charAt(at)); at++) {
    if (text.charAt(at) === ' ') continue;
    if (at + 1 < end && !/\s/.test(text.charAt(at + 1))) break;
    count += 1;
  }
  return count;
}
