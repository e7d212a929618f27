import { z } from 'zod';

/**
 * Version 1 of the file format of problems and plans, as zod schemas: shapes only. What the shapes cannot say
 * (names used once, levels that exist, …) is checked by `readProblem` in read.ts.
 */

const name = z.string().min(1);

/** A Kubernetes quantity: `"500m"`, `"2029Gi"`, `8`. */
const quantity = z
  .union([z.string(), z.number()])
  .meta({ id: 'quantity', description: 'a Kubernetes quantity, such as "500m", "2029Gi" or 8' });

const resources = z.record(z.string(), quantity).meta({ id: 'resources', description: 'quantities by resource name' });

const labels = z.record(z.string(), z.string());

const effect = z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']);

const taint = z.strictObject({ key: name, value: z.string().optional(), effect });

const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Exists', 'Equal', '']).optional().describe('default Equal; empty is as if left out'),
  value: z.string().optional(),
  effect: z
    .enum([...effect.options, ''])
    .optional()
    .describe('default: every effect; empty is as if left out'),
  tolerationSeconds: z.int().optional(),
});

const requirement = z.strictObject({
  key: name,
  operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt']),
  values: z.array(z.string()).optional(),
});

const nodeSelector = z.strictObject({
  nodeSelectorTerms: z.array(
    z.strictObject({
      matchExpressions: z.array(requirement).optional(),
      matchFields: z.array(requirement).optional().describe('metadata.name is the one key there is'),
    }),
  ),
});

const constraint = z
  .strictObject({
    topology: name,
    required: name.optional().describe('all pods of the copy in one domain of this level'),
    preferred: name.optional().describe('as few domains as can be, from the broadest level down to this one'),
  })
  .meta({ id: 'constraint', description: 'holds for each copy on its own; at least one of required and preferred' });

const pod = z.strictObject({
  requests: resources.optional(),
  nodeSelector: labels.optional(),
  nodeAffinity: nodeSelector.optional().describe('a core/v1 NodeSelector'),
  tolerations: z.array(toleration).optional(),
  exclusive: name.optional().describe('no two pods of this group share a value of this label'),
});

const positive = z.int().min(1);

const group = z
  .strictObject({
    name,
    replicas: positive.optional().describe('identical copies; default 1'),
    minReplicas: positive.optional().describe('copies beyond it are placed if they fit; default: replicas'),
    constraint: constraint.optional(),
    count: positive.optional().describe('pods in each copy; default 1'),
    pod: pod.optional(),
    pinned: z.enum(['set', 'replica']).optional(),
    get groups(): z.ZodOptional<z.ZodArray<typeof group>> {
      return z.array(group).min(1).optional();
    },
  })
  .meta({ id: 'group', description: 'holds either pods (pod, count, pinned) or groups' });

const gang = z.strictObject({
  name,
  queue: name.optional(),
  priority: z.int().optional().describe('higher first; default 0'),
  preemptible: z.boolean().optional().describe('default true; a non-preemptible gang must fit in quota'),
  constraint: constraint.optional(),
  groups: z.array(group).min(1),
  traffic: z
    .array(z.strictObject({ between: z.tuple([z.string(), z.string()]), weight: z.int().min(0) }))
    .optional()
    .describe('what should be near what: two group paths without indices, and bytes per unit of work'),
});

const topology = z.strictObject({
  name,
  levels: z.array(name).min(1).describe('node labels, broadest first; kubernetes.io/hostname only last'),
  bandwidth: z
    .record(z.string(), z.number())
    .optional()
    .describe(
      'GB/s per GPU between two pods that share this level and no narrower one; none: for a pair that shares no level',
    ),
});

const node = z.strictObject({
  name,
  labels: labels.optional(),
  taints: z.array(taint).optional(),
  unschedulable: z.boolean().optional().describe('default false'),
  ready: z.boolean().optional().describe('default true'),
  allocatable: resources.optional().describe('an absent pods is unlimited; any other absent resource is 0'),
  used: resources.optional().describe('by pods that this problem does not place'),
});

const queue = z.strictObject({
  name,
  parent: name.optional(),
  resources: z
    .record(z.string(), z.strictObject({ quota: quantity.optional(), limit: quantity.optional() }))
    .optional()
    .describe('an absent resource or bound is unlimited'),
  used: resources.optional().describe("without that of the queue's descendants"),
});

