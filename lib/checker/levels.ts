import type { Plan } from '../placement/plan';
import type { Cluster, PlacedGang, Scope } from './cluster';
import { domainTuple, labelOf } from './domains';
import type { PlanFault } from './fault';

/** All pods of each copy, and of each gang, in one domain of every level that is required of them. */
export function checkRequired(cluster: Cluster, placed: readonly PlacedGang[]): PlanFault[] {
  return placed.flatMap(({ scopes }) => scopes.flatMap((scope) => checkScope(cluster, scope)));
}

function checkScope(cluster: Cluster, scope: Scope): PlanFault[] {
  const domains = [
    ...new Set(scope.pods.map((name) => JSON.stringify(requiredDomain(cluster, scope, name) ?? null))),
  ].sort();
  if (scope.own?.required === undefined || domains.length <= 1) return [];
  const where = scope.path === '' ? `gang ${scope.gang.name}` : scope.path;
  const message = `${where} is in ${domains.length} domains of ${scope.own.required}, which is required: ${domains.join(', ')}`;
  return [
    {
      code: 'required-level',
      message,
      gang: scope.gang.name,
      path: scope.path,
      data: { level: scope.own.required, domains },
    },
  ];
}

function requiredDomain(cluster: Cluster, scope: Scope, name: string): string[] | undefined {
  const node = cluster.nodes.get(name);
  const required = scope.own?.required;
  if (node === undefined || required === undefined || scope.topology === undefined) return undefined;
  return domainTuple(scope.topology, node, scope.topology.levels.indexOf(required));
}

/** The plan's `domains` are, for each scope with a required level, that level's label on its nodes; nothing else. */
export function checkDomains(cluster: Cluster, placed: readonly PlacedGang[], plan: Plan): PlanFault[] {
  return plan.gangs.flatMap((planned) => {
    const found = placed.find(({ gang }) => gang.name === planned.name);
    if (found === undefined || planned.status !== 'placed') return [];
    const right = new Map(found.scopes.flatMap((scope) => domainEntry(cluster, scope)));
    const paths = [...new Set([...right.keys(), ...Object.keys(planned.domains)])].sort();
    return paths.flatMap((path) => {
      const written = Object.hasOwn(planned.domains, path) ? planned.domains[path] : undefined;
      const expected = right.get(path);
      if (same(written, expected)) return [];
      const message = `domains of ${planned.name} say ${JSON.stringify(written)} for "${path}", and it is ${JSON.stringify(expected)}`;
      return [{ code: 'domains', message, gang: planned.name, path, data: {} }] satisfies PlanFault[];
    });
  });
}

function domainEntry(cluster: Cluster, scope: Scope): (readonly [string, Readonly<Record<string, string>>])[] {
  const required = scope.own?.required;
  const node = cluster.nodes.get(scope.pods[0] ?? '');
  const value = required === undefined || node === undefined ? undefined : labelOf(node, required);
  return required === undefined || value === undefined ? [] : [[scope.path, { [required]: value }]];
}

function same(
  a: Readonly<Record<string, string>> | undefined,
  b: Readonly<Record<string, string>> | undefined,
): boolean {
  const text = (map: Readonly<Record<string, string>> | undefined): string =>
    JSON.stringify(map && Object.entries(map).sort());
  return text(a) === text(b);
}
