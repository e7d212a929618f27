import { yamlText } from '../../emit/yaml';

/** What has to be in Run:ai's control plane before a graph starts: it lives there, not in the cluster. */
export interface ControlPlaneInput {
  readonly topology: { readonly name: string; readonly levels: readonly string[] };
  /** Projects with their GPU quota, in name order. */
  readonly projects: readonly { readonly name: string; readonly gpuQuota?: string }[];
}

/**
 * Files that say what has to exist, and request bodies for the REST API where its documentation gives them (Run:ai
 * v2.24 to v3.0). They lie outside every kustomization: nothing in the cluster applies them.
 *
 * @returns text by file name
 */
export function controlPlaneFiles({ topology, projects }: ControlPlaneInput): ReadonlyMap<string, string> {
  const request = {
    'network-topology.json': { clusterId: CLUSTER_ID, name: topology.name, levels: [...topology.levels] },
    'node-pool.json': { networkTopologyId: TOPOLOGY_ID },
  };
  const bodies = Object.entries(request).map(([name, body]) => [name, `${JSON.stringify(body, null, 2)}\n`] as const);
  return new Map([...bodies, ['required.yaml', required(topology.name, projects)]]);
}

/** What only the control plane knows. */
const CLUSTER_ID = '<id of the cluster in the control plane>';
const TOPOLOGY_ID = '<id that the request for the network topology returned>';

function required(topology: string, projects: ControlPlaneInput['projects']): string {
  return yamlText({
    networkTopologies: [{ name: topology, request: 'POST /api/v1/network-topologies', body: 'network-topology.json' }],
    nodePools: [{ request: 'PATCH /api/v1/node-pools/{id}', body: 'node-pool.json' }],
    projects: projects.map(({ name, gpuQuota }) => ({ name, namespace: `runai-${name}`, gpuQuota })),
  });
}
