import { z } from 'zod';

/**
 * Version 1 of the format of inventory files, as zod schemas: shapes only. What shapes cannot say (classes that exist,
 * labels that divide evenly, …) is checked by the reader beside this file; docs/inventory.md describes the format.
 */

const name = z.string().min(1);

const names = z
  .union([name, z.array(name).min(1)])
  .meta({ id: 'names', description: 'names in short, such as gpu-node-[01-16],sys-[1-4]; or a list of such texts' });

const quantity = z
  .union([z.string(), z.number()])
  .meta({ id: 'quantity', description: 'a Kubernetes quantity, such as "500m", "2029Gi" or 8' });

const count = z.int().min(0);

const taint = z
  .union([
    z.string(),
    z.strictObject({
      key: name,
      value: z.string().optional(),
      effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']),
    }),
  ])
  .meta({ id: 'taint', description: '"key=value:NoSchedule", "key:NoExecute", or a map of key, value and effect' });

const dra = z.record(z.string(), count).meta({
  id: 'dra',
  description: 'devices that drivers of dynamic resource allocation publish, by driver and type of device',
});

const nodeClass = z.strictObject({
  architecture: name.optional().describe('such as amd64; default: the label kubernetes.io/arch'),
  allocatable: z.record(z.string(), quantity).describe('what each node can give to pods'),
  labels: z.record(z.string(), z.string()).optional().describe('what all nodes of the class share'),
  taints: z.array(taint).optional(),
  dra: dra.optional(),
});

/** What may be said of nodes beside their class. */
const own = {
  labels: z
    .record(z.string(), z.string().nullable())
    .optional()
    .describe(
      "beside those of the class: one value, or as many as divide the nodes evenly, laid over them in order; null takes the class's label away",
    ),
  unschedulable: z.boolean().optional().describe('cordoned; default false'),
  notReady: z.array(name).min(1).optional().describe('why no pod is started there, such as "Ready is Unknown"'),
  allocatable: z
    .record(z.string(), quantity.nullable())
    .optional()
    .describe("in place of the class's amounts; null: the node does not have the resource"),
  taints: z.array(taint).optional().describe("in place of the class's"),
  dra: dra.optional().describe("in place of the class's"),
};

const entry = z.strictObject({ names, class: name, ...own });

const exception = z.strictObject({ names: names.describe('of nodes above'), ...own });

const gpuShare = z.strictObject({
  devices: z.int().min(1).optional().describe('GPUs that each pod has a part of; default 1'),
  fraction: quantity.optional(),
  memoryMiB: z.int().min(1).optional(),
});

const use = z.strictObject({
  namespace: name,
  graph: name.optional().describe('DynamoGraphDeployment that made the pods'),
  podGroup: name.optional(),
  subGroup: name.optional().describe('of that PodGroup'),
  queue: name.optional(),
  scheduler: name.optional(),
  priorityClass: name.optional(),
  requests: z.record(z.string(), quantity).optional().describe('of one pod'),
  claims: z.array(z.string()).min(1).optional().describe('resource claims that each pod holds devices by'),
  gpuShare: gpuShare.optional(),
  terminating: z.boolean().optional().describe('default false'),
  nodes: names,
  each: z.int().min(1).max(10_000).optional().describe('pods on each of these nodes; default 1'),
});

/** An inventory as it stands in a file. */
export const inventorySchema = z.strictObject({
  format: z.literal(1),
  classes: z.record(z.string(), nodeClass),
  nodes: z.array(entry).min(1),
  exceptions: z.array(exception).optional().describe('what differs on single nodes; no node stands here twice'),
  pods: z.array(use).optional().describe('what runs on the nodes, by owner'),
});

export type InventoryFile = z.infer<typeof inventorySchema>;
export type NodeClass = z.infer<typeof nodeClass>;
export type NodeEntry = z.infer<typeof entry>;
export type NodeException = z.infer<typeof exception>;
export type PodUse = z.infer<typeof use>;
export type FileTaint = z.infer<typeof taint>;

/** JSON Schema (draft 2020-12) of an inventory file, for editors. */
export function inventoryJsonSchema(): object {
  return { ...z.toJSONSchema(inventorySchema, { io: 'input' }), title: 'An inventory file of Bayplan, format 1' };
}
