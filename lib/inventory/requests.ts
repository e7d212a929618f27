import { addResources, type Resources } from '../model/resources';

/** What decides how much room a pod takes: the parts of a core/v1 Pod that name amounts, plain and parsed. */
export interface PodAmounts {
  readonly containers: readonly ContainerAmounts[];
  /** In the order in which they start. */
  readonly initContainers: readonly InitContainerAmounts[];
  /** Of the runtime class; absent is none. */
  readonly overhead?: Resources;
  /** `spec.resources` and its counterpart in the status. */
  readonly podLevel?: ContainerAmounts;
  /** Condition PodResizePending with reason Infeasible: the pod keeps what it has, whatever its spec now asks for. */
  readonly resizeInfeasible?: boolean;
}

export interface ContainerAmounts {
  readonly requests: Resources;
  readonly limits: Resources;
  /** What the kubelet reports; only where it reports `resources`, without which `allocatedResources` is not used. */
  readonly status?: { readonly requests: Resources; readonly allocated: Resources };
}

export interface InitContainerAmounts extends ContainerAmounts {
  /** Restart policy Always: it keeps running beside the containers. */
  readonly sidecar: boolean;
}

const NONE: Resources = Object.freeze({});

/**
 * What kube-scheduler counts for a pod, and KAI with it: PodRequests with UseStatusResources in
 * k8s.io/component-helpers/resource/helpers.go, on top of what the API server fills in for requests that are left out.
 *
 * Containers and sidecars run together; before them each init container runs beside the sidecars already started; the
 * pod takes the larger, resource by resource. `spec.resources` then stands in for cpu, memory and hugepages, and
 * overhead comes on top. The one of `pods` that every pod takes is not in the result.
 */
export function podRequests(pod: PodAmounts): Resources {
  const infeasible = pod.resizeInfeasible ?? false;
  let running = NONE;
  for (const container of pod.containers) running = plus(running, heldBy(container, infeasible));
  let sidecars = NONE;
  let starting = NONE;
  for (const container of pod.initContainers) {
    if (container.sidecar) sidecars = plus(sidecars, heldBy(container, infeasible));
    else starting = larger(starting, plus(sidecars, askedBy(container)));
  }
  const together = larger(plus(running, sidecars), starting);
  return plus(withPodLevel(together, pod.podLevel, infeasible), pod.overhead ?? NONE);
}

/** The API server writes a limit where the request is left out. */
function askedBy({ requests, limits }: ContainerAmounts): Resources {
  for (const resource in limits) if (!Object.hasOwn(requests, resource)) return { ...limits, ...requests };
  return requests;
}

/** While a resize is on its way, the larger of what is asked for and what is held. */
function heldBy(container: ContainerAmounts, infeasible: boolean): Resources {
  const { status } = container;
  if (!status) return askedBy(container);
  const held = larger(status.requests, status.allocated);
  return infeasible ? held : larger(askedBy(container), held);
}

/** A pod-level limit stands in for a request only where no container names the resource, and always for hugepages. */
function withPodLevel(together: Resources, podLevel: ContainerAmounts | undefined, infeasible: boolean): Resources {
  if (!podLevel) return together;
  const limits = Object.entries(podLevel.limits).filter(
    ([resource]) => isHugePages(resource) || !Object.hasOwn(together, resource),
  );
  const asked = { requests: { ...Object.fromEntries(limits), ...podLevel.requests }, limits: NONE };
  const named = new Set(Object.keys(asked.requests).filter(isPodLevel));
  const held = heldBy({ ...asked, status: podLevel.status }, infeasible);
  return { ...together, ...Object.fromEntries(Object.entries(held).filter(([resource]) => named.has(resource))) };
}

function isHugePages(resource: string): boolean {
  return resource.startsWith('hugepages-');
}

/** The resources that `spec.resources` may name. */
function isPodLevel(resource: string): boolean {
  return resource === 'cpu' || resource === 'memory' || isHugePages(resource);
}

/** The sum; most summands are empty, and then nothing is copied. */
function plus(a: Resources, b: Resources): Resources {
  return a === NONE ? b : b === NONE ? a : addResources(a, b);
}

/** The larger amount of each resource. */
function larger(a: Resources, b: Resources): Resources {
  if (a === NONE) return b;
  const result = { ...a };
  for (const [resource, amount] of Object.entries(b)) {
    const other = result[resource];
    if (other === undefined || amount > other) result[resource] = amount;
  }
  return result;
}
