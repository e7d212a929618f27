import type { Diagnostic } from './diagnostic';
import { renderJson } from './render-json';
import { renderText, type TextOptions } from './render-text';

/** What decides how findings are printed: the stream they go to and the environment. */
export interface Terminal {
  readonly isTTY: boolean;
  /** Reads NO_COLOR, TERM and BAYPLAN_FORMAT (`text`, the default, or `json`). */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** True where ANSI colours are wanted: on a terminal that can show them, unless NO_COLOR (no-color.org) is set. */
export function wantsColor({ isTTY, env }: Terminal): boolean {
  return isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
}

/** Findings as standard error should have them: as text or, where BAYPLAN_FORMAT is `json`, as one line of JSON. */
export function renderFor(
  terminal: Terminal,
  diagnostics: readonly Diagnostic[],
  options: Omit<TextOptions, 'color'> = {},
): string {
  if (terminal.env['BAYPLAN_FORMAT'] === 'json') return renderJson(diagnostics);
  return renderText(diagnostics, { ...options, color: wantsColor(terminal) });
}
