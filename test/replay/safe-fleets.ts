import * as fc from 'fast-check';
import type { World, WorldNode, WorldPod, WorldPodGroup } from '../../lib/replay/world';

/**
 * Random fleets, planned at random but pin-safe, and written as PodGroups with pins: up to 30 nodes of mixed sizes,
 * some GPUs taken, up to six gangs of up to four components. The plan is not the solver's: any safe one will do.
 */

export const ZONE = 'topology.kubernetes.io/zone';
export const RACK = 'topology.kubernetes.io/rack';
const HOST = 'kubernetes.io/hostname';

/** Where a constraint stands in the PodGroup, and what it says. */
export interface Form {
  readonly where: 'nowhere' | 'at the top' | 'on each subgroup';
  /** Required has the same level preferred beside it. */
  readonly kind: 'required' | 'preferred';
  readonly level: typeof ZONE | typeof RACK;
  /** Of the pods, in percent, that run already where they are planned. */
  readonly running?: number;
}

export interface SafeFleet {
  readonly world: World;
  /** Names of the nodes of a pod's pin, by uid. */
  readonly pins: ReadonlyMap<string, ReadonlySet<string>>;
}

interface RawNode {
  readonly zone: number;
  readonly rack: number;
  readonly gpus: number;
  readonly taken: number;
}

interface RawPart {
  readonly pods: number;
  readonly gpus: number;
  readonly apart: boolean;
  /** Which nodes, and where each pod goes: taken modulo what there is. */
  readonly tape: readonly number[];
}

interface RawFleet {
  readonly nodes: readonly RawNode[];
  readonly gangs: readonly (readonly RawPart[])[];
  readonly dice: readonly number[];
}

const rawNode: fc.Arbitrary<RawNode> = fc.record({
  zone: fc.integer({ min: 1, max: 2 }),
  rack: fc.integer({ min: 1, max: 3 }),
  gpus: fc.constantFrom(0, 2, 4, 8, 8, 8),
  taken: fc.constantFrom(0, 0, 0, 1, 2, 4),
});

const rawPart: fc.Arbitrary<RawPart> = fc.record({
  pods: fc.integer({ min: 1, max: 4 }),
  gpus: fc.constantFrom(0, 1, 2, 4, 4, 8, 8),
  apart: fc.boolean(),
  tape: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }),
});

