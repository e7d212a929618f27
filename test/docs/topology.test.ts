import { readFileSync } from 'node:fs';
import { inventoryLintCodes } from '../../lib/diagnostics/codes/inventory-lint';
import { run } from '../cli/run';

const page = readFileSync('docs/topology.md', 'utf8');

test('docs/topology.md shows what the command prints', async () => {
  const { out } = await run(['inventory', 'levels', '-i', 'topologies/us-east/nodes.json']);
  expect(page).toContain(`\`\`\`\n${out}\`\`\`\n`);
});

test('docs/topology.md lists every finding about nodes', () => {
  const warnings = Object.entries(inventoryLintCodes).filter(([, { severity }]) => severity === 'warning');
  expect(warnings.map(([code]) => code).filter((code) => !page.includes(`| ${code} |`))).toEqual([]);
});