/** A problem as it stands in a file. */
export const problemSchema = z.strictObject({
  version: z.literal(1),
  topologies: z.array(topology).optional(),
  nodes: z.array(node).optional(),
  queues: z.array(queue).optional(),
  gangs: z.array(gang).optional(),
  locked: z
    .record(z.string(), z.record(z.string(), z.array(z.string())))
    .optional()
    .describe('the placements to keep: gang, path of the copy, node names'),
});

const count = z.int().min(0);
const counts = z.array(count).readonly();

const remedy = z
  .strictObject({
    kind: z.enum([
      'level',
      'replicas',
      'selector',
      'affinity',
      'toleration',
      'gang',
      'quota',
      'limit',
      'preemptible',
      'nodes',
      'pinning',
    ]),
    text: z.string(),
    groups: z.array(z.string()).readonly().optional(),
    level: z.string().optional(),
    replicas: z.int().min(1).optional(),
    key: z.string().optional(),
    gang: z.string().optional(),
    queue: z.string().optional(),
    resource: z.string().optional(),
    amount: z.string().optional(),
    nodes: z.int().min(1).optional(),
    like: z.string().optional(),
    domain: z.string().optional(),
  })
  .meta({ id: 'remedy', description: 'a single change with which the gang would have a place' });

const reason = z.strictObject({
  code: z.enum(['no-eligible-node', 'capacity', 'fragmented', 'pin-safety', 'quota', 'limit', 'taken', 'budget']),
  group: z.string().optional(),
  message: z.string(),
  level: z.string().optional(),
  domain: z.string().optional(),
  needed: labels.readonly().optional(),
  available: labels.readonly().optional(),
  excluded: z.record(z.string(), count).readonly().optional(),
  conflict: z.array(z.string()).readonly().optional(),
  help: z.string().optional(),
  remedies: z.array(remedy).readonly().optional(),
});

const placedGang = z.strictObject({
  name,
  status: z.literal('placed'),
  placements: z
    .record(z.string(), z.array(z.string()).readonly())
    .readonly()
    .describe('one node for each pod of each copy'),
  domains: z
    .record(z.string(), labels.readonly())
    .readonly()
    .describe('of each scope with a required level: level to label value'),
  moved: z.array(z.string()).readonly().describe('copies whose nodes differ from locked'),
});

const unplacedGang = z.strictObject({ name, status: z.literal('unplaced'), reasons: z.array(reason).readonly() });

const objective = z
  .strictObject({
    unplaced: z
      .array(z.tuple([z.int(), count, count]).readonly())
      .readonly()
      .describe('priority, locked gangs left out, others left out'),
    moved: z.tuple([count, count]).readonly().describe('gangs with a moved pod, moved pods'),
    extras: z
      .array(z.tuple([z.int(), count]).readonly())
      .readonly()
      .describe('priority, copies beyond the minimum left out'),
    preferred: counts,
    distance: z.string().regex(/^\d+\/[1-9]\d*$/),
    spread: z.tuple([counts, counts, counts]).readonly(),
    fragmentation: counts,
  })
  .meta({ id: 'objective', description: 'terms in the order in which plans are compared' });

/** A plan as it is printed. */
export const planSchema = z.strictObject({
  version: z.literal(1),
  status: z.enum(['placed', 'infeasible']),
  gangs: z.array(z.discriminatedUnion('status', [placedGang, unplacedGang])).readonly(),
  objective,
  bound: objective.describe('no plan that equals this one in all earlier terms has less'),
  certificate: z.record(z.string(), z.json()).readonly(),
  optimal: z.boolean(),
});

/** A problem as people write it: everything that has a default may be left out. */
export type ProblemDocument = z.input<typeof problemSchema>;
export type TopologyDocument = z.input<typeof topology>;
export type NodeDocument = z.input<typeof node>;
export type QueueDocument = z.input<typeof queue>;
export type GangDocument = z.input<typeof gang>;
export type GroupDocument = z.input<typeof group>;
export type PodDocument = z.input<typeof pod>;
export type TolerationDocument = z.input<typeof toleration>;
export type ConstraintDocument = z.input<typeof constraint>;

/** JSON Schema (draft 2020-12) of a problem, for editors and for people who write no TypeScript. */
export function problemJsonSchema(): object {
  return jsonSchema(problemSchema, 'A placement problem of Bayplan, version 1');
}

/** JSON Schema (draft 2020-12) of a plan. */
export function planJsonSchema(): object {
  return jsonSchema(planSchema, 'A placement plan of Bayplan, version 1');
}

function jsonSchema(schema: z.ZodType, title: string): object {
  return { ...z.toJSONSchema(schema, { io: 'input' }), title };
}
