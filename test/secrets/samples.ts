/** Made-up values of the forms that services give out, put together here so that no file holds one. */

const letters = 'Qz7Rk2Lm9Xw4Tn6Vb3Hs8Jd5Pf1Gc0YaEuKo';

/** So many letters and digits, as random ones are. */
export const some = (length: number): string => letters.repeat(Math.ceil(length / letters.length)).slice(0, length);

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const pem = (what: string): string => `-----BEGIN ${what}-----`;

/** What it is called, and one of its kind. */
export const tokens: readonly (readonly [what: string, token: string])[] = [
  ['a Hugging Face token', `hf_${some(34)}`],
  ['an NGC key', `nvapi-${some(64)}`],
  ['an AWS access key', `AKIA${some(16).toUpperCase()}`],
  ['a GitHub token', `ghp_${some(36)}`],
  ['a GitHub token', `github_pat_${some(22)}_${some(59)}`],
  ['a GitLab token', `glpat-${some(20)}`],
  ['a Slack token', `xoxb-1234567890-1234567890-${some(24)}`],
  ['an OpenAI style key', `sk-proj-${some(48)}`],
  ['a Google API key', `AIza${some(35)}`],
  ['an Azure account key', `AccountKey=${some(86)}==`],
  ['an npm token', `npm_${some(36)}`],
  ['a PyPI token', `pypi-AgEIcHlwaS5vcmc${some(60)}`],
  ['a Vault token', `hvs.${some(90)}`],
  ['an age key', `AGE-SECRET-KEY-1${some(58).toUpperCase()}`],
  ['a JSON Web Token', `eyJ${some(30)}.eyJ${some(60)}.${some(43)}`],
  ['a private key', pem('PRIVATE KEY')],
  ['a private key', pem('RSA PRIVATE KEY')],
  ['credentials of a registry', `{"auths":{"ghcr.io":{"auth":"${base64(`robot:${some(20)}`)}"}}}`],
  ['a password in a URL', `postgres://app:${some(16)}@db.example.com/app`],
];
