import { diagnostic } from '../diagnostics/diagnostic';
import { exitCodes } from '../diagnostics/exit';
import { renderCodeList, renderExplanation } from '../diagnostics/explain';
import { nearest } from '../diagnostics/nearest';
import { isDiagnosticCode, registry } from '../diagnostics/registry';
import { texts, type Command } from './command';
import { report } from './io';

/** Prints what stands behind diagnostic codes, or lists all of them. */
export const explain: Command = {
  usage: 'explain [codes..]',
  summary: 'Explain diagnostic codes, or list all of them',
  positionals: { codes: { type: 'string', array: true, describe: 'Codes, such as BAY2001' } },
  options: {},
  examples: [
    ['bayplan explain BAY3204', 'why a plan without pin safety is refused'],
    ['bayplan explain', 'list all codes'],
  ],
  run: (io, args) => {
    const codes = texts(args, 'codes').map((code) => code.toUpperCase());
    const unknown = codes.filter((code) => !isDiagnosticCode(code));
    report(io, unknown.map(unknownCode));
    if (unknown.length > 0) return exitCodes.input;
    io.out(codes.length === 0 ? renderCodeList() : codes.filter(isDiagnosticCode).map(renderExplanation).join('\n'));
    return exitCodes.ok;
  },
};

function unknownCode(code: string): ReturnType<typeof diagnostic> {
  const codes = Object.keys(registry);
  // A mistyped code of a stage most likely means another of the same stage.
  const near =
    nearest(
      code,
      codes.filter((known) => known[3] === code[3]),
    ) ?? nearest(code, codes);
  return diagnostic('BAY5021', {
    message: `there is no diagnostic code ${JSON.stringify(code)}`,
    where: { pointer: `bayplan explain ${code}` },
    help: near === undefined ? 'bayplan explain without a code lists all there are' : `did you mean ${near}?`,
    data: { code },
  });
}
