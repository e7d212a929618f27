import { labelValue } from './eligibility';
import { groupedBy, type Grouped } from './grouped';
import type { NodeSpec } from './problem';

/**
 * The domains of one level of a topology: those of the level above, divided by the value of one more label. Ids are
 * 0 … count-1 in the order of nodes. Each part is worked out when it is first asked for: of the level of hosts, which
 * has most domains, few problems ask.
 */
export class Division {
  private known: Divided | undefined;
  private grouped: Grouped | undefined;
  private listed: readonly Int32Array[] | undefined;

  constructor(
    private readonly nodes: readonly NodeSpec[],
    private readonly label: string,
    private readonly above: Division | undefined,
  ) {}

  private get divided(): Divided {
    return (this.known ??= divided(this.nodes, this.label, this.above));
  }

  /** By node: its domain, or -1 where this label, or one of a broader level, is lacking. */
  get domainOf(): Int32Array {
    return this.divided.domainOf;
  }

  get count(): number {
    return this.divided.examples.length;
  }

  /** The first node of a domain; undefined where there is no such domain. */
  exampleOf(domain: number): number | undefined {
    return this.divided.examples[domain];
  }

  /** The nodes of a domain, in order. */
  nodesIn(domain: number): Int32Array {
    this.grouped ??= groupedBy(this.domainOf, this.count);
    return this.grouped.of(domain);
  }

  /** The nodes of every domain. */
  get all(): readonly Int32Array[] {
    return (this.listed ??= Array.from({ length: this.count }, (_, domain) => this.nodesIn(domain)));
  }
}

interface Divided {
  readonly domainOf: Int32Array;
  /** By domain. */
  readonly examples: readonly number[];
}

function divided(nodes: readonly NodeSpec[], label: string, above: Division | undefined): Divided {
  const domainOf = new Int32Array(nodes.length).fill(-1);
  const known = Array.from({ length: above?.count ?? 1 }, () => new Map<string, number>());
  const around = above?.domainOf;
  const examples: number[] = [];
  // Neighbours in the order of names are mostly neighbours in the cluster.
  let lastParent = -1;
  let lastValue = '';
  let id = -1;
  nodes.forEach((node, n) => {
    const parent = around ? (around[n] ?? -1) : 0;
    const value = labelValue(node, label);
    if (parent < 0 || value === undefined) return;
    if (parent !== lastParent || value !== lastValue) {
      id = known[parent]?.get(value) ?? examples.push(n) - 1;
      known[parent]?.set(value, id);
      lastParent = parent;
      lastValue = value;
    }
    domainOf[n] = id;
  });
  return { domainOf, examples };
}
