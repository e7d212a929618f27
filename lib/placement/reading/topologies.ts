import { HOSTNAME_LABEL } from '../../model/node';
import { asText, entries, items, key, meant, shown, type Findings, type Placed } from './loose';

/** Levels of each topology by its name, as far as they can be read. */
export interface KnownTopologies {
  readonly levels: ReadonlyMap<string, readonly string[]>;
  /** False where some topology cannot be read, so that one that seems missing may be there. */
  readonly complete: boolean;
}

export function knownTopologies(list: Placed): KnownTopologies {
  const levels = new Map<string, readonly string[]>();
  let complete = list.value === undefined || Array.isArray(list.value);
  for (const topology of items(list)) {
    const name = asText(key(topology, 'name'));
    const read = items(key(topology, 'levels')).map(asText);
    const texts = read.filter((level) => level !== undefined);
    if (name === undefined || texts.length === 0 || texts.length !== read.length) complete = false;
    else if (!levels.has(name)) levels.set(name, texts);
  }
  return { levels, complete };
}

/** Levels are named once, the hostname last; bandwidths are above 0 and of levels there are. */
export function checkTopologies(list: Placed, findings: Findings): void {
  for (const topology of items(list)) {
    checkLevels(key(topology, 'levels'), findings);
    checkBandwidth(topology, findings);
  }
}

function checkLevels(levels: Placed, findings: Findings): void {
  const all = items(levels);
  const seen = new Set<string>();
  all.forEach((placed, index) => {
    const level = asText(placed);
    if (level === undefined) return;
    if (seen.has(level)) {
      findings.add('BAY3015', placed.at, `level "${level}" is listed twice`, 'list each level once, broadest first');
    } else if (level === HOSTNAME_LABEL && index < all.length - 1) {
      findings.add(
        'BAY3015',
        placed.at,
        `level "${level}" is not the last`,
        'put it last: no level is narrower than a node',
      );
    }
    seen.add(level);
  });
}

function checkBandwidth(topology: Placed, findings: Findings): void {
  const levels = items(key(topology, 'levels')).map(asText);
  const known = [...levels.filter((level) => level !== undefined), HOSTNAME_LABEL, 'none'];
  for (const { name, entry } of entries(key(topology, 'bandwidth'))) {
    const { value, at } = entry;
    if (typeof value === 'number' && !(value > 0 && Number.isFinite(value))) {
      findings.add(
        'BAY3016',
        at,
        `bandwidth of "${name}" is ${shown(value)}, not above 0`,
        'write GB/s per GPU, such as 50',
      );
    }
    if (!levels.includes(undefined) && levels.length > 0 && !known.includes(name)) {
      findings.add(
        'BAY3016',
        at,
        `bandwidth is given for "${name}", which is no level of this topology`,
        meant(name, known, 'level'),
      );
    }
  }
}
