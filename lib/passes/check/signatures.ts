import type { SourceVerification } from '../../backends/flux/controllers';
import { diagnostic, type Diagnostic, type Where } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** Signatures that charts have to carry: that Flux can verify them, and that not everybody's would do. */
export function checkSignatures({ construct }: ClusterModel): Diagnostic[] {
  const { fluxOptions, stack } = construct;
  return (['kai', 'grove'] as const).flatMap((chart) => {
    const verification = fluxOptions.verify[chart];
    if (!verification) return [];
    const where = { ...placeOf(construct), pointer: `flux.verify.${chart}` };
    if (stack.versions[chart] === undefined) {
      return [
        refused(where, `the stack of cluster "${construct.name}" has no ${chart}, so no chart of it is verified`),
      ];
    }
    return checkVerification(verification, where, chart);
  });
}

function checkVerification(
  { matchOIDCIdentity: identities = [], secretRef }: SourceVerification,
  where: Where & { readonly pointer: string },
  chart: string,
): Diagnostic[] {
  if (identities.length === 0 && !secretRef) {
    return [refused(where, `nothing says by whom the chart of ${chart} has to be signed`)];
  }
  return identities.flatMap((identity, index) =>
    (['issuer', 'subject'] as const).flatMap((field) =>
      checkPattern(identity[field], { ...where, pointer: `${where.pointer}.matchOIDCIdentity[${index}].${field}` }),
    ),
  );
}

/** Patterns are Go's: they have flags in front where others have them behind, and neither look around nor back. */
function checkPattern(pattern: string, where: Where): Diagnostic[] {
  const [, flags = '', body = ''] = /^((?:\(\?[imsU]+\))?)(.*)$/s.exec(pattern) ?? [];
  if (body === '' || /\(\?<?[=!]|\\[1-9]/.test(body) || !isPattern(body)) {
    return [refused(where, `${JSON.stringify(pattern)} is no regular expression of Go that matches something`)];
  }
  if (/^\^.*\$$/s.test(body)) return [];
  return [
    diagnostic('BAY2098', {
      message: `${JSON.stringify(pattern)} matches anywhere in an identity, not only the whole of it`,
      where,
      help: `write "${flags}^${body.replace(/^\^|\$$/g, '')}$"`,
    }),
  ];
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}

function refused(where: Where, message: string): Diagnostic {
  const help =
    "verify what the stack has, by whom: verify: { kai: { provider: 'cosign', matchOIDCIdentity: [{ issuer, subject }] } }";
  return diagnostic('BAY2097', { message, where, help });
}
