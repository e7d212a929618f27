import { RACK_LABEL, REGION_LABEL, ZONE_LABEL } from '../inventory/dialects';
import { HOSTNAME_LABEL } from '../model/node';

/** The static functions of Level that stand for a label. */
const shorthands: Readonly<Record<string, string>> = {
  [REGION_LABEL]: 'region',
  [ZONE_LABEL]: 'zone',
  [RACK_LABEL]: 'rack',
  [HOSTNAME_LABEL]: 'host',
};

/** A level as TypeScript: `Level.zone()`, or `Level.of('example.com/row')`. */
export function levelCode(label: string): string {
  const shorthand = shorthands[label];
  return shorthand === undefined ? `Level.of('${label}')` : `Level.${shorthand}()`;
}

/** A topology as TypeScript, without an end: `new Topology('topology-1', [Level.zone(), Level.host()])`. */
export function topologyCode(labels: readonly string[], name = 'topology-1'): string {
  return `new Topology('${name}', [${labels.map(levelCode).join(', ')}])`;
}
