import { labelValue } from './eligibility';
import { groupedBy, groupedFrom, type Grouped } from './grouped';
import type { NodeSpec } from './problem';
import { HOSTNAME_LABEL } from '../model/node';

/**
 * The domains of one level of a topology: those of the level above, divided by the value of one more label. Ids are
 * 0 … count-1 in the order of nodes. What is in them is worked out when it is first asked for.
 */
export class Division {
  private known: Divided | undefined;
  private grouped: Grouped | undefined;
  private listed: readonly Int32Array[] | undefined;

  constructor(private readonly divide: () => Divided) {}

  private get divided(): Divided {
    return (this.known ??= this.divide());
  }

  /** By node: its domain, or -1 where this label, or one of a broader level, is lacking. */
  get domainOf(): Int32Array {
    return this.divided.domainOf;
  }

  get count(): number {
    return this.divided.examples.length;
  }

  /** True where no node lacks a domain. */
  get hasAll(): boolean {
    return this.divided.hasAll;
  }

  /** The first node of a domain; undefined where there is no such domain. */
  exampleOf(domain: number): number | undefined {
    return this.divided.examples[domain];
  }

  /** The nodes of a domain, in order. */
  nodesIn(domain: number): Int32Array {
    this.grouped ??= this.divided.grouped();
    return this.grouped.of(domain);
  }

  /** The nodes of every domain. */
  get all(): readonly Int32Array[] {
    return (this.listed ??= Array.from({ length: this.count }, (_, domain) => this.nodesIn(domain)));
  }
}

/**
 * Divides nodes by levels, broadest first: in one pass for all of them, since most of the time goes into fetching nodes
 * from memory. Hosts are left until somebody asks for them: they have most domains, and few problems do.
 */
export function divide(nodes: readonly NodeSpec[], levels: readonly string[]): Division[] {
  const broad = levels.filter((level) => level !== HOSTNAME_LABEL).map((level) => new Divided(level, nodes.length));
  nodes.forEach((node, n) => {
    let domain = 0;
    for (const divided of broad) domain = divided.add(node, n, domain);
  });
  const divisions = broad.map((divided) => new Division(() => divided));
  if (levels.includes(HOSTNAME_LABEL)) divisions.push(new Division(() => divideHosts(nodes, broad.at(-1))));
  return divisions;
}

function divideHosts(nodes: readonly NodeSpec[], above: Divided | undefined): Divided {
  const hosts = new Divided(HOSTNAME_LABEL, nodes.length);
  nodes.forEach((node, n) => hosts.add(node, n, above ? (above.domainOf[n] ?? -1) : 0));
  return hosts;
}

// Held here, since what is imported is looked up again at every call, and here is one for each level of each node.
const valueOf = labelValue;

/** A level while nodes are added to it in order. */
class Divided {
  readonly domainOf: Int32Array;
  /** By domain: its first node. */
  readonly examples: number[] = [];
  hasAll = true;
  /** True where a domain ends when the next begins. */
  private hasRuns = true;
  /** By domain of the level above: domains by value. */
  private readonly known: Map<string, number>[] = [];
  // Neighbours in the order of names are mostly neighbours in the cluster.
  private last = -1;
  private lastAbove = -1;
  private lastValue = '';

  constructor(
    private readonly label: string,
    nodes: number,
  ) {
    this.domainOf = new Int32Array(nodes);
  }

  /** Adds a node of a domain of the level above, or of none, -1; returns its domain, or -1. */
  add(node: NodeSpec, n: number, above: number): number {
    const value = above < 0 ? undefined : valueOf(node, this.label);
    const domain = value === undefined ? -1 : this.domain(above, value, n);
    if (domain < 0) this.hasAll = false;
    return (this.domainOf[n] = domain);
  }

  private domain(above: number, value: string, n: number): number {
    if (above !== this.lastAbove || value !== this.lastValue) {
      const known = (this.known[above] ??= new Map<string, number>());
      const before = known.get(value);
      if (before !== undefined) this.hasRuns = false;
      this.last = before ?? this.examples.push(n) - 1;
      known.set(value, this.last);
      this.lastAbove = above;
      this.lastValue = value;
    }
    return this.last;
  }

  /** The nodes of each domain. */
  grouped(): Grouped {
    const { examples, domainOf } = this;
    const isOrdered = this.hasAll && this.hasRuns;
    return isOrdered ? groupedFrom(examples, domainOf.length) : groupedBy(domainOf, examples.length);
  }
}
