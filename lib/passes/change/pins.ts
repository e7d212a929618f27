import type { Manifest } from '../../emit/manifest';
import type { GraphPins } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { asList, asMap } from '../verify/pod-templates';

/** Hostnames by name of the written component. */
export type Pins = GraphPins;

/** A graph's manifest with other pins; any other manifest as it is. @param pins of the graph; absent for none to change */
export function withPins(manifest: Manifest, pins: Pins | undefined): Manifest {
  if (pins === undefined) return manifest;
  return withComponents(manifest, (name, component) => repinned(component, pins.get(name)));
}

/** What decides on which nodes a pod may be. */
const selections = ['affinity', 'nodeSelector', 'tolerations'] as const;

/**
 * A graph's manifest in which some components select nodes as another manifest of it has them.
 *
 * @param names of the components
 */
export function selectingAs(manifest: Manifest, other: Manifest | undefined, names: ReadonlySet<string>): Manifest {
  if (other === undefined || names.size === 0) return manifest;
  const found = new Map<string, unknown>();
  withComponents(other, (name, component) => found.set(name, component));
  return withComponents(manifest, (name, component) =>
    names.has(name) ? selectionOf(component, found.get(name)) : component,
  );
}

/** With the selection of another, in either version of the API. */
function selectionOf(component: unknown, other: unknown): unknown {
  const { podTemplate, extraPodSpec, ...rest } = asMap(component);
  const selected = (spec: unknown, source: unknown): Record<string, unknown> => ({
    ...asMap(spec),
    ...Object.fromEntries(selections.map((key) => [key, asMap(source)[key]])),
  });
  const from = asMap(other);
  return {
    ...rest,
    ...(podTemplate === undefined
      ? {}
      : {
          podTemplate: { ...asMap(podTemplate), spec: selected(asMap(podTemplate).spec, asMap(from.podTemplate).spec) },
        }),
    ...(extraPodSpec === undefined ? {} : { extraPodSpec: selected(extraPodSpec, from.extraPodSpec) }),
  };
}

function withComponents(manifest: Manifest, changed: (name: string, component: unknown) => unknown): Manifest {
  if (manifest.kind !== 'DynamoGraphDeployment') return manifest;
  const spec = asMap(manifest.spec);
  const services = Object.entries(asMap(spec.services)).map(
    ([name, service]) => [name, changed(name, service)] as const,
  );
  const components = asList(spec.components).map((component) => changed(String(asMap(component).name), component));
  return {
    ...manifest,
    spec: {
      ...spec,
      ...(spec.services === undefined ? {} : { services: Object.fromEntries(services) }),
      ...(spec.components === undefined ? {} : { components }),
    },
  };
}

/** The component with other hostnames wherever its pod spec asks for one of some. */
function repinned(value: unknown, hosts: readonly string[] | undefined): unknown {
  if (hosts === undefined) return value;
  if (Array.isArray(value)) return asList(value).map((item) => repinned(item, hosts));
  if (typeof value !== 'object' || value === null) return value;
  const map = asMap(value);
  if (map.key === HOSTNAME_LABEL && map.operator === 'In') return { ...map, values: [...hosts] };
  return Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, repinned(inner, hosts)]));
}
