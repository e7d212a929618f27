import type { SecretWaiver } from '../constructs/secret-waiver';
import { diagnostic, type Diagnostic, type Outcome, type Where } from '../diagnostics/diagnostic';
import type { Manifest } from '../emit/manifest';
import { findForms } from '../secrets/forms';
import { scanValue, type SecretFound } from '../secrets/scan';
import { placeOf, type FleetModel } from './collect';
import type { LoweredObject } from './lower';
import { pathOf } from './render';

const committed = 'what is compiled is committed, and so is every secret in it';

/** Something found, and the object that it stands in. */
interface Place {
  readonly found: SecretFound;
  readonly object: LoweredObject;
  readonly waivers: readonly SecretWaiver[];
}

/**
 * That nothing is written that looks like a secret: first the manifests, in which fields have names, then the texts of
 * all files, whatever they come from. The value is how many fields are waived.
 *
 * @param files paths and texts, below dist and beside it
 */
export function secrets(
  { waivers }: FleetModel,
  objects: readonly LoweredObject[],
  files: readonly (readonly [path: string, text: string])[],
): Outcome<number> {
  const places = objects.flatMap((object) =>
    scanValue(object.manifest).map((found): Place => {
      const covering = waivers.filter((waiver) => waiver.covers(object.object, object.manifest, found.pointer));
      return { found, object, waivers: covering };
    }),
  );
  const waived = places.filter((place) => place.waivers.length > 0);
  const rendered = new Map(objects.map((object) => [pathOf(object), object]));
  const used = new Set(waived.flatMap((place) => place.waivers));
  const diagnostics = [
    ...places.filter((place) => place.waivers.length === 0).map(inManifest),
    ...files.flatMap(([path, text]) => {
      const object = rendered.get(path);
      const known = places.filter((place) => object !== undefined && place.object === object).map(({ found }) => found);
      return inText(path, text, object?.object.node.path, known);
    }),
    ...waivers.filter((waiver) => waiver.props.reason.trim() === '').map(withoutReason),
    ...waivers.filter((waiver) => !used.has(waiver)).map(unused),
  ];
  return { ok: true, value: waived.length, diagnostics };
}

function inManifest({ found, object }: Place): Diagnostic {
  const { pointer, kind, what, text } = found;
  const described = describe(object.manifest);
  const where: Where = { construct: object.object.node.path, pointer };
  if (kind === 'values') {
    return diagnostic('BAY4051', {
      message: `${described} has its values in ${pointer}`,
      where,
      notes: ['base64 is no encryption: whoever reads the repository reads them'],
      help: 'declare an ExternalSecret or a SopsSecret instead, or let somebody else make the Secret and refer to it',
    });
  }
  return diagnostic('BAY4050', {
    message: `${pointer} of ${described} looks like ${what} (${text.length} characters, not shown)`,
    where,
    notes: [committed],
    help: `refer to a Secret instead; where it is none, say why: new SecretWaiver(cluster, 'id', ${waiverOf(object.manifest, pointer)})`,
    data: { pointer, kind: what },
  });
}

function waiverOf({ kind, metadata: { name, namespace } }: Manifest, field: string): string {
  const place = namespace === undefined ? '' : ` namespace: '${namespace}',`;
  return `{ kind: '${kind}',${place} name: '${name}', field: '${field}', reason: '...' }`;
}

/** What is in the text of a file and not among what is known of it: a comment of an encrypted file, a key, a report. */
function inText(
  path: string,
  text: string,
  construct: string | undefined,
  known: readonly SecretFound[],
): Diagnostic[] {
  return findForms(text)
    .filter((found) => !known.some((one) => one.text.includes(unescaped(found.text))))
    .map(({ what, text: { length }, index }) =>
      diagnostic('BAY4050', {
        message: `${path} would hold what looks like ${what} (${length} characters, not shown)`,
        where: {
          ...(construct === undefined ? {} : { construct }),
          file: path,
          line: text.slice(0, index).split('\n').length,
        },
        notes: [committed],
        help: 'take it out of what the file is made from',
        data: { kind: what },
      }),
    );
}

/** Part of a YAML text as it stands in the value: quotes are escaped where they stand in quotes. */
function unescaped(text: string): string {
  return text.replaceAll('\\', '');
}

function withoutReason(waiver: SecretWaiver): Diagnostic {
  return diagnostic('BAY4053', {
    message: `the waiver of ${waiver.props.field} in ${waiver.props.kind} "${waiver.props.name}" gives no reason`,
    where: placeOf(waiver),
    help: 'say why the value is no secret: who reviews it has to know',
  });
}

function unused(waiver: SecretWaiver): Diagnostic {
  const { kind, namespace, name, field } = waiver.props;
  return diagnostic('BAY4052', {
    message: `nothing in ${field} of ${describe({ kind, metadata: { name, namespace } })} looks like a secret`,
    where: placeOf(waiver),
    help: 'remove the waiver, or correct what it names: kind, namespace, name and the end of its path',
  });
}

function describe({ kind, metadata: { name, namespace } }: Pick<Manifest, 'kind' | 'metadata'>): string {
  return `${kind} "${name}"${namespace === undefined ? '' : ` in namespace "${namespace}"`}`;
}
