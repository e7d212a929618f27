import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { entryOf, type ImagePin } from '../../pins/lock';
import { placeOf } from '../collect';
import type { LoweredObject } from '../lower';
import type { PlannedCluster } from '../plan';
import { asList, asMap, asText, podTemplates } from '../verify/pod-templates';

/** So many nodes are named; the others are counted. */
const MOST_NODES = 5;

/**
 * That every image of a graph is made for the nodes that its pods go to: as far as the lock knows its platforms, and the
 * inventory the architecture of a node.
 */
export function checkPlatforms(
  { cluster, pins }: PlannedCluster,
  objects: readonly LoweredObject[],
  images: Readonly<Record<string, ImagePin>>,
): Diagnostic[] {
  const architectures = new Map(
    cluster.inventory.nodes.flatMap(({ hostname, architecture }) =>
      architecture === undefined ? [] : [[hostname, architecture] as const],
    ),
  );
  return cluster.graphs.flatMap((graph) => {
    const placed = pins.get(graph.node.path);
    const own = objects.find(({ object }) => object === graph.deployment);
    if (!placed || !own) return [];
    const nodesOf = new Map<string, Set<string>>();
    for (const { component = '', spec } of podTemplates(own)) {
      for (const image of imagesOf(spec)) {
        const nodes = nodesOf.get(image) ?? new Set();
        for (const node of placed.get(component) ?? []) nodes.add(node);
        nodesOf.set(image, nodes);
      }
    }
    return [...nodesOf].flatMap(([image, nodes]) =>
      checkImage(graph, image, entryOf(images, image), nodes, architectures),
    );
  });
}

function imagesOf(pod: Readonly<Record<string, unknown>>): string[] {
  const containers = [...asList(pod['initContainers']), ...asList(pod['containers'])];
  return containers.flatMap((container) => asText(asMap(container)['image']) ?? []);
}

function checkImage(
  graph: DynamoGraph,
  image: string,
  pin: ImagePin | undefined,
  nodes: ReadonlySet<string>,
  architectures: ReadonlyMap<string, string>,
): Diagnostic[] {
  if (!pin || !('digest' in pin) || pin.platforms.length === 0) return [];
  const has = new Set(pin.platforms.filter((each) => each.startsWith('linux/')).map((each) => each.split('/')[1]));
  const wrong = [...nodes].sort().filter((node) => architectures.has(node) && !has.has(architectures.get(node)));
  if (wrong.length === 0) return [];
  const needed = [...new Set(wrong.map((node) => architectures.get(node) ?? ''))].sort();
  const more = wrong.length > MOST_NODES ? ` and ${wrong.length - MOST_NODES} more` : '';
  return [
    diagnostic('BAY6028', {
      message: `image ${JSON.stringify(image)} is not made for ${needed.join(' and ')}, where ${wrong.length} of its nodes are`,
      where: placeOf(graph),
      notes: [
        `its digest is for ${pin.platforms.join(', ')}`,
        `${needed.join(' and ')}: ${wrong.slice(0, MOST_NODES).join(', ')}${more}`,
      ],
      help: `name an image that is made for linux/${needed.join(' and linux/')}, then run bayplan lock; or keep the graph to other nodes: nodeSelector: { 'kubernetes.io/arch': '${[...has][0] ?? ''}' }`,
      data: { image, platforms: [...pin.platforms], architectures: needed, nodes: wrong },
    }),
  ];
}
