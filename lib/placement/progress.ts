import type { Frame, FrameScope } from './frame';
import type { Instance } from './instance';

/** What changes while one gang is placed. */
export class Progress {
  /** By scope: the chosen domain, or -1. */
  readonly domain: Int32Array;
  /** By leaf and node: closed to slots below this. */
  private readonly closedUntil: readonly Int32Array[];
  private readonly closedDomains = new Map<string, number>();

  constructor(
    readonly t: number,
    readonly frame: Frame,
  ) {
    this.domain = new Int32Array(frame.scopes.length).fill(-1);
    this.closedUntil = frame.gang.leaves.map(() => new Int32Array(frame.instance.nodes.length));
  }

  isClosed(s: number, n: number): boolean {
    return s < (this.closedUntil[this.frame.slots[s]?.leaf.index ?? 0]?.[n] ?? 0);
  }

  /** Closes a node to the equal pods that follow; returns what to give to `reopen`. */
  close(s: number, n: number): number {
    const slot = this.frame.slots[s];
    const until = this.closedUntil[slot?.leaf.index ?? 0];
    const before = until?.[n] ?? 0;
    if (until && slot) until[n] = Math.max(before, slot.equalUntil);
    return before;
  }

  reopen(s: number, n: number, before: number): void {
    const until = this.closedUntil[this.frame.slots[s]?.leaf.index ?? 0];
    if (until) until[n] = before;
  }

  isDomainClosed(scope: FrameScope, domain: number): boolean {
    return scope.firstSlot < (this.closedDomains.get(`${scope.group} ${domain}`) ?? 0);
  }

  /** Closes a domain to the equal copies that follow; returns what to give to `reopenDomain`. */
  closeDomain(scope: FrameScope, domain: number): number {
    const key = `${scope.group} ${domain}`;
    const before = this.closedDomains.get(key) ?? 0;
    this.closedDomains.set(key, Math.max(before, scope.equalUntil));
    return before;
  }

  reopenDomain(scope: FrameScope, domain: number, before: number): void {
    this.closedDomains.set(`${scope.group} ${domain}`, before);
  }

  /** True where the node is in the chosen domain of each scope. */
  inScopes(instance: Instance, scopes: readonly number[], n: number): boolean {
    return scopes.every((s) => {
      const rule = this.frame.scopes[s]?.rule;
      return rule === undefined || instance.trees[rule.tree]?.divisions[rule.required]?.domainOf[n] === this.domain[s];
    });
  }

  /** True where a domain with this node may lie in those chosen around it; other topologies are looked at pod by pod. */
  insideChosen(instance: Instance, scope: FrameScope, n: number): boolean {
    return this.inScopes(
      instance,
      scope.around.filter((s) => this.frame.scopes[s]?.rule.tree === scope.rule.tree),
      n,
    );
  }
}
