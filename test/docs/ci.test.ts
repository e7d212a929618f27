import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { crdsFolder } from '../support/clusters';
import { fluxValidator } from '../support/flux';

/** The files in docs/ci.md: that they are what they seem, and that their scripts do what is said of them. */

const root = join(__dirname, '../..');
const page = readFileSync(join(root, 'docs/ci.md'), 'utf8');

/** The text of a file in the page, which begins with its name. */
function fileOf(name: string): string {
  const [, text = ''] =
    new RegExp(`\`\`\`yaml\\n# ${name.replaceAll('.', '[.]')}\\n([\\s\\S]*?)\`\`\``).exec(page) ?? [];
  expect(text).not.toBe('');
  return text;
}

interface Step {
  readonly uses?: string;
  readonly run?: string;
}

interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly permissions: object;
  readonly jobs: Readonly<
    Record<
      'check' | 'push',
      { readonly if?: string; readonly needs?: string; readonly permissions: object; readonly steps: readonly Step[] }
    >
  >;
}

type Script = readonly (string | readonly string[])[];

interface Pipeline {
  readonly stages: readonly string[];
  readonly check: { readonly stage: string; readonly before_script: Script; readonly script: Script };
  readonly push: {
    readonly stage: string;
    readonly needs: readonly string[];
    readonly rules: readonly { readonly if: string }[];
    readonly id_tokens: object;
    readonly before_script: Script;
    readonly script: Script;
  };
}

const workflowText = fileOf('.github/workflows/dist.yaml');
const workflow = parse(workflowText) as Workflow; // its form is what the tests below look at
const pipeline = parse(fileOf('.gitlab-ci.yml'), { merge: true }) as Pipeline; // likewise

const github = (job: 'check' | 'push'): string[] => workflow.jobs[job].steps.flatMap(({ run }) => run ?? []);
const [githubInstall = '', githubCompile = '', githubBuild = ''] = github('check');
const [githubPush = ''] = github('push');
const [gitlabInstall, gitlabCompile, gitlabBuild] = pipeline.check.script;
const [gitlabPush] = pipeline.push.script;

describe('the workflow of GitHub Actions', () => {
  test('pins every action by commit and says of which version it is', () => {
    const uses = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap((step) => step.uses ?? []));
    expect(uses.length).toBeGreaterThan(6);
    for (const action of uses) {
      expect(action).toMatch(/^[\w-]+\/[\w./-]+@[0-9a-f]{40}$/);
      expect(workflowText).toMatch(new RegExp(`uses: ${action} # v\\d+\\.\\d+\\.\\d+\\n`));
    }
    const pins = new Map(uses.map((action) => [action.replace(/@.*/, ''), action]));
    expect(new Set(uses)).toEqual(new Set(pins.values()));
  });

  test('has steps that are either of an action or a script, and rights only where they are needed', () => {
    for (const { steps } of Object.values(workflow.jobs)) {
      for (const { uses, run } of steps) expect((uses === undefined) !== (run === undefined)).toBe(true);
    }
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.check.permissions).toEqual({ contents: 'read' });
    expect(workflow.jobs.push.permissions).toEqual({ contents: 'read', packages: 'write', 'id-token': 'write' });
  });

  test('pushes what was checked, from the main branch only', () => {
    expect(workflow.on.push.branches).toEqual(['main']);
    expect(workflow.jobs.push).toMatchObject({ needs: 'check', if: "github.event_name == 'push'" });
  });
});

describe('the pipeline of GitLab', () => {
  test('has both jobs in its stages, and signs as itself', () => {
    expect([pipeline.check.stage, pipeline.push.stage]).toEqual(pipeline.stages);
    expect(pipeline.push).toMatchObject({ needs: ['check'], id_tokens: { SIGSTORE_ID_TOKEN: { aud: 'sigstore' } } });
    expect(pipeline.push.rules).toEqual([{ if: '$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH' }]);
  });

  test('runs the scripts of the workflow', () => {
    expect([gitlabInstall, gitlabCompile, gitlabBuild]).toEqual([githubInstall, githubCompile, githubBuild]);
    expect(githubInstall).toBe('npm ci');
  });

  test.each([...pipeline.push.before_script, ...pipeline.check.before_script].flat())(
    'can be read by bash: %#',
    (script) => {
      expect(spawnSync('bash', ['-n', '-c', script]).status).toBe(0);
    },
  );
});

