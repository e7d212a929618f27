export type { RemoteKey } from './backends/external-secrets/external-secret';
export type { ChartSources, OIDCIdentity, SourceVerification, Verifications } from './backends/flux/controllers';
export type { Decryption } from './backends/flux/kustomization';
export { compile, type Compilation } from './compile';
export { Backend, type BackendOptions } from './constructs/backend';
export { Cluster, type ClusterProps, type FluxOptions } from './constructs/cluster';
export { DynamoGraph } from './constructs/dynamo-graph';
export type {
  AdoptedGraphProps,
  ComponentProps,
  DynamoGraphProps,
  FrontendProps,
  ManifestProps,
  PlacementProps,
  PlannerProps,
  RdmaProps,
  ReplicaRange,
  SmokeTestProps,
  WorkerProps,
} from './constructs/graph-props';
export { ExternalSecret, type ExternalSecretProps, type SecretStoreRef } from './constructs/external-secret';
export { Layer } from './constructs/layer';
export { Level } from './constructs/level';
export { Model, type HuggingFaceOptions } from './constructs/model';
export {
  ModelCache,
  type AccessMode,
  type ExistingModelCacheProps,
  type NewModelCacheProps,
} from './constructs/model-cache';
export { PinWaiver, type PinWaiverProps } from './constructs/pin-waiver';
export {
  PlannerSettings,
  type LoadPlannerOptions,
  type ProfiledPlannerOptions,
  type ReactivePlannerOptions,
  type SlaPlannerOptions,
} from './constructs/planner-settings';
export { PriorityClass, type IPriorityClass } from './constructs/priority-class';
export { Queue, type QueueProps } from './constructs/queue';
export { Router } from './constructs/router';
export { SecretRef } from './constructs/secret-ref';
export { SecretWaiver, type SecretWaiverProps } from './constructs/secret-waiver';
export { SopsSecret, type SopsSecretProps } from './constructs/sops-secret';
export { Stack, type StackProps } from './constructs/stack';
export { Topology, type TopologyOptions } from './constructs/topology';
export type { Diagnostic, Where } from './diagnostics/diagnostic';
export { DiagnosticError } from './diagnostics/error';
export { Fleet, type FleetProps } from './fleet';
export { Inventory } from './inventory/inventory';
export type { Fabric } from './model/graph';
export type { Toleration } from './model/node';
export type { QuantityLike } from './model/quantity';
export type { QueueBounds } from './model/queue';
export type { Guarantee, Holder } from './passes/guarantees';
export type { ProblemDocument } from './placement/document';
export type { Plan } from './placement/plan';
export { readProblem } from './placement/read';
export { solve } from './placement/solve';
