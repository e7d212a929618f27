import { diagnostic, type Diagnostic, type Json, type Where } from '../diagnostics/diagnostic';
import type { DiagnosticCode } from '../diagnostics/registry';
import { HOSTNAME_LABEL } from '../model/node';
import { parseQuantity } from '../model/quantity';
import type { Reason, ReasonCode, UnplacedGang } from './plan';
import { compareKeys, compareNames } from '../order';

const codes: Readonly<Record<ReasonCode, DiagnosticCode>> = {
  'no-eligible-node': 'BAY3201',
  capacity: 'BAY3202',
  fragmented: 'BAY3203',
  'pin-safety': 'BAY3204',
  quota: 'BAY3205',
  limit: 'BAY3205',
  taken: 'BAY3206',
  budget: 'BAY3207',
};

/** How a refusal is told to the one who asked. */
export interface Telling {
  /** What has no place, such as `graph "vllm" has no place on eu-west`. */
  readonly what: string;
  readonly where: Where;
  /** Puts the names of gangs in a text into the asker's words. @default - as they stand in the problem */
  readonly told?: (text: string) => string;
}

/** One finding for a gang without a place: the binding reason, and the others as notes. */
export function refusal(gang: UnplacedGang, { what, where, told = (text) => text }: Telling): Diagnostic {
  const [binding, ...others] = gang.reasons;
  return diagnostic(codes[binding?.code ?? 'budget'], {
    message: binding ? `${what}: ${told(binding.message)}` : what,
    where,
    notes: [
      ...shortfall(binding),
      ...excluded(binding),
      ...conflict(binding).map(told),
      ...others.map(({ message }) => told(message)),
    ],
    help: binding?.help === undefined ? undefined : told(binding.help),
    data: { gang: gang.name, reasons: gang.reasons.map(plain) },
  });
}

function plain({ remedies, ...reason }: Reason): Json {
  return { ...reason, ...(remedies && { remedies: remedies.map((remedy) => ({ ...remedy })) }) };
}

/** What is needed beside what is there, of each resource that is short. */
function shortfall(reason: Reason | undefined): string[] {
  // Where no node may take a pod, nothing is known to be short.
  if (reason?.code === 'no-eligible-node') return [];
  const { needed = {}, available = {} } = reason ?? {};
  const amounts = Object.keys(needed).map((name) => ({ name, need: needed[name] ?? '0', has: available[name] ?? '0' }));
  const short = amounts.filter(({ need, has }) => (parseQuantity(need) ?? 0n) > (parseQuantity(has) ?? 0n));
  const somewhere = reason?.level === HOSTNAME_LABEL ? 'a node has at most' : 'there are';
  const place = reason?.domain === undefined ? somewhere : `${reason.domain} has`;
  return short.sort(compareNames).map(({ name, need, has }) => `${name}: needs ${need}, ${place} ${has}`);
}

/** How many nodes were left out, by cause. */
function excluded(reason: Reason | undefined): string[] {
  const entries = Object.entries(reason?.excluded ?? {}).sort(compareKeys);
  if (entries.length === 0) return [];
  return [`nodes left out: ${entries.map(([cause, count]) => `${cause}: ${count}`).join(', ')}`];
}

/** What leaves no place together. */
function conflict(reason: Reason | undefined): string[] {
  const texts = reason?.conflict ?? [];
  if (texts.length === 0) return [];
  return [`${texts.length === 1 ? 'this alone leaves no place' : 'these do not go together'}: ${texts.join(', ')}`];
}