const fleet = `import { Backend, Cluster, DynamoGraph, Fleet, Model, PinWaiver, Queue, Stack } from './lib';
import * as lab from './topologies/lab';

const fleet = new Fleet();
new PinWaiver(fleet, 'pins', { image: '*', chart: '*', reason: 'tests ask no registry' });
const { inventory, topology } = lab;
const stack = Stack.of({ dynamo: '1.5.0', kai: '0.17.0' });
for (const [id, path] of [['one', './dist'], ['two', './']]) {
  const cluster = new Cluster(fleet, id, { stack, inventory, topology, flux: { path } });
  new DynamoGraph(cluster, 'g', {
    namespace: 'inference',
    queue: new Queue(cluster, 'team-a'),
    backend: Backend.vllm(),
    model: Model.huggingFace('example/model', { revision: '${'0123456789'.repeat(4)}' }),
    frontend: {},
    worker: { gpus: 1 },
  });
}
fleet.synth();
`;

/** Notes what it is called with, and fails where a file says so. */
const stub = `#!/bin/sh
# As the real one does: who pipes a password would end by SIGPIPE otherwise.
case "$*" in *--password-stdin*) cat >/dev/null ;; esac
echo "$(basename "$0") $*" >>"$CALLS"
case "$*" in
  'push artifact '*) echo '{"repository": "r", "digest": "sha256:${'ab'.repeat(32)}"}' ;;
  'build kustomization '*) test -f "$5/kustomization.yaml" && grep -q "^  name: $3$" "$7" && test "$3" != "$BROKEN" ;;
esac
`;

const commit = 'git -c user.name=a -c user.email=a@example.com commit -qm change';

let repository = '';
const calls = (): string[] => readFileSync(join(repository, '../calls'), 'utf8').trim().split('\n');

function run(script: unknown, env: Readonly<Record<string, string>> = {}): { status: number | null; output: string } {
  writeFileSync(join(repository, '../calls'), '');
  const { PATH = '' } = process.env;
  const done = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', String(script)], {
    cwd: repository,
    encoding: 'utf8',
    env: {
      PATH: `${join(repository, '../bin')}:${PATH}`,
      HOME: repository,
      CALLS: join(repository, '../calls'),
      ...env,
    },
  });
  return { status: done.status, output: done.stdout + done.stderr };
}

function mustSucceed(script: string): void {
  const { status, output } = run(script);
  if (status !== 0) throw new Error(output);
}

beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'bayplan-ci-'));
  repository = join(folder, 'repository');
  const bin = join(folder, 'bin');
  mkdirSync(repository);
  mkdirSync(bin);
  for (const name of ['lib', 'topologies', 'cdk8s.yaml', 'package.json', 'tsconfig.json', '.gitignore']) {
    cpSync(join(root, name), join(repository, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(repository, 'node_modules'), 'dir');
  writeFileSync(join(repository, 'main.ts'), fleet);
  for (const name of ['flux', 'cosign']) writeFileSync(join(bin, name), stub);
  // What npx finds in a repository that has the package installed.
  writeFileSync(
    join(bin, 'npx'),
    '#!/bin/sh\ntest "$1" = bayplan && shift && exec node --import tsx lib/cli/main.ts "$@"\n',
  );
  for (const name of ['flux', 'cosign', 'npx']) chmodSync(join(bin, name), 0o755);
  mustSucceed(
    `git init -q && echo /node_modules >>.gitignore && npx bayplan synth && git add . && ${commit} && git tag first`,
  );
});

afterAll(() => {
  rmSync(join(repository, '..'), { recursive: true, force: true });
});

