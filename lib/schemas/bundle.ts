import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import { isMap, type KindSchema, type SchemaBundle } from './schema';
import { isTooDeep, readSchema, sortedMap, type Fault } from './structural';

/** Name and version of the file format. */
const format = 'bayplan-schemas/1';

/** A bundle as the text of a JSON file: one line for each kind, so that a new release reads as a change of its kinds. */
export function bundleText(bundle: SchemaBundle): string {
  const lines = Object.entries(bundle.kinds).map(([key, kind]) => `${JSON.stringify(key)}:${JSON.stringify(kind)}`);
  return `{"format":${JSON.stringify(format)},"kinds":{\n${lines.join(',\n')}\n}}\n`;
}

/**
 * Reads what `bundleText` wrote.
 *
 * @param file how the text is named in findings
 */
export function readBundle(file: string, text: string): Outcome<SchemaBundle> {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return refused(file, [{ pointer: '', message: 'not JSON' }]);
  }
  if (!isMap(document) || document['format'] !== format || !isMap(document['kinds']) || isTooDeep(document)) {
    return refused(file, [{ pointer: '', message: `not a file of the format ${format}` }]);
  }
  const faults: Fault[] = [];
  const kinds = Object.entries(document['kinds']).map(([key, value]): [string, KindSchema] => [
    key,
    readKind(key, value, faults),
  ]);
  return faults.length > 0 ? refused(file, faults) : { ok: true, value: { kinds: sortedMap(kinds) }, diagnostics: [] };
}

function readKind(key: string, value: unknown, faults: Fault[]): KindSchema {
  const pointer = `kinds[${JSON.stringify(key)}]`;
  const { scope, schema } = isMap(value) ? value : {};
  if (scope === 'Cluster' || scope === 'Namespaced') {
    return { scope, schema: readSchema(schema, `${pointer}.schema`, faults) };
  }
  faults.push({ pointer: `${pointer}.scope`, message: 'neither Cluster nor Namespaced' });
  return { scope: 'Cluster', schema: {} };
}

function refused(file: string, faults: readonly Fault[]): Outcome<never> {
  const diagnostics = faults.slice(0, 5).map(({ pointer, message }): Diagnostic => {
    const where = pointer === '' ? { file } : { file, pointer };
    const help = 'write it with bayplan schemas import';
    return diagnostic('BAY4520', { message: `${pointer === '' ? file : pointer} is ${message}`, where, help });
  });
  return { ok: false, diagnostics };
}
