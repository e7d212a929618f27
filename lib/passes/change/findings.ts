import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic, type Json } from '../../diagnostics/diagnostic';
import { formatAmount } from '../../model/resources';
import { placeOf } from '../collect';
import type { PlannedCluster } from '../plan';
import { ownerOf } from '../replay';
import type { Hang } from '../replay/change';
import { chainSentences, isCycle, type Chain } from './chain';

/** What was found to get graphs out of a chain. */
export interface WaysOut {
  /** Graphs that finish where they stop all their pods first, by namespace and name; empty where that does not help. */
  readonly recreate: readonly string[];
  /** There is a change to make first, and then this one finishes. */
  readonly firstStep: boolean;
  /** What came of it when it was played through from both ends. */
  readonly played: 'hung' | 'ended' | 'not played';
}

const playedNotes: Readonly<Record<WaysOut['played'], string>> = {
  hung: 'played through it never ended: while pods are missing, KAI places all that a gang lacks at once, or nothing',
  ended: 'played through it came to an end, but that depends on which pod goes first',
  'not played': 'it was not played through, since the code of this scheduler is not public',
};

/** A finding for graphs that wait for each other: one for all of them, at the first that waits. */
export function chainFinding(planned: PlannedCluster, chain: Chain, ways: WaysOut): Diagnostic {
  const { cluster } = planned;
  const waiting = [...chain.waits, ...chain.domains].flatMap((each) => each.waiting).sort();
  const [first = ''] = waiting;
  const [owner] = partsOf(first);
  const graph = cluster.graphs.find((each) => ownerOf(each) === owner);
  const own = [...new Set(waiting.filter((key) => partsOf(key)[0] === owner).map((key) => partsOf(key)[1]))];
  const names = chain.graphs.map((each) => graphName(cluster.graphs, each));
  const one = names.length === 1;
  return diagnostic(chain.waits.length > 0 ? 'BAY4045' : 'BAY4046', {
    message: `the change of graph${one ? '' : 's'} ${names.map(quoted).join(', ')} is feasible, but ${reason(chain)}`,
    where: { ...placeOf(graph ?? cluster.construct), pointer: own.join(', ') },
    notes: [
      ...chainSentences(chain, (key) => `${partsOf(key)[1]} of ${graphName(cluster.graphs, partsOf(key)[0])}`),
      playedNotes[ways.played],
      ...(ways.firstStep ? [] : ['no change was found that could go first and make room for this one']),
    ],
    help: helpFor(ways, chain.graphs, cluster.graphs),
    data: dataOf(chain, ways),
  });
}

function reason({ waits, domains, links }: Chain): string {
  if (isCycle({ links })) return 'may never finish: what comes waits in a circle for what has to go';
  const [wait] = waits;
  if (wait) return `may never finish: ${wait.node} has no room for what comes beside what still runs`;
  return `would never finish: pods go to another domain of ${domains[0]?.level ?? ''}`;
}

/** All ways that were found to work; a new name always does. */
function helpFor({ recreate, firstStep }: WaysOut, owners: readonly string[], graphs: readonly DynamoGraph[]): string {
  const named = (keys: readonly string[]): string => {
    const names = keys.map((key) => quoted(graphName(graphs, key)));
    return `graph${names.length === 1 ? '' : 's'} ${names.join(' and ')}`;
  };
  const ways = [
    ...(firstStep ? ['change in two commits: bayplan synth --first-step writes the first'] : []),
    ...(recreate.length > 0
      ? [
          `say rollout: 'recreate' on ${named(recreate)} for this change (an outage of ${recreate.length > 1 ? 'each' : 'it'})`,
        ]
      : []),
    `give ${named(owners)} ${owners.length > 1 ? 'new names' : 'a new name'}`,
  ];
  return ways.join('; or ');
}

function dataOf({ graphs, links, waits, domains }: Chain, ways: WaysOut): Readonly<Record<string, Json>> {
  const part = (key: string): Json => ({ graph: partsOf(key)[0], component: partsOf(key)[1] });
  return {
    graphs,
    cycle: isCycle({ links }),
    links: links.map(({ waiting, holding, nodes }) => ({ waiting: part(waiting), holding: part(holding), nodes })),
    nodes: waits.map(({ node, resource, needed, room }) => {
      return { node, resource, needed: formatAmount(resource, needed), room: formatAmount(resource, room) };
    }),
    domains: domains.map(({ waiting, level, from, to }) => ({ waiting: waiting.map(part), level, from, to })),
    recreate: ways.recreate,
    firstStep: ways.firstStep,
  };
}

/** Graph, by namespace and name, and component. */
function partsOf(key: string): readonly [string, string] {
  const [owner = '', component = ''] = key.split(' ');
  return [owner, component];
}

function graphName(graphs: readonly DynamoGraph[], owner: string): string {
  return graphs.find((each) => ownerOf(each) === owner)?.spec.name ?? owner;
}

function quoted(name: string): string {
  return `"${name}"`;
}

/** What was seen to hang for another reason than room. */
export function hangFinding({ cluster }: PlannedCluster, { owner, components, chain }: Hang): Diagnostic {
  const graph = cluster.graphs.find((each) => ownerOf(each) === owner);
  const isGrove = cluster.construct.stack.profile.gang === 'grove';
  return diagnostic('BAY4041', {
    message: `the change of graph "${graph?.spec.name ?? owner}" is feasible, but KAI would never finish it`,
    where: { ...placeOf(graph ?? cluster.construct), pointer: components.join(', ') },
    notes: [...chain, 'while some of its pods are missing, KAI places all that a gang lacks at once, or nothing'],
    help: isGrove
      ? 'change the graph in two steps, the first of which frees the node, or give the graph a new name'
      : "say rollout: 'recreate' on the graph for this change (an outage of it), change it in two steps, or give it a new name",
  });
}