describe('the check that dist is current', () => {
  afterEach(() => {
    mustSucceed('git reset -q --hard first && git clean -fdq');
  });

  test('passes where it is', () => {
    expect(run(githubCompile)).toMatchObject({ status: 0 });
  });

  test('fails where dist is not what the fleet compiles to: names what differs, what is missing and what is too much', () => {
    mustSucceed(`cd dist/one
      git rm -q --cached flux/kustomization.yaml && git mv platform/queue-team-a.yaml platform/queue-team-b.yaml
      echo '# by hand' >>controllers/kustomization.yaml && git add controllers && ${commit}`);
    const { status, output } = run(githubCompile);
    expect(status).toBe(1);
    expect(output).toContain('dist is not what the fleet compiles to');
    expect(output).toContain(' M dist/one/controllers/kustomization.yaml');
    expect(output).toContain(' D dist/one/platform/queue-team-b.yaml');
    expect(output).toContain('?? dist/one/platform/queue-team-a.yaml');
    expect(output).toContain('?? dist/one/flux/kustomization.yaml');
  });

  test('fails where the fleet changed, and with it what is locked', () => {
    writeFileSync(join(repository, 'main.ts'), fleet.replace("'g', {", "'h', {"));
    const { status, output } = run(githubCompile);
    expect(status).toBe(4);
    expect(output).toContain('one.lock.yaml is not current');
  });

  test('fails where the fleet does not compile', () => {
    writeFileSync(join(repository, 'main.ts'), fleet.replace('gpus: 1', 'gpus: 99'));
    expect(run(githubCompile).status).toBe(3);
  });
});

test('every Flux Kustomization is built from the folder that it names, wherever dist lies in the source', () => {
  expect(run(githubBuild)).toMatchObject({ status: 0 });
  expect(calls()).toHaveLength(6);
  expect(calls()).toContain(
    'flux build kustomization graph-g --path dist/two/graphs/g --kustomization-file dist/two/flux/kustomization-flux-system-graph-g.yaml --dry-run',
  );
  expect(run(githubBuild, { BROKEN: 'platform' }).status).toBe(1);
});

describe('dist is pushed, signed by its digest, and only then tagged', () => {
  const sha = '0123456789abcdef'.repeat(3).slice(0, 40);
  const digest = `sha256:${'ab'.repeat(32)}`;
  const expected = (artifact: string, source: string, login: readonly string[]): readonly string[] => [
    ...login,
    `flux push artifact oci://${artifact}:${sha} --path ./dist --reproducible --output json --source ${source} --revision main@sha1:${sha}`,
    `cosign sign --yes ${artifact}@${digest}`,
    `flux tag artifact oci://${artifact}:${sha} --tag latest`,
  ];

  test('by the workflow', () => {
    const env = {
      GITHUB_REPOSITORY: 'Example/Fleet',
      GITHUB_SERVER_URL: 'https://github.com',
      GITHUB_REF_NAME: 'main',
    };
    expect(run(githubPush, { ...env, GITHUB_SHA: sha })).toMatchObject({ status: 0 });
    expect(calls()).toEqual(expected('ghcr.io/example/fleet/dist', 'https://github.com/Example/Fleet', []));
  });

  test('by the pipeline', () => {
    const registry = { CI_REGISTRY: 'registry.example', CI_REGISTRY_USER: 'u', CI_REGISTRY_PASSWORD: 'unseen' };
    const project = { CI_REGISTRY_IMAGE: 'registry.example/fleet', CI_PROJECT_URL: 'https://gitlab.com/example/fleet' };
    const env = { ...registry, ...project, CI_COMMIT_BRANCH: 'main', CI_COMMIT_SHA: sha };
    expect(run(gitlabPush, env)).toMatchObject({ status: 0 });
    const login = 'cosign login registry.example --username u --password-stdin';
    expect(calls()).toEqual(expected('registry.example/fleet/dist', project.CI_PROJECT_URL, [login]));
  });
});

const suite = existsSync(crdsFolder) ? describe : describe.skip;

suite('what is applied by hand (skipped where ../shared/crds is absent)', () => {
  test('fits the CRDs of Flux', () => {
    const validator = fluxValidator();
    const objects = parseAllDocuments(fileOf('fleet.yaml')).map(
      (document) => document.toJS() as Readonly<Record<string, unknown>>,
    ); // maps, as the validator says of the kinds it knows
    expect(objects.map((object) => validator(object))).toEqual([[], []]);
  });
});
