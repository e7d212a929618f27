import { printParseErrorCode, visit } from 'jsonc-parser';

/** Where a text stops being JSON; line and column count from 1. */
export interface JsonSyntaxError {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
  /** What should stand there instead. */
  readonly expected: string;
}

/** What the parser's codes say that it looked for; the others are about the token itself. */
const expectations: Readonly<Record<string, string>> = {
  PropertyNameExpected: 'a key in double quotes',
  ValueExpected: 'a value',
  ColonExpected: 'a colon',
  CommaExpected: 'a comma or a closing bracket',
  CloseBraceExpected: 'a closing brace',
  CloseBracketExpected: 'a closing bracket',
  EndOfFileExpected: 'nothing more',
  UnexpectedEndOfString: 'the closing quote of a string',
};

/**
 * Finds the first syntax error of a text that `JSON.parse` refused. The engine's own message is of no use: its words,
 * and whether it gives a place at all, depend on the version of Node.
 */
export function findJsonError(text: string): JsonSyntaxError | undefined {
  let first: JsonSyntaxError | undefined;
  visit(
    text,
    {
      onError: (code, offset, _length, startLine, startCharacter) => {
        const expected = expectations[printParseErrorCode(code)] ?? 'valid JSON';
        first ??= { offset, line: startLine + 1, column: startCharacter + 1, expected };
      },
    },
    { disallowComments: true },
  );
  return first;
}
