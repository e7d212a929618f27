import { createHash } from 'node:crypto';
import { yamlText } from '../../emit/yaml';
import type { ComponentSpec, GraphSpec } from '../../model/graph';

/** Where a component's engine options are mounted. */
const FOLDER = '/engine-config';
const FILE = 'engine.yaml';

/** Annotation on pods with the hash of their options: a ConfigMap that changes rolls nothing by itself. */
const HASH = 'bayplan.dev/engine-config';

/** What a pod with engine options of its own needs beside the rest. */
export interface MountedConfig {
  readonly annotations: Readonly<Record<string, string>>;
  readonly volume: object;
  readonly mount: object;
  readonly args: readonly string[];
}

/** Name of the ConfigMap of a component's engine options. */
export function engineConfigName(graph: GraphSpec, component: ComponentSpec): string {
  return `${graph.name}-${component.name.toLowerCase()}-engine`;
}

/** Data of that ConfigMap. */
export function engineConfigData(config: NonNullable<ComponentSpec['engineConfig']>): Record<string, string> {
  return { [FILE]: yamlText(config) };
}

/** TensorRT-LLM reads its options from a file (Dynamo 1.5, examples/backends/trtllm). */
export function mountedConfig(graph: GraphSpec, component: ComponentSpec): MountedConfig | undefined {
  if (component.engineConfig === undefined) return undefined;
  const hash = createHash('sha256').update(yamlText(component.engineConfig)).digest('hex');
  return {
    annotations: { [HASH]: `sha256:${hash}` },
    volume: { name: 'engine-config', configMap: { name: engineConfigName(graph, component) } },
    mount: { name: 'engine-config', mountPath: FOLDER, readOnly: true },
    args: ['--extra-engine-args', `${FOLDER}/${FILE}`],
  };
}
