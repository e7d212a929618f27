import { LineCounter, parseAllDocuments } from 'yaml';
import { diagnostic, type Diagnostic, type Outcome, type Where } from '../diagnostics/diagnostic';
import { tooDeepAt } from '../yaml-depth';
import { isMap, type JsonMap, type KindSchema, type SchemaBundle, type Scope } from './schema';
import { isTooDeep, readSchema, sortedMap, type Fault } from './structural';

/** No cluster holds more: etcd takes 1.5 MB for one CustomResourceDefinition. */
const longestText = 64_000_000;

/** CustomResourceDefinitions are written by programs, which write no aliases; a bomb needs many. */
const mostAliases = 100;

/** Faults of one schema that are told one by one. */
const mostFaults = 5;

/**
 * Reads the CustomResourceDefinitions of a YAML or JSON text: one document or several, or lists as kubectl writes
 * them. Each version that is served becomes one entry. Documents of other kinds are left out with a warning, so that
 * what a chart or `flux install --export` writes can be read as it is.
 *
 * @param file how the text is named in findings
 */
export function readCrds(file: string, text: string): Outcome<SchemaBundle> {
  if (text.length > longestText) return refused(notReadable(file, `longer than ${longestText} characters`));
  const documents = /^\s*[{[]/.test(text) ? parseJson(file, text) : parseYaml(file, text);
  if (!documents.ok) return documents;
  const deep = documents.value.find(({ value }) => isTooDeep(value));
  if (deep) return refused(notReadable(file, 'nested deeper than any CustomResourceDefinition', { line: deep.line }));
  const objects = documents.value.flatMap(unfold);
  const crds = objects.filter(isCrd);
  const left = leftOut(
    file,
    objects.filter((document) => !isCrd(document)),
    crds.length,
  );
  const read = crds.map((crd) => readCrd(file, crd));
  const diagnostics = [...left, ...read.flatMap((one) => one.diagnostics)];
  const bundles = read.flatMap((one) => (one.ok ? [one.value] : []));
  if (crds.length === 0 || bundles.length < crds.length) return { ok: false, diagnostics };
  const merged = mergeBundles(bundles, { file });
  return { ...merged, diagnostics: [...diagnostics, ...merged.diagnostics] };
}

/**
 * One bundle of several, sorted by kind.
 *
 * @param where what is named where two of them describe one kind differently
 */
export function mergeBundles(bundles: readonly SchemaBundle[], where: Where): Outcome<SchemaBundle> {
  const kinds = new Map<string, KindSchema>();
  const twice = new Set<string>();
  for (const [key, kind] of bundles.flatMap((bundle) => Object.entries(bundle.kinds))) {
    const known = kinds.get(key);
    // Both are sorted, so that equal schemas have equal texts.
    if (known && JSON.stringify(known) !== JSON.stringify(kind)) twice.add(key);
    kinds.set(key, kind);
  }
  if (twice.size > 0) return { ok: false, diagnostics: [...twice].sort().map((key) => definedTwice(key, where)) };
  return { ok: true, value: { kinds: sortedMap([...kinds]) }, diagnostics: [] };
}

function definedTwice(key: string, where: Where): Diagnostic {
  return diagnostic('BAY4513', {
    message: `${key} is defined twice, with different schemas`,
    where,
    help: 'name the files of one release of each project only',
    data: { kind: key },
  });
}

interface Document {
  readonly value: unknown;
  /** Where the document begins, counted from 1; unknown for JSON. */
  readonly line?: number;
}

function parseJson(file: string, text: string): Outcome<readonly Document[]> {
  try {
    return { ok: true, value: [{ value: JSON.parse(text) }], diagnostics: [] };
  } catch {
    // YAML may begin with a brace too, and its reader names the place of what is wrong in JSON as well.
    return parseYaml(file, text);
  }
}

function parseYaml(file: string, text: string): Outcome<readonly Document[]> {
  const deep = tooDeepAt(text);
  if (deep !== undefined) {
    const line = text.slice(0, deep).split('\n').length;
    return refused(notReadable(file, 'not YAML: maps and lists stand too deep within each other', { line }));
  }
  const lineCounter = new LineCounter();
  try {
    const parsed = parseAllDocuments(text, { lineCounter, prettyErrors: false, logLevel: 'error' });
    // For a text without any document the parser gives an empty list with properties of its own.
    const documents = Array.isArray(parsed) ? [...parsed] : [];
    const [error] = documents.flatMap(({ errors }) => errors);
    if (error) {
      const { line, col } = lineCounter.linePos(error.pos[0]);
      return refused(notReadable(file, `not YAML: ${sentence(error.message)}`, { line, column: col }));
    }
    const values = documents.map((document) => ({
      value: document.toJS({ maxAliasCount: mostAliases }) as unknown,
      line: lineCounter.linePos(document.contents?.range[0] ?? 0).line,
    }));
    return { ok: true, value: values.filter(({ value }) => value !== null), diagnostics: [] };
  } catch (error) {
    return refused(notReadable(file, `not YAML: ${sentence(error instanceof Error ? error.message : String(error))}`));
  }
}

/** Others' messages in the form of ours: lower case, no full stop, one line. */
function sentence(message: string): string {
  const line = (message.split('\n')[0] ?? '').replace(/[.:]\s*$/, '');
  return line.charAt(0).toLowerCase() + line.slice(1);
}

function refused(...diagnostics: readonly Diagnostic[]): Outcome<never> {
  return { ok: false, diagnostics };
}

function notReadable(file: string, message: string, at: Where = {}): Diagnostic {
  const help = 'export it again, as with kubectl get crds -o yaml';
  return diagnostic('BAY4510', { message, where: { file, ...at }, help });
}

/** The items of a list, the document itself otherwise. */
function unfold({ value, line }: Document): Document[] {
  if (!isMap(value) || !Array.isArray(value['items'])) return [{ value, line }];
  const typed = value['kind'] === 'CustomResourceDefinitionList';
  if (!typed && value['kind'] !== 'List') return [{ value, line }];
  const given = { apiVersion: value['apiVersion'], kind: 'CustomResourceDefinition' };
  // Items of a typed list need not repeat what they are.
  return value['items'].map((item: unknown) => ({ value: typed && isMap(item) ? { ...given, ...item } : item, line }));
}

const apiVersion = 'apiextensions.k8s.io/v1';

function isCrd({ value }: Document): boolean {
  return isMap(value) && value['kind'] === 'CustomResourceDefinition' && value['apiVersion'] === apiVersion;
}

function leftOut(file: string, others: readonly Document[], crds: number): Diagnostic[] {
  const names = [...new Set(others.map(({ value }) => describe(value)))].sort();
  if (names.length === 0 && crds > 0) return [];
  const shown = [...names.slice(0, 3), ...(names.length > 3 ? [`${names.length - 3} other kinds`] : [])].join(', ');
  const line = others[0]?.line;
  if (crds > 0) {
    const message = `left out ${others.length} document${others.length === 1 ? '' : 's'} that define no kind: ${shown}`;
    return [diagnostic('BAY4511', { message, where: { file, line }, data: { kinds: names } })];
  }
  const message = names.length === 0 ? 'the file is empty' : `holds no CustomResourceDefinition but ${shown}`;
  const help = `CustomResourceDefinitions of ${apiVersion} are wanted, as with kubectl get crds -o yaml`;
  return [diagnostic('BAY4510', { message, where: { file, line }, help })];
}

function describe(value: unknown): string {
  if (!isMap(value)) return Array.isArray(value) ? 'a bare list' : 'plain text';
  const { kind, apiVersion: version } = value;
  return typeof kind === 'string' && typeof version === 'string' ? `${version} ${kind}` : 'a map without kind';
}

function readCrd(file: string, { value, line }: Document): Outcome<SchemaBundle> {
  const faults: Fault[] = [];
  const crd = isMap(value) ? value : {};
  const kinds = readKinds(crd, faults);
  const name =
    isMap(crd['metadata']) && typeof crd['metadata']['name'] === 'string' ? crd['metadata']['name'] : 'a CRD';
  if (faults.length === 0) return { ok: true, value: { kinds: sortedMap(kinds) }, diagnostics: [] };
  const help = 'export it from a cluster that has taken it: kubectl get crd NAME -o yaml';
  const told = faults.slice(0, mostFaults).map(({ pointer, message }) =>
    diagnostic('BAY4512', {
      message: `${name} is no valid CustomResourceDefinition: ${pointer} is ${message}`,
      where: { file, line, pointer },
      help,
    }),
  );
  return refused(...told);
}

function readKinds(crd: JsonMap, faults: Fault[]): [string, KindSchema][] {
  const spec = isMap(crd['spec']) ? crd['spec'] : {};
  const kind = isMap(spec['names']) ? spec['names']['kind'] : undefined;
  const { group, scope, versions } = spec;
  if (typeof group !== 'string') faults.push({ pointer: 'spec.group', message: 'not a text' });
  if (typeof kind !== 'string') faults.push({ pointer: 'spec.names.kind', message: 'not a text' });
  if (!isScope(scope)) faults.push({ pointer: 'spec.scope', message: 'neither Cluster nor Namespaced' });
  if (!Array.isArray(versions)) faults.push({ pointer: 'spec.versions', message: 'not a list' });
  if (spec['preserveUnknownFields'] === true) {
    faults.push({ pointer: 'spec.preserveUnknownFields', message: 'true, so that nothing is known of its fields' });
  }
  if (!Array.isArray(versions) || !isScope(scope)) return [];
  return versions.flatMap((version: unknown, i): [string, KindSchema][] => {
    const at = `spec.versions[${i}]`;
    if (!isMap(version) || typeof version['name'] !== 'string') {
      faults.push({ pointer: `${at}.name`, message: 'not a text' });
      return [];
    }
    if (version['served'] === false) return [];
    const given = isMap(version['schema']) ? version['schema']['openAPIV3Schema'] : undefined;
    const schema = readSchema(given, `${at}.schema.openAPIV3Schema`, faults);
    return [[`${String(group)}/${version['name']} ${String(kind)}`, { scope, schema }]];
  });
}

function isScope(value: unknown): value is Scope {
  return value === 'Cluster' || value === 'Namespaced';
}