const rawFleet: fc.Arbitrary<RawFleet> = fc.record({
  nodes: fc.array(rawNode, { minLength: 3, maxLength: 30 }),
  gangs: fc.array(fc.array(rawPart, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
  dice: fc.array(fc.nat(99), { minLength: 16, maxLength: 16 }),
});

/** Fleets with at least one gang that could be planned. */
export function safeFleets(form: Form): fc.Arbitrary<SafeFleet> {
  return rawFleet.map((raw) => planned(raw, form)).filter(({ world }) => world.podGroups.length > 0);
}

const NANO = 1_000_000_000n;
const GI = 1n << 30n;

/** A component with a node for each of its pods. */
interface PlannedPart {
  readonly part: RawPart;
  readonly nodes: readonly number[];
}

function planned({ nodes: raw, gangs, dice }: RawFleet, form: Form): SafeFleet {
  const nodes = raw.map(worldNode);
  const reserved = raw.map(({ gpus, taken }) => Math.min(gpus, taken));
  const plans = gangs.map((parts) => planGang(parts, raw, reserved, form));
  const pods: WorldPod[] = [];
  const pins = new Map<string, ReadonlySet<string>>();
  const podGroups = plans.flatMap((parts, g) => {
    if (!parts) return [];
    for (const [c, { part, nodes: own }] of parts.entries()) {
      const pin = new Set(own.map((place) => nodes[place]?.name ?? ''));
      for (const [i, place] of own.entries()) {
        const isRunning = form.running !== undefined && (dice[(g + c * 3 + i * 5) % dice.length] ?? 0) < form.running;
        const pod = worldPod(`g${g}`, `c${c}`, i, part, pin);
        pods.push(isRunning ? { ...pod, node: nodes[place]?.name } : pod);
        pins.set(pod.uid, pin);
      }
    }
    return [podGroup(`g${g}`, g, parts, form)];
  });
  const unlimited = { cpu: -1, memory: -1, gpu: -1 };
  const queues = [{ name: 'q', quota: unlimited, limit: unlimited, used: { cpu: 0, memory: 0, gpu: 0 } }];
  const topologies = [{ name: 't', levels: [ZONE, RACK, HOST].map((label) => ({ label })) }];
  return { world: { nodes, topologies, queues, podGroups, pods }, pins };
}

function worldNode({ zone, rack, gpus, taken }: RawNode, i: number): WorldNode {
  const name = `n${String(i).padStart(2, '0')}`;
  const gpu = (count: number): Record<string, bigint> =>
    gpus > 0 ? { 'nvidia.com/gpu': BigInt(Math.min(gpus, count)) * NANO } : {};
  return {
    name,
    labels: { [ZONE]: `z${zone}`, [RACK]: `r${rack}`, [HOST]: name },
    taints: [],
    unschedulable: false,
    ready: true,
    allocatable: { cpu: 64n * NANO, memory: 512n * GI * NANO, pods: 110n * NANO, ...gpu(gpus) },
    used: gpu(taken),
  };
}

/** Every component in turn, in one domain where the form asks for that; undefined where there is no safe room left. */
function planGang(
  parts: readonly RawPart[],
  nodes: readonly RawNode[],
  reserved: number[],
  form: Form,
): PlannedPart[] | undefined {
  const before = [...reserved];
  const domains = new Map<string, number[]>();
  for (const [place, { zone, rack }] of nodes.entries()) {
    const id =
      form.where === 'nowhere' || form.kind === 'preferred' ? '' : form.level === ZONE ? `${zone}` : `${zone}.${rack}`;
    domains.set(id, [...(domains.get(id) ?? []), place]);
  }
  const choices = [...domains.values()];
  const first = parts[0]?.tape[0] ?? 0;
  const found: PlannedPart[] = [];
  for (const part of parts) {
    const start = form.where === 'at the top' ? first : (part.tape[0] ?? 0);
    const turned = form.where === 'at the top' ? [at(choices, start)] : choices.map((_, i) => at(choices, start + i));
    const own = turned.map((among) => planPart(part, among, nodes, reserved)).find((each) => each !== undefined);
    if (!own) {
      reserved.splice(0, reserved.length, ...before);
      return undefined;
    }
    found.push({ part, nodes: own });
  }
  return found;
}

/** On one node with its own number, or on several with as many as each could have at most. */
function planPart(
  part: RawPart,
  among: readonly number[],
  nodes: readonly RawNode[],
  reserved: number[],
): number[] | undefined {
  const { pods, gpus, apart, tape } = part;
  const room = (place: number): number => {
    const node = nodes[place];
    return node ? node.gpus - Math.min(node.gpus, node.taken) : 0;
  };
  const most = (place: number): number => {
    if (apart) return 1;
    return gpus === 0 ? pods : Math.min(pods, Math.floor(room(place) / gpus));
  };
  const left = (place: number): number => (nodes[place]?.gpus ?? 0) - (reserved[place] ?? 0);
  const shuffled = [...among].sort((a, b) => hash(a, tape) - hash(b, tape) || a - b);
  const wide = shuffled.filter((place) => most(place) >= 1 && most(place) * gpus <= left(place));
  const wanted = apart ? pods : 1 + ((tape[1] ?? 0) % pods);
  const single = shuffled.filter((place) => pods * gpus <= left(place) && (!apart || pods === 1));
  const set = wanted === 1 ? single.slice(0, 1) : wide.slice(0, wanted);
  if (set.length < wanted) return undefined;
  const own = [...set];
  for (let i = 2; own.length < pods; i++) {
    const open = set.filter((place) => wanted === 1 || own.filter((each) => each === place).length < most(place));
    if (open.length === 0) return undefined;
    own.push(at(open, tape[i % tape.length] ?? 0));
  }
  for (const place of set) reserved[place] = (reserved[place] ?? 0) + (wanted === 1 ? pods : most(place)) * gpus;
  return own;
}

function at<T>(items: readonly T[], place: number): T {
  const item = items[place % items.length];
  if (item === undefined) throw new RangeError('nothing to choose from');
  return item;
}

function hash(place: number, tape: readonly number[]): number {
  return ((place + 1) * ((tape[2] ?? 0) * 7919 + 104_729)) % 1009;
}

function worldPod(gang: string, component: string, i: number, part: RawPart, pin: ReadonlySet<string>): WorldPod {
  const name = `${gang}-${component}-${i}`;
  const app = `${gang}-${component}`;
  return {
    uid: name,
    namespace: 'ns',
    name,
    labels: { app },
    podGroup: gang,
    subGroup: component,
    requests: {
      cpu: NANO / 2n,
      memory: GI * NANO,
      ...(part.gpus > 0 ? { 'nvidia.com/gpu': BigInt(part.gpus) * NANO } : {}),
    },
    nodeSelector: {},
    nodeAffinity: {
      nodeSelectorTerms: [{ matchExpressions: [{ key: HOST, operator: 'In', values: [...pin].sort() }] }],
    },
    tolerations: [],
    apart: part.apart ? [{ topologyKey: HOST, matchLabels: { app } }] : [],
    created: 0,
  };
}

function podGroup(name: string, created: number, parts: readonly PlannedPart[], form: Form): WorldPodGroup {
  const { where, kind, level } = form;
  const constraint = { topology: 't', preferred: level, ...(kind === 'required' ? { required: level } : {}) };
  return {
    namespace: 'ns',
    name,
    queue: 'q',
    priorityClass: 'inference',
    priority: 125,
    preemptible: false,
    constraint: where === 'at the top' ? constraint : undefined,
    subGroups: parts.map(({ part }, c) => ({
      name: `c${c}`,
      minMember: part.pods,
      constraint: where === 'on each subgroup' ? constraint : undefined,
    })),
    stalenessGrace: -1,
    created,
  };
}
