import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { list, node } from '../inventory/objects';

/** Published models of networks, beside the project. */
export const TOPOGRAPH = '../shared/data/topograph';

/** A model as its file has it: a tree of switches, and nodes under the lowest of them. */
interface Model {
  readonly switches: Readonly<Record<string, { readonly labels?: Labels; readonly switches?: readonly string[] }>>;
  readonly blocks: readonly {
    readonly switch: string;
    readonly nodes: readonly string[];
    readonly annotations?: Labels;
  }[];
}

type Labels = Readonly<Record<string, string>>;

/** What Topograph of some version calls the switches above a node, nearest first, and its NVLink domains. */
export interface Naming {
  readonly tier: (distance: number) => string | undefined;
  readonly domain: string;
  readonly subDomain?: string;
}

export const namings = {
  '1.0': {
    tier: (distance) => `fabric.topograph.run/tier-${distance}`,
    domain: 'accelerator.topograph.run/domain',
    subDomain: 'accelerator.topograph.run/sub-domain',
  },
  '0.2': named('leaf', 'spine', 'core'),
  '0.1': named('block', 'spine', 'datacenter'),
} as const satisfies Record<string, Naming>;

function named(...tiers: readonly string[]): Naming {
  const prefix = 'network.topology.nvidia.com/';
  return {
    tier: (distance) => tiers[distance] && `${prefix}${tiers[distance]}`,
    domain: `${prefix}accelerator`,
  };
}

/** The nodes of a model as kubectl lists them, with the labels that Topograph writes (docs/reference/node-labels.md). */
export function topographNodes(file: string, naming: Naming): Record<string, unknown> {
  // A file of a fixed release, whose form is known.
  const model = parse(readFileSync(`${TOPOGRAPH}/${file}`, 'utf8')) as Model;
  const nodes = model.blocks.flatMap((block) => {
    const path = switchesAbove(model, block.switch);
    const labels = Object.fromEntries([
      ...path.flatMap((name): [string, string][] => Object.entries(model.switches[name]?.labels ?? {})),
      ...path.flatMap((name, distance): [string, string][] => {
        const label = naming.tier(distance);
        return label === undefined ? [] : [[label, name]];
      }),
      ...acceleratorLabels(block.annotations ?? {}, naming),
    ]);
    return block.nodes
      .flatMap(expand)
      .map((name) => node(name, { labels: { 'kubernetes.io/hostname': name, ...labels } }));
  });
  return list(...nodes);
}

function acceleratorLabels(annotations: Labels, { domain, subDomain }: Naming): [string, string][] {
  const own = annotations['accelerator.topology.test/domain'];
  const sub = annotations['accelerator.topology.test/sub-domain'];
  return [
    ...(own === undefined ? [] : [[domain, own] as [string, string]]),
    ...(sub === undefined || subDomain === undefined ? [] : [[subDomain, sub] as [string, string]]),
  ];
}

/** A switch and those above it, nearest to the node first. */
function switchesAbove({ switches }: Model, name: string): string[] {
  const parent = Object.keys(switches).find((other) => switches[other]?.switches?.includes(name));
  return [name, ...(parent === undefined ? [] : switchesAbove({ switches, blocks: [] }, parent))];
}

/** `node[08-10]` is node08, node09 and node10. */
function expand(names: string): string[] {
  const range = /^(.*)\[(\d+)-(\d+)\]$/.exec(names);
  if (range === null) return [names.toLowerCase()];
  const [, prefix = '', from = '', to = ''] = range;
  const count = Number(to) - Number(from) + 1;
  return Array.from({ length: count }, (_, i) =>
    `${prefix}${String(Number(from) + i).padStart(from.length, '0')}`.toLowerCase(),
  );
}
