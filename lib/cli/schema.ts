import { exitCodes } from '../diagnostics/exit';
import { planJsonSchema, problemJsonSchema } from '../placement/document';
import { text, type Command } from './command';

/** Prints the JSON Schema of the file format. */
export const schema: Command = {
  usage: 'schema <document>',
  summary: 'Print the JSON Schema of a problem or a plan',
  positionals: { document: { type: 'string', choices: ['problem', 'plan'], describe: 'What to describe' } },
  options: {},
  examples: [['bayplan schema problem > problem.schema.json', 'let an editor complete and check problem files']],
  run: (io, args) => {
    const described = text(args, 'document') === 'plan' ? planJsonSchema() : problemJsonSchema();
    io.out(`${JSON.stringify(described, null, 2)}\n`);
    return exitCodes.ok;
  },
};
