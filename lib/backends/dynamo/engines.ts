import type { ComponentSpec, GraphSpec, ModelSpec } from '../../model/graph';
import type { StackProfile } from '../stacks';
import { mountedConfig } from './engine-config';
import { nixlBackend, type NixlBackend } from './fabric';
import { scalingContainer } from './planner';

/** Where the model cache is mounted. */
export const CACHE_PATH = '/model-cache';

/** The Hugging Face hub's cache in it. */
export const HUB_PATH = `${CACHE_PATH}/hub`;

/** A container's command line. */
export interface CommandLine {
  readonly command: readonly string[];
  readonly args: readonly string[];
}

/** Folder of one revision in a Hugging Face cache (huggingface_hub, "Understand caching"). */
function snapshotPath(model: ModelSpec): string | undefined {
  if (model.revision === undefined) return undefined;
  return `${HUB_PATH}/models--${model.repository.replaceAll('/', '--')}/snapshots/${model.revision}`;
}

/** What an engine's own words are for what every graph says. */
interface Engine {
  readonly module: string;
  readonly modelFlag: string;
  /** It takes a commit of the model's repository. */
  readonly takesRevision: boolean;
  readonly parallelFlags: readonly string[];
  /** Either half of a disaggregated graph. */
  readonly half: (role: 'prefill' | 'decode', backend: NixlBackend) => readonly string[];
  /** Tells a KV-aware router of the cache. */
  readonly publishes: readonly string[];
}

const events = { publisher: 'zmq', topic: 'kv-events' };

/** vLLM's connector takes UCX where it is told nothing. */
function nixlConfig(backend: NixlBackend): object {
  return backend === 'UCX' ? {} : { kv_buffer_device: 'cuda', kv_connector_extra_config: { backends: [backend] } };
}

/** Dynamo 1.5, examples/backends and recipes; ports are the ones that they use. */
const engines: Readonly<Record<GraphSpec['framework'], Engine>> = {
  vllm: {
    module: 'dynamo.vllm',
    modelFlag: '--model',
    takesRevision: true,
    parallelFlags: ['--tensor-parallel-size', '-tp'],
    half: (role, backend) => [
      '--disaggregation-mode',
      role,
      '--kv-transfer-config',
      JSON.stringify({ kv_connector: 'NixlConnector', kv_role: 'kv_both', ...nixlConfig(backend) }),
    ],
    publishes: [
      '--kv-events-config',
      JSON.stringify({ ...events, endpoint: 'tcp://*:20080', enable_kv_cache_events: true }),
    ],
  },
  sglang: {
    module: 'dynamo.sglang',
    modelFlag: '--model-path',
    takesRevision: true,
    parallelFlags: ['--tp-size', '--tp'],
    half: (role) => [
      ...['--disaggregation-mode', role, '--disaggregation-transfer-backend', 'nixl'],
      ...['--disaggregation-bootstrap-port', '12345', '--host', '0.0.0.0'],
    ],
    publishes: ['--kv-events-config', JSON.stringify({ ...events, endpoint: 'tcp://*:5557' })],
  },
  trtllm: {
    module: 'dynamo.trtllm',
    modelFlag: '--model-path',
    takesRevision: false,
    parallelFlags: ['--tensor-parallel-size'],
    half: (role) => ['--disaggregation-mode', role],
    publishes: ['--publish-events-and-metrics'],
  },
};

/** Command line of a component; the user's own arguments come last. */
export function commandLine(graph: GraphSpec, component: ComponentSpec, profile: StackProfile): CommandLine {
  const serving = component.role === 'frontend' ? frontend : worker;
  const { command, args } = scalingContainer(graph, component, profile) ?? serving(graph, component, profile);
  return { command, args: [...args, ...(mountedConfig(graph, component)?.args ?? []), ...component.args] };
}

function frontend(graph: GraphSpec, component: ComponentSpec): CommandLine {
  const args = graph.routerMode ? ['--router-mode', graph.routerMode] : [];
  const sync = graph.routerMode === 'kv' && component.replicas > 1 ? ['--router-replica-sync'] : [];
  return { command: ['python3', '-m', 'dynamo.frontend'], args: [...args, ...sync] };
}

function worker(graph: GraphSpec, component: ComponentSpec, profile: StackProfile): CommandLine {
  const engine = engines[graph.framework];
  const isEarly = profile.workerMode === 'is-prefill-worker' && graph.framework === 'vllm';
  const role = isEarly ? earlyRoleArgs(component) : roleArgs(engine, graph, component);
  return {
    command: ['python3', '-m', engine.module],
    args: [...modelArgs(engine, graph), ...parallelArgs(engine, component), ...role],
  };
}

/** The cached snapshot by its path, or the repository at its revision. A planner looks for the model by its name. */
function modelArgs({ modelFlag, takesRevision }: Engine, { model, cache, planner }: GraphSpec): string[] {
  const path = cache && snapshotPath(model);
  const served = (path ?? planner) ? ['--served-model-name', model.repository] : [];
  const revision = path || !takesRevision || model.revision === undefined ? [] : ['--revision', model.revision];
  return [modelFlag, path ?? model.repository, ...served, ...revision];
}

/** As many as a replica has GPUs, on all its nodes. */
function parallelArgs({ parallelFlags }: Engine, { gpus, nodes, args }: ComponentSpec): string[] {
  const [flag = ''] = parallelFlags;
  const own = args.some((arg) => parallelFlags.some((name) => arg === name || arg.startsWith(`${name}=`)));
  return gpus * nodes > 1 && !own ? [flag, String(gpus * nodes)] : [];
}

/** Who computes prompts tells a KV-aware router of its cache. */
function roleArgs({ half, publishes }: Engine, graph: GraphSpec, component: ComponentSpec): string[] {
  const { role } = component;
  return [
    ...(role === 'prefill' || role === 'decode' ? half(role, nixlBackend(graph, component)) : []),
    ...(graph.routerMode === 'kv' && role !== 'decode' ? publishes : []),
  ];
}

/** Dynamo 0.5 sets up transfer and events by itself (v0.5.1, components/backends/vllm/deploy). */
function earlyRoleArgs({ role }: ComponentSpec): string[] {
  return role === 'prefill' ? ['--is-prefill-worker'] : [];
}
