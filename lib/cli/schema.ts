import { exitCodes } from '../diagnostics/exit';
import { lockJsonSchema } from '../pins/lock-schema';
import { planJsonSchema, problemJsonSchema } from '../placement/document';
import { text, type Command } from './command';

const schemas: Readonly<Record<string, () => object>> = {
  problem: problemJsonSchema,
  plan: planJsonSchema,
  lock: lockJsonSchema,
};

/** Prints the JSON Schema of a file format. */
export const schema: Command = {
  usage: 'schema <document>',
  summary: 'Print the JSON Schema of a problem, a plan or a lock',
  positionals: { document: { type: 'string', choices: Object.keys(schemas), describe: 'What to describe' } },
  options: {},
  examples: [['bayplan schema problem > problem.schema.json', 'let an editor complete and check problem files']],
  run: (io, args) => {
    // yargs takes no other word than those
    const described = schemas[text(args, 'document') ?? '']?.() ?? problemJsonSchema();
    io.out(`${JSON.stringify(described, null, 2)}\n`);
    return exitCodes.ok;
  },
};
