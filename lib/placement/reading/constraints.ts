import { asMap, asText, key, meant, type Findings, type Placed } from './loose';
import type { KnownTopologies } from './topologies';

/** Required levels of the constraints around a place, outermost first. */
export type Around = readonly {
  readonly topology: string;
  readonly index: number;
  readonly level: string;
  readonly at: string;
}[];

/** Checks one constraint against its topology and those around it; gives what is around the groups within. */
export function checkConstraint(
  placed: Placed,
  topologies: KnownTopologies,
  around: Around,
  findings: Findings,
): Around {
  if (asMap(placed.value) === undefined) return around;
  checkSaysSomething(placed, findings);
  const topology = asText(key(placed, 'topology'));
  const levels = topology === undefined ? undefined : topologies.levels.get(topology);
  if (topology === undefined) return around;
  if (levels === undefined) {
    reportTopology(placed, topology, topologies, findings);
    return around;
  }
  const required = levelIndex(key(placed, 'required'), topology, levels, topologies, findings);
  const preferred = levelIndex(key(placed, 'preferred'), topology, levels, topologies, findings);
  if (required !== undefined && preferred !== undefined && preferred < required) {
    const message = `preferred level "${levels[preferred]}" is broader than the required level "${levels[required]}"`;
    findings.add(
      'BAY3013',
      key(placed, 'preferred').at,
      message,
      'leave preferred out, or name the same or a narrower level',
    );
  }
  if (required === undefined) return around;
  const level = levels[required] ?? '';
  const here = { topology, index: required, level, at: key(placed, 'required').at };
  checkInside(here, around, findings);
  return [...around, here];
}

function checkSaysSomething(placed: Placed, findings: Findings): void {
  if (key(placed, 'required').value !== undefined || key(placed, 'preferred').value !== undefined) return;
  findings.add(
    'BAY3010',
    placed.at,
    'constraint has neither required nor preferred',
    'name a level in one of them, or leave the constraint out',
  );
}

function reportTopology(placed: Placed, topology: string, known: KnownTopologies, findings: Findings): void {
  if (!known.complete) return;
  const help = meant(topology, known.levels.keys(), 'topology');
  findings.add('BAY3011', key(placed, 'topology').at, `topology "${topology}" is not listed`, help);
}

function levelIndex(
  placed: Placed,
  topology: string,
  levels: readonly string[],
  known: KnownTopologies,
  findings: Findings,
): number | undefined {
  const level = asText(placed);
  if (level === undefined) return undefined;
  const index = levels.indexOf(level);
  if (index >= 0) return index;
  const other = [...known.levels].find(([, theirs]) => theirs.includes(level));
  const notes = other ? [`topology "${other[0]}" has this level`] : [];
  findings.add(
    'BAY3012',
    placed.at,
    `level "${level}" is not a level of topology "${topology}"`,
    meant(level, levels, 'level'),
    notes,
  );
  return undefined;
}

function checkInside(here: Around[number], around: Around, findings: Findings): void {
  const tightest = around.filter((outer) => outer.topology === here.topology).sort((a, b) => b.index - a.index)[0];
  if (tightest === undefined || tightest.index <= here.index) return;
  const message = `required level "${here.level}" is broader than "${tightest.level}", which is required around it`;
  findings.add(
    'BAY3014',
    here.at,
    message,
    `name "${tightest.level}" or a narrower level, or leave it out: the outer one holds anyway`,
    [`the outer constraint is at ${tightest.at}`],
  );
}
