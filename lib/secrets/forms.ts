/** A form of secret that can be told by its look alone. */
interface Form {
  /** As in `looks like a Hugging Face token`. */
  readonly what: string;
  /** One of these stands in every text that has the form; looked for first, because it is quick. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** Whether what was found is one after all. @default - it is */
  readonly confirm?: (found: RegExpMatchArray) => boolean;
}

/**
 * Forms of tokens that services give out, mostly a prefix and so many letters: as the services document them and
 * gitleaks knows them (gitleaks 8, config/gitleaks.toml; of NGC: NVIDIA's NGC user guide).
 */
const forms: readonly Form[] = [
  { what: 'a Hugging Face token', hints: ['hf_', 'api_org_'], pattern: /\b(?:hf|api_org)_[A-Za-z0-9]{20,}/g },
  { what: 'an NGC key', hints: ['nvapi-'], pattern: /\bnvapi-[\w-]{20,}/g },
  { what: 'an AWS access key', hints: ['AKIA', 'ASIA'], pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  {
    what: 'a GitHub token',
    hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/g,
  },
  {
    what: 'a GitLab token',
    hints: ['gl'],
    pattern: /\bgl(?:pat|ptt|dt|rt|agent|oas|ft|imt|soat|cbt|ffct)-[\w-]{20,}/g,
  },
  {
    what: 'a Slack token',
    hints: ['xox', 'xapp-', 'hooks.slack.com/'],
    pattern:
      /\b(?:xox[abceoprs]-[\w-]{10,}|xapp-\d-[\w-]{10,}|hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w+/]{20,})/gi,
  },
  { what: 'an OpenAI style key', hints: ['sk-'], pattern: /\bsk-(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}/g },
  { what: 'a Google API key', hints: ['AIza'], pattern: /\bAIza[\w-]{35}/g },
  { what: 'an Azure account key', hints: ['AccountKey='], pattern: /\bAccountKey=[A-Za-z0-9+/]{86}==/g },
  { what: 'an npm token', hints: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { what: 'a PyPI token', hints: ['pypi-AgE'], pattern: /\bpypi-AgE[\w-]{40,}/g },
  { what: 'a Vault token', hints: ['hvs.', 'hvb.'], pattern: /\bhv[sb]\.[\w-]{24,}/g },
  { what: 'an age key', hints: ['AGE-SECRET-KEY-'], pattern: /\bAGE-SECRET-KEY-1[A-Z0-9]{40,}/g },
  { what: 'a JSON Web Token', hints: ['eyJ'], pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g },
  {
    what: 'a private key',
    hints: ['PRIVATE KEY'],
    pattern: /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/g,
  },
  {
    what: 'credentials of a registry',
    hints: ['auth'],
    pattern: /\\?"auth\\?"\s*:\s*\\?"([A-Za-z0-9+/]{8,}={0,2})\\?"/g,
    confirm: ([, encoded = '']) => /^[^\s:]+:[^\s]+$/.test(decoded(encoded) ?? ''),
  },
  {
    what: 'a password in a URL',
    hints: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:([^\s/@"']{3,})@/gi,
    confirm: ([, password = '']) => !/[${}()<>]|^\*+$/.test(password),
  },
];

/** A part of a text that has the form of a secret. */
export interface FormFound {
  readonly what: string;
  /** The secret itself: never to be printed. */
  readonly text: string;
  /** Where it begins in the text. */
  readonly index: number;
}

/** The hints of all forms: most texts have none. */
const anyHint = new RegExp(
  forms.flatMap(({ hints }) => hints.map((hint) => hint.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))).join('|'),
);

/** What in a text has the form of a secret, in order of place. */
export function findForms(text: string): FormFound[] {
  if (!anyHint.test(text)) return [];
  return forms
    .filter(({ hints }) => hints.some((hint) => text.includes(hint)))
    .flatMap(({ what, pattern, confirm }) =>
      [...text.matchAll(pattern)]
        .filter((match) => confirm?.(match) ?? true)
        .map((match) => ({ what, text: match[0], index: match.index })),
    )
    .sort((a, b) => a.index - b.index);
}

/** The text that base64 stands for, where all of it is printable. */
export function decoded(text: string): string | undefined {
  try {
    const plain = atob(text);
    return /^[\t\n\r -~]+$/.test(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}
