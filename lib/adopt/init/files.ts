import { version, versionsOf } from '../../version';
import { mainCode } from './code';
import { inventoryFile, type Starter } from './starter';

/**
 * Every file of a new stack repository, by path.
 *
 * @param name of the package
 * @param inventory text of the cluster's inventory file
 */
export function starterFiles(name: string, starter: Starter, inventory: string): ReadonlyMap<string, string> {
  return new Map([
    ['package.json', json(packageManifest(name))],
    ['tsconfig.json', json(tsconfig)],
    ['cdk8s.yaml', 'language: typescript\napp: node --import tsx main.ts\noutput: .cdk8s.out\n'],
    ['.gitignore', 'node_modules/\n.cdk8s.out/\n.dist.*/\n/nodes.json\n/pods.json\n'],
    ['README.md', readme(name, starter)],
    ['main.ts', mainCode(starter)],
    [inventoryFile(starter), inventory],
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
  include: ['**/*.ts'],
};

function readme(name: string, starter: Starter): string {
  const { cluster } = starter;
  const inventory = inventoryFile(starter);
  return `# ${name}

Inference graphs and the clusters that they run on, compiled by Bayplan to
\`dist/\`, which Flux applies.

\`\`\`sh
npm install             # once; commit package-lock.json
npx bayplan synth       # compiles main.ts to dist/
\`\`\`

- \`main.ts\` has clusters and graphs.
- \`topologies/${cluster}/\` has the inventory of the cluster, and from the first compile its lock.
- \`dist/\` and the locks are committed, and reviewed as code is. \`dist/${cluster}/flux\` is what Flux is pointed at.

## Next: pin what is written

Images, charts and models are not looked up yet, so the \`PinWaiver\` in \`main.ts\` lets them stand without digests.
Delete it, and let Bayplan ask the registries what the versions are:

\`\`\`sh
npx bayplan lock        # writes digests and commits to the lock
npx bayplan synth       # writes them to dist/, and asks nobody
git add --all && git commit -m 'Plan the first graph'
\`\`\`

## The nodes

${inventory} ${starter.isDeclared ? 'is a small cluster that is made up. Put your own in its place' : 'is what the cluster said of itself. Where the cluster changes, import it anew'}:

\`\`\`sh
kubectl get nodes -o json > nodes.json
kubectl get pods -A -o json > pods.json
npx bayplan inventory import --nodes nodes.json --pods pods.json -o ${inventory}
npx bayplan inventory lint -i ${inventory}      # what may be wrong with the nodes
npx bayplan inventory levels -i ${inventory}    # the topology that their labels make
\`\`\`

\`node_modules/bayplan/docs/ci.md\` has complete files for GitHub Actions and GitLab CI.
`;
}
