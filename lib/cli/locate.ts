import { parseDocument } from 'yaml';
import type { Diagnostic } from '../diagnostics/diagnostic';
import { inJson, inYaml, positionOf } from '../inventory/positions';

// Beyond it, finding a line would take longer than the findings are worth: they still have their place in the document.
const longestText = 8_000_000;

/**
 * Adds line and column to findings that have a place in a document, such as `gangs[0].groups[1].pod`. Where that place
 * is missing from the text (a key that is wanted), the one around it is shown.
 *
 * @param text what the document was read from: JSON or YAML
 */
export function locate(diagnostics: readonly Diagnostic[], text: string): readonly Diagnostic[] {
  const wanted = diagnostics.some(({ where }) => where.pointer !== undefined && where.line === undefined);
  if (!wanted || text.length > longestText) return diagnostics;
  const find = /^\s*[{[]/.test(text) ? inJson(text) : inYaml(parseDocument(text, { logLevel: 'error' }));
  return diagnostics.map((found) => {
    const { pointer, line } = found.where;
    if (pointer === undefined || line !== undefined) return found;
    const offset = find(pointer);
    return offset === undefined ? found : { ...found, where: { ...found.where, ...positionOf(text, offset) } };
  });
}
