import type { ComponentSpec, GraphSpec, ModelSpec } from '../../model/graph';
import type { StackProfile } from '../stacks';

/** Where the model cache is mounted. */
export const CACHE_PATH = '/model-cache';

/** The Hugging Face hub's cache in it. */
export const HUB_PATH = `${CACHE_PATH}/hub`;

/** A container's command line. */
export interface CommandLine {
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** Connector of both sides of a disaggregated graph (Dynamo 1.5, examples/backends/vllm/deploy/disagg.yaml). */
const kvTransfer = JSON.stringify({ kv_connector: 'NixlConnector', kv_role: 'kv_both' });

/** What a worker tells a KV-aware router of its cache; the port is the one that Dynamo's examples use. */
const kvEvents = JSON.stringify({
  publisher: 'zmq',
  topic: 'kv-events',
  endpoint: 'tcp://*:20080',
  enable_kv_cache_events: true,
});

/** Folder of one revision in a Hugging Face cache (huggingface_hub, "Understand caching"). */
export function snapshotPath(model: ModelSpec): string | undefined {
  if (model.revision === undefined) return undefined;
  return `${HUB_PATH}/models--${model.repository.replaceAll('/', '--')}/snapshots/${model.revision}`;
}

/** Command line of a component of a vLLM graph; the user's own arguments come last. */
export function commandLine(graph: GraphSpec, component: ComponentSpec, profile: StackProfile): CommandLine {
  const isFrontend = component.role === 'frontend';
  const { command, args } = isFrontend ? frontend(graph, component) : worker(graph, component, profile);
  return { command, args: [...args, ...component.args] };
}

function frontend(graph: GraphSpec, component: ComponentSpec): CommandLine {
  const args = graph.routerMode ? ['--router-mode', graph.routerMode] : [];
  const sync = graph.routerMode === 'kv' && component.replicas > 1 ? ['--router-replica-sync'] : [];
  return { command: ['python3', '-m', 'dynamo.frontend'], args: [...args, ...sync] };
}

function worker(graph: GraphSpec, component: ComponentSpec, profile: StackProfile): CommandLine {
  const role = profile.workerMode === 'is-prefill-worker' ? earlyRoleArgs(component) : roleArgs(graph, component);
  return {
    command: ['python3', '-m', 'dynamo.vllm'],
    args: [...modelArgs(graph), ...parallelArgs(component), ...role],
  };
}

/** The cached snapshot by its path, or the repository at its revision. */
function modelArgs({ model, cache }: GraphSpec): string[] {
  const path = cache && snapshotPath(model);
  if (path) return ['--model', path, '--served-model-name', model.repository];
  const revision = model.revision === undefined ? [] : ['--revision', model.revision];
  return ['--model', model.repository, ...revision];
}

function parallelArgs({ gpus, args }: ComponentSpec): string[] {
  const own = args.some((arg) => arg === '-tp' || arg.startsWith('--tensor-parallel-size'));
  return gpus > 1 && !own ? ['--tensor-parallel-size', String(gpus)] : [];
}

/** Who computes prompts tells a KV-aware router of its cache. */
function roleArgs({ routerMode }: GraphSpec, { role }: ComponentSpec): string[] {
  const isHalf = role === 'prefill' || role === 'decode';
  return [
    ...(isHalf ? ['--disaggregation-mode', role, '--kv-transfer-config', kvTransfer] : []),
    ...(routerMode === 'kv' && role !== 'decode' ? ['--kv-events-config', kvEvents] : []),
  ];
}

/** Dynamo 0.5 sets up transfer and events by itself (v0.5.1, components/backends/vllm/deploy). */
function earlyRoleArgs({ role }: ComponentSpec): string[] {
  return role === 'prefill' ? ['--is-prefill-worker'] : [];
}
