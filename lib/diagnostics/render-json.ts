import type { Diagnostic } from './diagnostic';

/** Findings for machines. `version` rises when a field changes its meaning or goes; new fields do not raise it. */
export interface DiagnosticsDocument {
  readonly version: 1;
  readonly errors: number;
  readonly warnings: number;
  readonly diagnostics: readonly Diagnostic[];
}

/** Findings as one line of JSON in the shape of {@link DiagnosticsDocument}, also where there are none. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const document: DiagnosticsDocument = {
    version: 1,
    errors: diagnostics.filter((d) => d.severity === 'error').length,
    warnings: diagnostics.filter((d) => d.severity === 'warning').length,
    diagnostics: diagnostics.map(inOrder),
  };
  return `${JSON.stringify(document)}\n`;
}

/** The same finding with its keys in one order, whoever made it. */
function inOrder({ code, severity, message, where, notes, help, data }: Diagnostic): Diagnostic {
  const { construct, file, line, column, pointer } = where;
  return { code, severity, message, where: { construct, file, line, column, pointer }, notes, help, data };
}
