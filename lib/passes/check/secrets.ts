import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** Forms of tokens that services give out: a prefix and enough letters to be no word. */
const tokens: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: 'a Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{20,}/ },
  { what: 'an NGC key', pattern: /\bnvapi-[A-Za-z0-9_-]{20,}/ },
  { what: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/ },
  { what: 'a GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})/ },
  { what: 'an OpenAI style key', pattern: /\bsk-[A-Za-z0-9_-]{20,}/ },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
];

/** Names of variables that hold secrets, whatever their values look like. */
const SECRET_NAME = /(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i;

/** Secrets that stand in the stack as values would stand in dist as values. The message never repeats them. */
export function checkSecrets({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) =>
    graph.spec.components.flatMap(({ pointer, env, args }) => [
      ...Object.entries(env).flatMap(([name, value]) =>
        typeof value === 'string' ? checkValue(graph, `${pointer}.env.${name}`, value, name) : [],
      ),
      ...args.flatMap((arg, index) => checkValue(graph, `${pointer}.args[${index}]`, arg)),
    ]),
  );
}

function checkValue(graph: DynamoGraph, pointer: string, value: string, name = ''): Diagnostic[] {
  const token = tokens.find(({ pattern }) => pattern.test(value))?.what;
  const named = SECRET_NAME.test(name) && value.length >= 8 ? 'a secret' : undefined;
  const what = token ?? named;
  if (what === undefined) return [];
  return [
    diagnostic('BAY2060', {
      message: `the value of ${pointer} looks like ${what} (${value.length} characters, not shown)`,
      where: { ...placeOf(graph), pointer },
      notes: ['what is compiled is committed, and so is every secret in it'],
      help: "refer to a Secret instead: env: { NAME: SecretRef.of('secret', 'key') }; a value that was committed has to be replaced",
      data: { pointer, kind: what },
    }),
  ];
}
