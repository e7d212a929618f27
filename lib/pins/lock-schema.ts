import { z } from 'zod';

/** Version of the file's form that is written. */
export const LOCK_FORMAT = 2;

/** The form of before, which had placements and inputs only; it is read, and written anew as the current one. */
const FIRST_FORMAT = 1;

const digest = z
  .string('expected a digest')
  .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits');
const content = z.string().regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits');
const words = (what: string): z.ZodString => z.string().regex(/^\S+( \S+)*$/, `expected ${what}`);
const waived = z.strictObject({ waived: z.string().regex(/\S/, 'expected a reason') });

const image = z.strictObject({
  digest,
  platforms: words('platforms such as linux/amd64, or unknown').describe(
    'os/architecture[/variant] with blanks between them, or unknown where no registry was asked yet',
  ),
});
const chart = z.strictObject({ digest }).describe('digest of the OCI manifest');
const unpinnable = z.strictObject({ unpinnable: z.string().min(1) }).describe('why there is no digest to pin');
const model = z.strictObject({
  revision: z.string().regex(/^[0-9a-f]{40}$/, 'expected a commit of 40 hexadecimal digits'),
});

const component = z.strictObject({
  content: content.describe('digest of what the component asks for, whatever it is called'),
  // nodes of a copy stand on one line, so that a moved copy is one changed line
  copies: z.array(words('names of nodes')).describe('nodes of each copy, one for each pod, with blanks between them'),
});
const graph = z.strictObject({
  content: content.describe('digest of what the graph asks for, whatever it is called'),
  components: z.record(z.string(), component),
});

/** What a lock file may hold. Only the parts that are there count: whoever writes it next adds what is missing. */
export const lockSchema = z.strictObject({
  format: z.literal([LOCK_FORMAT, FIRST_FORMAT], `expected ${LOCK_FORMAT}, the form that this version writes`),
  cluster: z.string().min(1).optional().describe('name of the cluster'),
  compiler: z.string().min(1).optional().describe('version of Bayplan that placed the graphs'),
  inputs: z.record(z.string(), digest).optional().describe('digest of each file that the cluster is compiled from'),
  images: z
    .record(z.string(), z.union([image, waived], 'expected digest and platforms, or waived'))
    .optional()
    .describe('by reference as declared'),
  charts: z
    .record(z.string(), z.union([chart, waived, unpinnable], 'expected digest, waived or unpinnable'))
    .optional()
    .describe('by oci://address:version, or by repository, name and version'),
  models: z
    .record(z.string(), z.union([model, waived], 'expected revision or waived'))
    .optional()
    .describe('by repository[@declared revision]'),
  placements: z
    .record(z.string().regex(/^[^/]+\/[^/]+$/, 'expected namespace/name'), graph)
    .optional()
    .describe('by namespace/name of the graph'),
});

/** JSON Schema (draft 2020-12) of a lock file. */
export function lockJsonSchema(): object {
  return { ...z.toJSONSchema(lockSchema, { io: 'input' }), title: 'The lock of a cluster of Bayplan, version 2' };
}
