import { closeSync, openSync, writeSync } from 'node:fs';

/** Kinds of nodes by name: GPUs, product, cores, memory in Gi. */
const kinds = [
  ['p5.48xlarge', 8, 'NVIDIA-H100-80GB-HBM3', 192, 2029],
  ['p5en.48xlarge', 8, 'NVIDIA-H200', 192, 2029],
  ['gb200-4x', 4, 'NVIDIA-GB200', 144, 940],
  ['g6.48xlarge', 8, 'NVIDIA-L40S', 192, 748],
  ['m7i.16xlarge', 0, '', 64, 253],
] as const;

/**
 * Writes what `kubectl get nodes -o json` prints of a cluster: racks of 16, blocks of 40 racks, one kind of nodes after the
 * other, and on every hundredth node something that is odd. A node is of some four kilobytes: identifiers, addresses,
 * conditions with their times.
 */
export function writeNodes(file: string, count: number): void {
  const out = openSync(file, 'w');
  try {
    writeSync(out, '{\n    "apiVersion": "v1",\n    "items": [\n');
    let text = '';
    for (let i = 0; i < count; i += 1) {
      const json = JSON.stringify(node(i, count), null, 4).replace(/^/gm, '        ');
      text += `${json}${i < count - 1 ? ',' : ''}\n`;
      if (text.length > 4_000_000 || i === count - 1) {
        writeSync(out, text);
        text = '';
      }
    }
    writeSync(out, '    ],\n    "kind": "List",\n    "metadata": {\n        "resourceVersion": ""\n    }\n}\n');
  } finally {
    closeSync(out);
  }
}

function node(i: number, count: number): object {
  const rack = Math.floor(i / 16);
  const block = Math.floor(rack / 40);
  const [kind, gpus, product, cores, memory] = kinds[Math.floor((i * kinds.length) / count)] ?? kinds[4];
  const name = `node-r${String(rack).padStart(4, '0')}-${String((i % 16) + 1).padStart(2, '0')}`;
  const resources = {
    cpu: String(cores),
    'ephemeral-storage': '3690434372Ki',
    'hugepages-1Gi': '0',
    'hugepages-2Mi': '0',
    memory: `${memory}Gi`,
    ...(gpus > 0 && { 'nvidia.com/gpu': String(gpus), 'rdma/ib': String(gpus) }),
    pods: '110',
  };
  const lost = i % 300 === 7 && gpus > 0 ? { 'nvidia.com/gpu': String(gpus - 1) } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      annotations: {
        'node.alpha.kubernetes.io/ttl': '0',
        'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
      },
      creationTimestamp: time(i),
      labels: labels({ name, kind, gpus, product, rack, block, id: hex(i) }),
      name,
      resourceVersion: String(100_000 + i),
      uid: `6f9d0c1e-0000-4a5b-9c3d-${hex(i)}`,
    },
    spec: {
      podCIDR: `10.${(i >> 8) & 255}.${i & 255}.0/24`,
      providerID: `aws:///eu-west-1a/i-0${hex(i)}`,
      ...(gpus > 0 && { taints: [{ effect: 'NoSchedule', key: 'nvidia.com/gpu', value: 'present' }] }),
      ...(i % 100 === 3 && { unschedulable: true }),
    },
    status: {
      addresses: [
        { address: `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`, type: 'InternalIP' },
        { address: name, type: 'Hostname' },
      ],
      allocatable: { ...resources, ...lost },
      capacity: resources,
      conditions: conditions(i),
      nodeInfo: {
        architecture: kind === 'gb200-4x' ? 'arm64' : 'amd64',
        bootID: `1f9d0c1e-0000-4a5b-9c3d-${hex(i)}`,
        containerRuntimeVersion: 'containerd://2.1.0',
        kernelVersion: '6.8.0-1021-aws',
        kubeProxyVersion: '',
        kubeletVersion: 'v1.34.2',
        machineID: `ec2${hex(i)}${hex(i + 1)}`,
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04.2 LTS',
        systemUUID: `ec2d0c1e-0000-4a5b-9c3d-${hex(i)}`,
      },
    },
  };
}

interface Shape {
  readonly name: string;
  readonly kind: string;
  readonly gpus: number;
  readonly product: string;
  readonly rack: number;
  readonly block: number;
  readonly id: string;
}

function labels({ name, kind, gpus, product, rack, block, id }: Shape): Record<string, string> {
  return {
    'kubernetes.io/arch': kind === 'gb200-4x' ? 'arm64' : 'amd64',
    'kubernetes.io/hostname': name,
    'kubernetes.io/os': 'linux',
    'node.kubernetes.io/instance-type': kind,
    'alpha.eksctl.io/instance-id': `i-0${id}`,
    'topology.kubernetes.io/region': 'eu-west-1',
    'topology.kubernetes.io/zone': `eu-west-1${'abc'[Math.floor(block / 60)] ?? 'c'}`,
    'topology.kubernetes.io/block': `block-${String(block).padStart(3, '0')}`,
    'topology.kubernetes.io/rack': `rack-${String(rack).padStart(4, '0')}`,
    ...(gpus > 0 && {
      'nvidia.com/cuda.driver-version.full': '580.95.05',
      'nvidia.com/gpu.count': String(gpus),
      'nvidia.com/gpu.family': 'hopper',
      'nvidia.com/gpu.memory': '81559',
      'nvidia.com/gpu.present': 'true',
      'nvidia.com/gpu.product': product,
      'nvidia.com/gpu.replicas': '1',
      'nvidia.com/mig.capable': 'true',
      'nvidia.com/mig.strategy': 'single',
    }),
  };
}

function conditions(i: number): object[] {
  const of = (type: string, status: string, reason: string): object => ({
    lastHeartbeatTime: time(i),
    lastTransitionTime: time(i + 1),
    reason,
    status,
    type,
  });
  return [
    of('MemoryPressure', 'False', 'KubeletHasSufficientMemory'),
    of('DiskPressure', 'False', 'KubeletHasNoDiskPressure'),
    of('PIDPressure', 'False', 'KubeletHasSufficientPID'),
    of('Ready', i % 400 === 11 ? 'Unknown' : 'True', 'KubeletReady'),
  ];
}

function hex(i: number): string {
  return Math.imul(i + 1, 2_654_435_761 | 0)
    .toString(16)
    .replace('-', 'f')
    .padStart(12, '0');
}

function time(i: number): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  return `2026-11-01T${two(Math.floor(i / 3600) % 24)}:${two(Math.floor(i / 60) % 60)}:${two(i % 60)}Z`;
}
