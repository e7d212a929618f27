import type { IConstruct } from 'constructs';
import { hasErrors, sortDiagnostics, type Diagnostic, type Outcome } from './diagnostics/diagnostic';
import { DiagnosticError } from './diagnostics/error';
import { change, type ClusterChange } from './passes/change';
import { check } from './passes/check';
import { collect, type FleetModel } from './passes/collect';
import { guaranteesOf, type Guarantee } from './passes/guarantees';
import { frozen as frozenLocks, locksOf, looseEnds, type LooseEnds } from './passes/lock';
import { lower, type LoweredObject } from './passes/lower';
import { pin } from './passes/pin';
import { plan, type PlannedCluster } from './passes/plan';
import { render, type Files } from './passes/render';
import { replay } from './passes/replay';
import { secrets } from './passes/secrets';
import { verify } from './passes/verify';
import { redacted } from './secrets/redact';

/** What a fleet compiles to. */
export interface Compilation {
  /** Text of each file by its path below dist. */
  readonly files: Files;
  /** By cluster, in name order: the problem that was solved, and its plan. */
  readonly clusters: readonly PlannedCluster[];
  /** What it does to each graph of a cluster that was compiled before. */
  readonly changes: readonly ClusterChange[];
  /** Text of each cluster's lock by file, as this compile would have it. */
  readonly locks: ReadonlyMap<string, string>;
  /** What each graph asks for, and by what it is held on its cluster's stack. */
  readonly guarantees: readonly Guarantee[];
  /** How many values look like secrets and are written nevertheless, because a SecretWaiver says why they are none. */
  readonly waived: number;
  /** What stands without a digest or a commit in what is written. */
  readonly loose: LooseEnds;
  /** Warnings, in the order in which they are printed. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface CompileOptions {
  /** Text by path of the dist that runs on the clusters. @default - nothing runs: no change is played through */
  readonly running?: Files;
  /** Gangs more than must be that may move for a better plan. @default 0 */
  readonly rebalance?: number;
  /** A lock that would change is an error; `strict`: so is whatever is not pinned, waived or not. @default false */
  readonly frozen?: boolean | 'strict';
}

/** A pass of the caller's own. */
export type OnLowered = (
  planned: readonly PlannedCluster[],
  lowered: readonly LoweredObject[],
  model: FleetModel,
) => Outcome<unknown>;

const nothingFound: Outcome<undefined> = { ok: true, value: undefined, diagnostics: [] };

/**
 * Compiles a fleet, touching nothing but the inventories that it reads. A pass with an error is the last one.
 *
 * @param onLowered is shown the manifests before anything is said against them
 * @throws DiagnosticError with every finding so far
 */
export function compile(
  fleet: IConstruct,
  { running = new Map(), rebalance, frozen = false }: CompileOptions = {},
  onLowered: OnLowered = () => nothingFound,
): Compilation {
  const findings: Diagnostic[] = [];
  const pass = <T>(outcome: Outcome<T>): T => {
    findings.push(...outcome.diagnostics.map(redacted));
    if (outcome.ok && !hasErrors(outcome.diagnostics)) return outcome.value;
    throw new DiagnosticError(sortDiagnostics(findings));
  };

  const model = pass(collect(fleet)); //             the construct tree and the inventories, as plain data
  pass(check(model)); //                             what can be said without placing: names, levels, quotas, secrets
  const planned = pass(plan(model, rebalance)); //   a node for every pod of every gang, confirmed by a second checker
  const lowered = pass(lower(model, planned)); //    every object as it will be written, user patches included
  pass(onLowered(planned, lowered, model)); //       whoever wants them even where the checks below fail
  const pinned = pass(pin(model, planned, lowered)); // images and charts at the digests that are locked
  const { objects } = pinned;
  pass(verify(model, planned, objects)); //          the manifests say what the plan says, and KAI takes them
  pass(replay(planned, objects)); //                 KAI puts every pod where the plan has it, whatever happens
  const files = pass(render(model, objects)); //     text; Fleet.synth writes it, all or nothing
  const locks = locksOf(planned, pinned);
  const waived = pass(secrets(model, objects, [...files, ...locks])); // nothing that looks like a secret is written
  const changes = pass(change(planned, objects, files, running)); // what runs can become it, pod by pod
  if (frozen) pass(frozenLocks(locks, pinned, frozen)); // nothing that was locked comes out otherwise

  return {
    files,
    clusters: planned,
    locks,
    changes,
    guarantees: guaranteesOf(planned),
    waived,
    loose: looseEnds(pinned),
    diagnostics: sortDiagnostics(findings),
  };
}
