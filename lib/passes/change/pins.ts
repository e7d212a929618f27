import type { Manifest } from '../../emit/manifest';
import type { GraphPins } from '../../model/graph';
import { HOSTNAME_LABEL } from '../../model/node';
import { asList, asMap } from '../verify/pod-templates';

/** Hostnames by name of the written component. */
export type Pins = GraphPins;

/** A graph's manifest with other pins; any other manifest as it is. @param pins of the graph; absent for none to change */
export function withPins(manifest: Manifest, pins: Pins | undefined): Manifest {
  if (manifest.kind !== 'DynamoGraphDeployment' || pins === undefined) return manifest;
  const spec = asMap(manifest.spec);
  const services = Object.entries(asMap(spec.services)).map(([name, service]) => {
    return [name, repinned(service, pins.get(name))] as const;
  });
  const components = asList(spec.components).map((component) => {
    return repinned(component, pins.get(String(asMap(component).name)));
  });
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
