import { registry } from '../../lib/diagnostics/registry';
import { run } from './run';

/** The first finding on standard error, without the closing lines. */
const first = (err: string): string[] => (err.split('\n\n')[0] ?? '').split('\n');

describe('help', () => {
  test.each([['synth'], ['export'], ['place'], ['schema'], ['explain']])(
    'bayplan %s --help shows examples of it on standard output',
    async (command) => {
      const { code, out, err } = await run([command, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toContain(`bayplan ${command}`);
      expect(out).toMatch(new RegExp(`Examples:\\n.*bayplan ${command}`));
    },
  );

  test('bayplan --help lists commands, options, exit codes and environment', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const text of ['bayplan synth', 'bayplan place <problem>', '--format', 'Exit codes: 0', 'NO_COLOR']) {
      expect(out).toContain(text);
    }
  });

  test('no command prints the help on standard error and is wrong usage', async () => {
    const { code, out, err } = await run([]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('bayplan place <problem>');
  });

  test('does not depend on the language of the machine', async () => {
    const before = process.env['LC_ALL'];
    process.env['LC_ALL'] = 'de_DE.UTF-8';
    const { out } = await run(['--help']);
    if (before === undefined) delete process.env['LC_ALL'];
    else process.env['LC_ALL'] = before;
    expect(out).toContain('Show help');
  });

  test('the version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });
});

describe('completion', () => {
  test('prints a script for the shell', async () => {
    const { code, out, err } = await run(['completion']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('complete -o bashdefault -o default -F _bayplan_yargs_completions bayplan');
  });

  test('completes commands and options', async () => {
    expect((await run(['--get-yargs-completions', 'bayplan', 'ex'])).out).toContain('explain');
    expect((await run(['--get-yargs-completions', 'bayplan', 'place', '--re'])).out).toContain('--rebalance');
  });
});

describe('wrong usage', () => {
  test.each<[string[], string, string]>([
    [['plcae', 'p.yaml'], 'there is no command "plcae"', 'did you mean bayplan place?'],
    [['frobnicate'], 'there is no command "frobnicate"', 'bayplan --help lists what there is'],
    [['place', 'p.yaml', '--rebalence', '2'], 'unknown argument: rebalence', 'did you mean --rebalance?'],
    [['place', 'p.yaml', '--xyz'], 'unknown argument: xyz', 'bayplan place --help lists what there is'],
    [['place', 'p.yaml', 'q.yaml'], 'unknown argument: q.yaml', 'bayplan place --help lists what there is'],
    [['place', 'p.yaml', '--noColor'], 'unknown argument: noColor', 'bayplan place --help lists what there is'],
    [['--hlep'], 'unknown argument: hlep', 'did you mean --help?'],
    [['place'], 'an argument is missing: 0 given, 1 needed', 'bayplan place --help lists what there is'],
    [['place', ''], 'the name of the problem file is empty', 'a dash reads standard input'],
    [['place', 'p.yaml', '-o', 'json', '--output=yaml'], '--output is given 2 times', 'give it once'],
    [['schema', 'plan', '--format', 'json', '--format', 'json'], '--format is given 2 times', 'give it once'],
    [['place', 'p.yaml', '-o'], 'option o needs a value', 'bayplan place --help lists what there is'],
    [
      ['place', 'p.yaml', '--output', 'xml'],
      'a value is not one of those allowed: output is "xml", not one of "json", "yaml"',
      'bayplan place --help lists what there is',
    ],
    [
      ['place', 'p.yaml', '--rebalance', '1.5'],
      '--rebalance is "1.5", not a number of gangs',
      'give a whole number: 0, 1, 2, …',
    ],
    [
      ['place', 'p.yaml', '--rebalance=-1'],
      '--rebalance is "-1", not a number of gangs',
      'give a whole number: 0, 1, 2, …',
    ],
    [
      ['schema', 'node'],
      'a value is not one of those allowed: document is "node", not one of "problem", "plan", "lock"',
      'bayplan schema --help lists what there is',
    ],
    [
      ['synth', '--app', ''],
      '--app is empty',
      'name the command that compiles the fleet, such as "node --import tsx main.ts"',
    ],
  ])('%j', async (args, message, help) => {
    const { code, out, err } = await run(args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(first(err)[0]).toBe(`error[BAY5020]: ${message}`);
    expect(first(err)[1]).toMatch(/^ {2}--> bayplan/);
    expect(first(err)[2]).toBe(`  = help: ${help}`);
  });
});

describe('how findings are printed', () => {
  const wrong = ['explain', 'BAY0000'];

  test('--format json makes one line of JSON of them', async () => {
    const { err } = await run([...wrong, '--format', 'json']);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(JSON.parse(err)).toMatchObject({ version: 1, errors: 1, diagnostics: [{ code: 'BAY5021' }] });
    expect((await run(wrong, { env: { BAYPLAN_FORMAT: 'json' } })).err).toBe(err);
    expect((await run([...wrong, '--format', 'text'], { env: { BAYPLAN_FORMAT: 'json' } })).err).toContain(
      'error[BAY5021]',
    );
  });

  test('colours go to a terminal alone, and not with NO_COLOR', async () => {
    expect((await run(wrong, { isTTY: true })).err).toContain('\u001b[');
    expect((await run(wrong, { isTTY: true, env: { NO_COLOR: '1' } })).err).not.toContain('\u001b[');
    expect((await run(wrong)).err).not.toContain('\u001b[');
  });
});

describe('bayplan explain', () => {
  test('prints one code, in any case, or several', async () => {
    const one = await run(['explain', 'bay5010']);
    expect({ ...one, out: one.out.split('\n')[0] }).toEqual({
      code: 0,
      out: 'BAY5010 (error): no cdk8s.yaml in the working folder',
      err: '',
    });
    const both = await run(['explain', 'BAY5010', 'BAY5011']);
    expect(both.out).toBe(`${one.out}\n${(await run(['explain', 'BAY5011'])).out}`);
  });

  test('lists all codes', async () => {
    const { code, out } = await run(['explain']);
    expect(code).toBe(0);
    expect(out.trimEnd().split('\n')).toHaveLength(Object.keys(registry).length);
  });

  test('an unknown code names the nearest of its stage, and nothing is printed for the known ones', async () => {
    const { code, out, err } = await run(['explain', 'BAY5010', 'BAY5091']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(first(err)).toEqual([
      'error[BAY5021]: there is no diagnostic code "BAY5091"',
      '  --> bayplan explain BAY5091',
      '  = help: did you mean BAY5001?',
    ]);
    expect(first((await run(['explain', 'unknown'])).err)[2]).toBe(
      '  = help: bayplan explain without a code lists all there are',
    );
  });
});

describe('bayplan schema', () => {
  test.each(['problem', 'plan', 'lock'])('%s is a JSON Schema', async (document) => {
    const { code, out, err } = await run(['schema', document]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { version: { const: 1 } },
      additionalProperties: false,
    });
  });
});
