import { checkPlan } from '../checker/check';
import { diagnostic, type Diagnostic, type Outcome } from '../diagnostics/diagnostic';
import type { ClusterInventory } from '../inventory/cluster';
import { usage } from '../inventory/usage';
import { formatAmount } from '../model/resources';
import type { GangPlan, PlacedGang, Plan } from '../placement/plan';
import { readProblem } from '../placement/read';
import { refusal } from '../placement/refusal';
import { solve } from '../placement/solve';
import type { ManifestObject } from '../workloads/objects';
import { gpuCount, gpusOfReplica, podCount, type Workload, type WorkloadComponent } from '../workloads/workload';
import { distancesOf, type Distance } from './distance';
import type { Levels } from './levels';
import { gangNames } from './names';
import { notesOf } from './notes';
import { elsewhere, ownPods } from './own';
import { copyOf, fitProblem, runningComponents, type Asked, type FitCluster } from './problem';
import { spreadOf, type Spread } from './spread';
import type { FitStack } from './stack';
import { wishesOf, type ManifestWish, type Wish } from './wishes';

/** What is asked. */
export interface FitQuestion {
  readonly workloads: readonly Workload[];
  /** Every object of the files: constraints may refer to some. */
  readonly objects: readonly ManifestObject[];
  readonly inventory: ClusterInventory;
  readonly levels: Levels;
  readonly stack: FitStack;
  /** Levels that the caller asks for, for every workload. */
  readonly wish: Wish;
}

/** The answer, as it is printed with `--output json`: version 1 of the format in docs/fit.md. */
export interface FitAnswer {
  readonly version: 1;
  /** All of them, at once. */
  readonly fits: boolean;
  readonly stack: { readonly name: string; readonly assumed: boolean; readonly caveats: readonly string[] };
  /** Broadest first. */
  readonly levels: Levels;
  /** In the order of the files. */
  readonly workloads: readonly FitWorkload[];
  /** Objects of other kinds in the files. */
  readonly others: readonly { readonly name: string; readonly count: number }[];
  /** Notes and refusals. */
  readonly findings: readonly Diagnostic[];
}

export interface FitWorkload {
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace: string;
  readonly name: string;
  readonly file?: string;
  readonly line?: number;
  readonly fits: boolean;
  readonly pods: number;
  readonly gpus: number;
  readonly required?: string;
  readonly preferred?: string;
  /** What the manifests themselves ask for. */
  readonly asks: readonly ManifestWish[];
  readonly components: readonly FitComponent[];
  /** Domains used, by level; none where it has no place. */
  readonly spread: readonly Spread[];
  /** Between prefill and decode. */
  readonly distances: readonly Distance[];
  /**
   * Whether components can be pinned to nodes so that no order of starts and restarts leaves a pod without a place:
   * to those given, to others only, or not at all.
   */
  readonly pins?: 'here' | 'elsewhere' | 'none';
}

export interface FitComponent {
  readonly name: string;
  readonly type?: string;
  readonly replicas: number;
  /** Pods of each replica. */
  readonly nodes: number;
  readonly gpusPerReplica: number;
  /** Of one pod; of the leader, where a replica has one of its own. */
  readonly requests: Readonly<Record<string, string>>;
  /** Names of nodes by replica; none where it has no place. */
  readonly copies: readonly (readonly string[])[];
  /** The same, where pins are safe; only where that is elsewhere. */
  readonly pinnedCopies?: readonly (readonly string[])[];
}

/** Says whether workloads fit, all at once, and where. */
export function answer(question: FitQuestion, others: FitAnswer['others']): Outcome<FitAnswer> {
  const { workloads, inventory, levels, stack } = question;
  const names = gangNames(workloads);
  const asked = workloads.map((workload, i): Asked => {
    const wishes = wishesOf(workload, levels, question.objects, question.wish);
    return { gang: names[i] ?? workload.name, workload, wishes };
  });
  const cluster = { inventory, levels, use: usage(inventory, ownPods(workloads)) };
  const placed = solved(asked, cluster, false);
  if (!placed.ok) return placed;
  const fits = placed.value.status === 'placed';
  const pinned = fits ? solved(asked, cluster, true) : undefined;
  const safe = pinned?.ok ? pinned.value : undefined;
  const told = asked.map((each) =>
    workloadAnswer(each, gangOf(placed.value, each), safe && gangOf(safe, each), cluster),
  );
  const findings = [
    ...asked.flatMap((each) => refusalOf(each, gangOf(placed.value, each))),
    ...asked.flatMap(({ workload }) => runsElsewhere(workload, inventory)),
    ...notesOf({ ...question, asked, cluster, plan: placed.value }),
  ];
  const { profile, isAssumed, caveats } = stack;
  return {
    ok: true,
    value: {
      version: 1,
      fits,
      stack: { name: profile.name, assumed: isAssumed, caveats },
      levels,
      workloads: told,
      others,
      findings,
    },
    diagnostics: [],
  };
}

