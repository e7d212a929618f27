import type { DetectedLevel, LeftOut } from './levels';
import { countNames, listNames } from './names';

/** What a level is, why it stands where it does, and what is to be known of it: a sentence each, without full stop. */
export function tellLevel(level: DetectedLevel, above: DetectedLevel | undefined): string[] {
  return [tellKind(level), ...tellPlace(level, above), ...tellShared(level, above), ...tellMissing(level)];
}

function tellKind({ dialect, accelerator, name }: DetectedLevel): string {
  const who = dialect?.title ?? (name === 'host' ? 'Kubernetes, and the one that pins use' : 'your own');
  return `a label of ${who}${accelerator ? '; a domain of multi-node NVLink' : ''}`;
}

function tellPlace(level: DetectedLevel, above: DetectedLevel | undefined): string[] {
  if (above === undefined || level.dialect === undefined) return [];
  const declared = level.dialect.id === above.dialect?.id && level.accelerator === above.accelerator;
  if (declared) return [`below ${above.label}, as its dialect has it`];
  // Names that are used twice have a sentence of their own.
  return level.shared.length > 0 ? [] : [`below ${above.label}, since each of its values lies in one ${above.name}`];
}

function tellShared({ shared }: DetectedLevel, above: DetectedLevel | undefined): string[] {
  if (shared.length === 0) return [];
  const [names, verb] = shared.length === 1 ? ['', 'stands'] : [`: ${listNames(shared)}`, 'stand'];
  const where = `in more than one ${above?.name ?? 'domain'}`;
  return [`${countNames('value', shared)} ${verb} ${where}, and a domain is meant in each${names}`];
}

function tellMissing({ missing }: DetectedLevel): string[] {
  if (missing.length === 0) return [];
  const [names, verbs] =
    missing.length === 1 ? ['', 'lacks it, and is'] : [`: ${listNames(missing)}`, 'lack it, and are'];
  return [`${countNames('node', missing)} ${verbs} in no domain of any level${names}`];
}

/** Why a label is no level, in a few words. */
export function tellLeftOut({ reason }: LeftOut): string {
  switch (reason.kind) {
    case 'missing':
      return `missing on ${reason.nodes.length} of ${reason.of} nodes: ${listNames(reason.nodes)}`;
    case 'one-value':
      return `every node has the value ${JSON.stringify(reason.value)}`;
    case 'same':
      return `has the same domains as ${reason.level}`;
    case 'one-node-each':
      return 'each of its domains is one node, as each host is';
    case 'crosses':
      return `crosses ${reason.level}: its ${JSON.stringify(reason.value)} lies in ${listNames(reason.within)}`;
    case 'reservation':
      return 'a reservation, and no node has nvidia.com/gpu.clique, which would show that it is one NVLink domain';
  }
}
