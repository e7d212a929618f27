import { version, versionsOf } from '../../version';
import { mainCode, topologyFileCode, type InventoryFiles } from './code';
import type { Starter } from './starter';

/** A list of nodes or pods, to be copied as it is. */
export interface Copied {
  /** Name of the file in the folder of its cluster, such as `nodes.json`. */
  readonly name: string;
  readonly text: string;
  /** True where it was made up here. */
  readonly declared?: boolean;
}

/** Every file of a new stack repository, by path. @param name of the package */
export function starterFiles(
  name: string,
  starter: Starter,
  nodes: Copied,
  pods: Copied | undefined,
): ReadonlyMap<string, string> {
  const folder = `topologies/${starter.cluster}`;
  const inventory: InventoryFiles = { nodes: nodes.name, pods: pods?.name, declared: nodes.declared === true };
  return new Map([
    ['package.json', json(packageManifest(name))],
    ['tsconfig.json', json(tsconfig)],
    ['cdk8s.yaml', 'language: typescript\napp: node --import tsx main.ts\noutput: .cdk8s.out\n'],
    ['.gitignore', 'node_modules/\n.cdk8s.out/\n.dist.*/\n'],
    ['README.md', readme(name, starter, inventory)],
    ['main.ts', mainCode(starter)],
    [`${folder}/index.ts`, topologyFileCode(starter, inventory)],
    [`${folder}/${nodes.name}`, nodes.text],
    ...(pods === undefined ? [] : [[`${folder}/${pods.name}`, pods.text] as const]),
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Every version is exact: the same repository compiles to the same bytes. */
function packageManifest(name: string): object {
  return {
    name,
    private: true,
    scripts: { synth: 'bayplan synth', check: 'tsc --noEmit' },
    dependencies: { bayplan: version(), ...versionsOf('cdk8s', 'constructs', 'tsx') },
    devDependencies: versionsOf('@types/node', 'typescript'),
  };
}

const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    module: 'Node16',
    moduleResolution: 'Node16',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['main.ts', 'topologies'],
};

function readme(name: string, { cluster }: Starter, { nodes, pods, declared }: InventoryFiles): string {
  const folder = `topologies/${cluster}`;
  const files = [`kubectl get nodes -o json > ${folder}/${nodes}`];
  if (pods !== undefined) files.push(`kubectl get pods -A -o json > ${folder}/${pods}`);
  return `# ${name}

Inference graphs and the clusters that they run on, compiled by Bayplan to
\`dist/\`, which Flux applies.

\`\`\`sh
npm install                                    # once; commit package-lock.json
npx bayplan synth                              # compiles main.ts to dist/
git add --all && git commit -m 'Plan the first graph'
\`\`\`

- \`main.ts\` has clusters and graphs.
- \`${folder}/\` has the nodes of a cluster, its topology, and from the first compile its lock.
- \`dist/\` and the locks are committed, and reviewed as code is. \`dist/${cluster}/flux\` is what Flux is pointed at.

## The nodes

${declared ? `${folder}/${nodes} is a small cluster that is made up. Put your own in its place, with the levels that its labels make:` : 'Where the cluster changes, export it anew and compile again:'}

\`\`\`sh
${files.join('\n')}
npx bayplan inventory lint -i ${folder}/${nodes}      # what may be wrong with them
npx bayplan inventory levels -i ${folder}/${nodes}    # the topology that their labels make
\`\`\`

\`node_modules/bayplan/docs/ci.md\` has complete files for GitHub Actions and GitLab CI.
`;
}
