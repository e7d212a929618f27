import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import { asMap, asText } from '../inventory/raw';
import type { ManifestObject } from '../workloads/objects';

/** `${IMAGE}`, `<your-registry>/x` or `{{ .Values.image }}` in an image, or in the namespace. */
const BLANK = /\$\{?\w+\}?|<[^<>]*>|\{\{.*\}\}/;

/** A manifest with blanks that somebody is to fill in is none yet. */
export function blankOf(graph: ManifestObject): Diagnostic[] {
  const { document, name, namespace = '' } = graph;
  if (asText(asMap(document.metadata).name) === undefined) {
    const message = `graph ${name} has no name yet: the API server gives it one with each apply`;
    return [blank(graph, message, 'write metadata.name in place of generateName')];
  }
  const text = [namespace, ...imagesIn(document.spec)].find((each) => BLANK.test(each));
  if (text === undefined) return [];
  const message = `graph ${name} is a template: ${JSON.stringify(text)} is still to be filled in`;
  return [blank(graph, message, 'fill it in first: a stack gives back what the cluster would get')];
}

function blank({ where }: ManifestObject, message: string, help: string): Diagnostic {
  return diagnostic('BAY2102', { message, where, help });
}

/** Every text under a key `image`. */
function imagesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  );
}
