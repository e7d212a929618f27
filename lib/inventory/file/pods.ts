import type { GpuShare, RunningPod } from '../cluster';
import { namesText, type FileFindings } from './findings';
import type { PodUse } from './schema';

/**
 * The pods that a file tells of by owner, each with a name that is made here: no two are the same. The file does not keep
 * names of pods, and nothing depends on them but how a finding calls them.
 */
export function buildPods(uses: readonly PodUse[], findings: FileFindings): RunningPod[] {
  const numbers = new Map<string, number>();
  const taken = new Set<string>();
  return uses.flatMap((use, i) => {
    const pod = podOf(use, `pods[${i}]`, findings);
    const nodes = findings.names(use.nodes, `pods[${i}].nodes`);
    return nodes.flatMap((node) =>
      Array.from({ length: use.each ?? 1 }, () => ({ ...pod, node, name: nextName(use, numbers, taken) })),
    );
  });
}

function nextName(use: PodUse, numbers: Map<string, number>, taken: Set<string>): string {
  const owner = use.graph ?? use.podGroup ?? use.queue ?? 'pod';
  const base = use.subGroup === undefined ? owner : `${owner}-${use.subGroup}`;
  for (;;) {
    const number = (numbers.get(`${use.namespace}/${base}`) ?? 0) + 1;
    numbers.set(`${use.namespace}/${base}`, number);
    const name = `${base}-${number}`;
    if (taken.has(`${use.namespace}/${name}`)) continue;
    taken.add(`${use.namespace}/${name}`);
    return name;
  }
}

type Owned = Omit<RunningPod, 'name' | 'node'>;

/** As lib/inventory/pods.ts has it, field by field. */
function podOf(use: PodUse, pointer: string, findings: FileFindings): Owned {
  const { namespace } = use;
  findings.entries.begin(pointer);
  findings.entries.call(namesText(use.nodes));
  const within = (name: string | undefined): RunningPod['graph'] => (name === undefined ? name : { namespace, name });
  return {
    namespace,
    requests: findings.entries.amounts(use.requests, 'requests'),
    claims: use.claims,
    terminating: use.terminating ?? false,
    priorityClassName: use.priorityClass,
    schedulerName: use.scheduler,
    queue: use.queue,
    graph: within(use.graph),
    podGroup: within(use.podGroup),
    subGroup: use.subGroup,
    gpuShare: use.gpuShare && shareOf(use.gpuShare, pointer, findings),
  };
}

function shareOf(
  share: NonNullable<PodUse['gpuShare']>,
  pointer: string,
  findings: FileFindings,
): GpuShare | undefined {
  const devices = BigInt(share.devices ?? 1);
  if ((share.fraction === undefined) === (share.memoryMiB === undefined)) {
    findings.add(
      'BAY1054',
      `${pointer}.gpuShare`,
      'a share of a GPU says either fraction or memoryMiB',
      'write { fraction: "0.5" } or { memoryMiB: 20000 }',
    );
    return undefined;
  }
  if (share.memoryMiB !== undefined) return { devices, memoryMiB: BigInt(share.memoryMiB) };
  const { fraction } = findings.entries.amounts({ fraction: share.fraction }, 'gpuShare');
  return fraction === undefined ? undefined : { devices, fraction };
}
