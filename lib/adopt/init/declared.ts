/**
 * The nodes of a small cluster that is declared, for a repository that begins without one: two zones of two nodes with
 * eight GPUs each, and a node without GPUs in either, as kubectl would list them.
 */
export function declaredNodes(): string {
  const zones = ['zone-a', 'zone-b'];
  const items = zones.flatMap((zone, i) => [
    ...[1, 2].map((number) => gpuNode(`gpu-${2 * i + number}`, zone)),
    node(`system-${i + 1}`, zone, {}, { cpu: '15500m', memory: '60Gi', pods: '110' }, []),
  ]);
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}

function gpuNode(name: string, zone: string): object {
  const labels = { 'nvidia.com/gpu.count': '8', 'nvidia.com/gpu.product': 'NVIDIA-H100-80GB-HBM3' };
  const allocatable = { cpu: '190', memory: '2000Gi', pods: '110', 'nvidia.com/gpu': '8' };
  return node(name, zone, labels, allocatable, [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }]);
}

function node(
  name: string,
  zone: string,
  labels: Readonly<Record<string, string>>,
  allocatable: Readonly<Record<string, string>>,
  taints: readonly object[],
): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        'topology.kubernetes.io/zone': zone,
        ...labels,
      },
    },
    spec: taints.length === 0 ? {} : { taints },
    status: { allocatable, conditions: [{ type: 'Ready', status: 'True' }] },
  };
}
