import { HOSTNAME_LABEL } from '../model/node';
import { runningComponents, selects, type PodTerm, type Workload, type WorkloadComponent } from './workload';

/** How pods of a component are kept from others of their workload. */
export interface Apartness {
  /** Label of which no two pods of the group share a value. */
  readonly exclusive?: string;
  /** Amounts of resources that stand for being alone. */
  readonly requests: Readonly<Record<string, string>>;
}

/**
 * Anti-affinity within the workload. Within a component it is `exclusive`; between components, of hosts, each node gets
 * as much of a resource of its own as nobody asks for twice: who is to be alone asks for all of it, and those that it is
 * to be away from for one. So nobody can be away from others and near its like, unless one of the two is a single pod.
 *
 * @param name path of the component, unique among all that are placed together; its last part is the component's name
 */
export function apartness(component: WorkloadComponent, all: readonly WorkloadComponent[], name: string): Apartness {
  const exclusive = termsOf(component).find(
    (term) => isMeant(term, component) && !all.some((other) => other !== component && isMeant(term, other)),
  );
  const alone = all.filter((other) => other !== component && awayFrom(other, all).includes(component));
  const workload = name.slice(0, name.lastIndexOf('/'));
  const requests = [
    ...(awayFrom(component, all).length > 0 ? [[`${BEING_ALONE}${name}`, WHOLE]] : []),
    ...alone.map((other) => [`${BEING_ALONE}${workload}/${other.name}`, PART]),
  ];
  return { exclusive: exclusive?.topologyKey, requests: Object.fromEntries(requests) as Record<string, string> };
}

/** What a resource that stands for being alone is called, with the component's name behind it. */
const BEING_ALONE = 'anti-affinity of ';

/** All of a node's share in being alone, and so little of it that no node holds that many pods. */
const WHOLE = '1';
const PART = '100u';

/** How much each node has of the resources that stand for being alone, by name. */
export function roomToBeAlone(requests: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  return Object.fromEntries(requests.flatMap((each) => Object.keys(each).map((name) => [name, WHOLE])));
}

/** Components that a node with a pod of this one must not have, where that can be said by its being alone there. */
function awayFrom(component: WorkloadComponent, all: readonly WorkloadComponent[]): readonly WorkloadComponent[] {
  const isSingle = component.replicas * component.nodes === 1;
  return all.filter((other) => {
    if (other === component) return false;
    const own = termsOf(component).some(
      (term) => isOfHosts(term) && isMeant(term, other) && (isSingle || isMeant(term, component)),
    );
    // what keeps away is kept away
    return own || (isSingle && termsOf(other).some((term) => isOfHosts(term) && isMeant(term, component)));
  });
}

function termsOf({ pods }: WorkloadComponent): readonly PodTerm[] {
  return pods[0]?.apart ?? [];
}

function isOfHosts({ topologyKey }: PodTerm): boolean {
  return topologyKey === HOSTNAME_LABEL;
}

function isMeant(term: PodTerm, { pods }: WorkloadComponent): boolean {
  return selects(term, pods[0]?.labels ?? {});
}

/** Components with anti-affinity that the problem cannot say: told beside the answer. */
export function untoldApartness(workload: Workload): readonly WorkloadComponent[] {
  const all = runningComponents(workload);
  return all.filter((component) =>
    termsOf(component).some((term) => {
      const others = all.filter((other) => other !== component && isMeant(term, other));
      return others.some(
        (other) =>
          !isOfHosts(term) || !(awayFrom(component, all).includes(other) || awayFrom(other, all).includes(component)),
      );
    }),
  );
}
