import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inventoryText } from '../../lib/emit/inventory-text';
import { compact } from '../../lib/inventory/compact/compact';
import { expandNames } from '../../lib/inventory/ranges';
import { isMap, type RawMap } from '../../lib/inventory/fields';
import { list, loaded, node } from './objects';
import { reread } from './reread';

const DATA = '../shared/data';
const describeData = existsSync(DATA) ? describe : describe.skip;

/** Imports nodes, and reads back what is written; gives the lines of the file. */
function imported(nodes: readonly RawMap[]): number {
  const inventory = loaded(list(...nodes));
  expect(inventory.nodes).toHaveLength(nodes.length);
  const text = inventoryText(compact(inventory));
  expect(reread(text).nodes).toEqual(inventory.nodes);
  return text.split('\n').length - 1;
}

const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const asMap = (value: unknown): RawMap => (isMap(value) ? value : {});
const read = (name: string): RawMap => asMap(parse(readFileSync(`${DATA}/${name}`, 'utf8')));

/** What kubectl prints of the virtual nodes that a task of knavigator makes: names are numbered, labels are its own. */
function knavigator(name: string): RawMap[] {
  const tasks = asList(read(`knavigator/${name}`).tasks).map((task) => asMap(asMap(task).params));
  const groups = tasks.flatMap(({ nodes }) => asList(nodes).map(asMap));
  return groups.flatMap(({ type, count, labels, resources }, group) =>
    Array.from({ length: Number(count) }, (_, i) => {
      const made = `virtual-${group}-${i}`;
      const own = Object.fromEntries(Object.entries(asMap(labels)).map(([key, value]) => [key, String(value)]));
      const more = Object.fromEntries(Object.entries(asMap(resources)).map(([key, value]) => [key, String(value)]));
      return node(made, {
        labels: { 'kubernetes.io/hostname': made, 'node.kubernetes.io/instance-type': String(type), ...own },
        allocatable: { cpu: '256', memory: '2Ti', pods: '110', 'nvidia.com/gpu': '8', ...more },
      });
    }),
  );
}

/** The nodes of a model of topograph, with the labels that its Kubernetes engine writes. */
function topograph(name: string): RawMap[] {
  const { switches, blocks } = read(`topograph/${name}`);
  const above = new Map<string, string>();
  for (const [parent, { switches: below }] of Object.entries(asMap(switches)).map(
    ([key, value]) => [key, asMap(value)] as const,
  )) {
    for (const child of asList(below)) above.set(String(child), parent);
  }
  return asList(blocks)
    .map(asMap)
    .flatMap((block) => {
      const tiers: string[] = [];
      for (let at: string | undefined = String(block.switch); at !== undefined; at = above.get(at)) tiers.push(at);
      const fabric = tiers.map((tier, i) => [`fabric.topograph.run/tier-${i}`, tier] as const);
      const domain = Object.values(asMap(block.annotations)).map(
        (value) => ['accelerator.topograph.run/domain', String(value)] as const,
      );
      const names = asList(block.nodes).flatMap((text) => {
        const expanded = expandNames(String(text));
        return expanded.ok ? expanded.names : [];
      });
      return names.map((made) =>
        node(made, { labels: { 'kubernetes.io/hostname': made, ...Object.fromEntries([...fabric, ...domain]) } }),
      );
    });
}

/** The node list of a production cluster, which has no topology. */
function openb(): RawMap[] {
  const [, ...rows] = readFileSync(`${DATA}/openb/openb_node_list_gpu_node.csv`, 'utf8').trim().split('\n');
  return rows.map((row) => {
    const [name = '', cpu = '', memory = '', gpus = '', model = ''] = row.split(',');
    return node(name, {
      labels: { 'kubernetes.io/hostname': name, 'nvidia.com/gpu.product': model },
      allocatable: { cpu: `${cpu}m`, memory: `${memory}Mi`, pods: '110', 'nvidia.com/gpu': gpus },
    });
  });
}

describeData(`published clusters, which need ${DATA}`, () => {
  const files = existsSync(DATA)
    ? readdirSync(`${DATA}/knavigator`).filter((name) => knavigator(name).length > 0)
    : ['none'];
  test.each(files)('knavigator: %s', (name) => {
    expect(imported(knavigator(name))).toBeLessThan(60);
  });

  const models = existsSync(DATA)
    ? readdirSync(`${DATA}/topograph`).filter((name) => name.startsWith('model-'))
    : ['none'];
  test.each(models)('topograph: %s', (name) => {
    expect(imported(topograph(name))).toBeLessThan(60);
  });

  test('openb', () => {
    expect(imported(openb())).toBeLessThan(400);
  });

  test('both inventories', () => {
    for (const name of ['gb200-nvl72', 'h100-two-zones']) {
      const { items } = read(`inventories/${name}.nodes.json`);
      expect(imported(asList(items).map(asMap))).toBeLessThan(60);
    }
  });
});