/** Solves, and has the plan confirmed by the checker. Nodes without labels of the levels are no news here. */
function solved(asked: readonly Asked[], cluster: FitCluster, isPinned: boolean): Outcome<Plan> {
  const document = fitProblem(asked, cluster, isPinned);
  const problem = readProblem(document);
  if (!problem.ok) return problem;
  const plan = solve(problem.value);
  const [fault, ...more] = checkPlan(document, plan).map(({ message }) => message);
  if (fault === undefined) return { ok: true, value: plan, diagnostics: [] };
  const unsound = diagnostic('BAY3290', {
    message: `the plan does not hold: ${fault}`,
    where: { pointer: 'bayplan fit' },
    notes: more,
    help: 'this is a fault of Bayplan: please report it with the files',
  });
  return { ok: false, diagnostics: [unsound] };
}

function gangOf({ gangs }: Plan, { gang }: Asked): GangPlan | undefined {
  return gangs.find(({ name }) => name === gang);
}

function refusalOf({ gang, workload }: Asked, plan: GangPlan | undefined): Diagnostic[] {
  if (plan?.status !== 'unplaced') return [];
  const group = plan.reasons[0]?.group?.split('/')[0];
  const component = workload.components.find(({ name }) => name === group);
  return [
    refusal(plan, {
      what: `${workload.kind} ${gang} does not fit`,
      where: component && component.pointer !== 'spec' ? component.where : workload.where,
    }),
  ];
}

function runsElsewhere(workload: Workload, { pods, files }: ClusterInventory): Diagnostic[] {
  const namespaces = elsewhere(workload, pods);
  const [first] = namespaces;
  if (first === undefined) return [];
  return [
    diagnostic('BAY1126', {
      message: `a graph ${workload.name} runs in ${namespaces.join(' and ')}, and its pods are counted as those of another`,
      where: workload.where,
      notes: files.pods === undefined ? [] : [`as ${files.pods} has it`],
      help: `if it is the one that is asked about, say so: --namespace ${first}`,
    }),
  ];
}

function workloadAnswer(
  { workload, wishes }: Asked,
  plan: GangPlan | undefined,
  safe: GangPlan | undefined,
  cluster: FitCluster,
): FitWorkload {
  const { kind, apiVersion, namespace, name, where } = workload;
  const placed = plan?.status === 'placed' ? plan : undefined;
  const pinned = safe?.status === 'placed' ? safe : undefined;
  const copies = copiesOf(workload, wishes, placed);
  const pinnedCopies = copiesOf(workload, wishes, pinned);
  const isHere = JSON.stringify([...copies.values()]) === JSON.stringify([...pinnedCopies.values()]);
  const components = workload.components.map((component) => ({
    ...componentAnswer(component),
    copies: copies.get(component) ?? [],
    ...(pinned && !isHere ? { pinnedCopies: pinnedCopies.get(component) ?? [] } : {}),
  }));
  return {
    kind,
    apiVersion,
    namespace,
    name,
    file: where.file,
    line: where.line,
    fits: placed !== undefined,
    pods: podCount(workload),
    gpus: gpuCount(workload),
    ...wishes.together,
    asks: wishes.told,
    components,
    spread: placed ? spreadOf([...copies.values()].flat(2), cluster) : [],
    distances: placed ? distancesOf(copies, cluster) : [],
    ...(safe && placed ? { pins: pinned ? (isHere ? 'here' : 'elsewhere') : 'none' } : {}),
  };
}

/** Nodes of each replica, by component. */
export type Copies = ReadonlyMap<WorkloadComponent, readonly (readonly string[])[]>;

export function copiesOf(workload: Workload, wishes: Asked['wishes'], placed: PlacedGang | undefined): Copies {
  if (!placed) return new Map();
  const all = runningComponents(workload).map((component) => {
    const indices = Array.from({ length: component.replicas }, (_, index) => index);
    return [component, indices.map((index) => copyOf(component, wishes, index, placed.placements))] as const;
  });
  return new Map(all);
}

function componentAnswer(component: WorkloadComponent): Omit<FitComponent, 'copies'> {
  const { name, type, replicas, nodes, pods } = component;
  const requests = Object.entries(pods[0]?.requests ?? {}).map(([resource, amount]) => [
    resource,
    formatAmount(resource, amount),
  ]);
  return {
    name,
    ...(type === undefined ? {} : { type }),
    replicas,
    nodes,
    gpusPerReplica: gpusOfReplica(component),
    requests: Object.fromEntries(requests) as Record<string, string>,
  };
}
