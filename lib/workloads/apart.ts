import { HOSTNAME_LABEL } from '../model/node';
import { selects, type PodTerm, type Workload, type WorkloadComponent } from './workload';

/** How pods of a component are kept from others of their workload. */
export interface Apartness {
  /** Label of which no two pods of the group share a value. */
  readonly exclusive?: string;
  /** Amounts of resources that stand for being alone. */
  readonly requests: Readonly<Record<string, string>>;
}

/**
 * Anti-affinity within the workload. Within a component it is `exclusive`; between components, of hosts, each node gets
 * as much of a resource of its own as nobody asks for twice: who wants to be alone asks for all of it, and those that it
 * wants to be away from for one.
 */
export function apartness(
  component: WorkloadComponent,
  all: readonly WorkloadComponent[],
  name: string,
  extra: Map<string, number>,
): Apartness {
  const requests: Record<string, string> = {};
  let exclusive: string | undefined;
  for (const term of termsOf(component)) {
    const others = all.filter((other) => other !== component && isMeant(term, other));
    if (isMeant(term, component) && others.length === 0) exclusive ??= term.topologyKey;
    if (isMeant(term, component) && others.length > 0 && term.topologyKey === HOSTNAME_LABEL) {
      const resource = `anti-affinity of ${name}`;
      extra.set(resource, MOST_PODS);
      requests[resource] = String(MOST_PODS);
    }
  }
  for (const other of all) {
    if (other === component) continue;
    const meant = termsOf(other).some((term) => isExpressible(term, other, all) && isMeant(term, component));
    if (meant) requests[`anti-affinity of ${name.slice(0, name.lastIndexOf('/'))}/${other.name}`] ??= '1';
  }
  return { exclusive, requests };
}

/** More pods than a node holds. */
const MOST_PODS = 10_000;

function termsOf({ pods }: WorkloadComponent): readonly PodTerm[] {
  return pods[0]?.apart ?? [];
}

function isMeant(term: PodTerm, { pods }: WorkloadComponent): boolean {
  return selects(term, pods[0]?.labels ?? {});
}

function isExpressible(term: PodTerm, owner: WorkloadComponent, all: readonly WorkloadComponent[]): boolean {
  return (
    term.topologyKey === HOSTNAME_LABEL &&
    isMeant(term, owner) &&
    all.some((each) => each !== owner && isMeant(term, each))
  );
}

/** Anti-affinity that the problem cannot say: told beside the answer. */
export function untoldApartness(workload: Workload): readonly WorkloadComponent[] {
  const all = runningComponents(workload);
  return all.filter((component) =>
    termsOf(component).some((term) => {
      const others = all.filter((other) => other !== component && isMeant(term, other));
      return others.length > 0 && !isExpressible(term, component, all);
    }),
  );
}
