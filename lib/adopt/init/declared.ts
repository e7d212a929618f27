/**
 * The inventory file of a small cluster that is declared, for a repository that begins without one: eight nodes of eight
 * GPUs in two zones of two racks, and a node without GPUs in either zone.
 */
export function declaredInventory(): string {
  return `# A cluster that is made up, to try things on. Change what stands here, or put your own cluster in its place:
# README.md says how. docs/inventory.md of bayplan describes the format.
format: 1

# What a node of each kind has to give, how it is labelled, and what it is tainted with.
classes:
  h100:
    allocatable: { cpu: '190', memory: 2000Gi, nvidia.com/gpu: '8', pods: '110' }
    labels: { kubernetes.io/arch: amd64, nvidia.com/gpu.product: NVIDIA-H100-80GB-HBM3, nvidia.com/gpu.count: '8' }
    taints: ['nvidia.com/gpu=present:NoSchedule']
  system:
    allocatable: { cpu: 15500m, memory: 60Gi, pods: '110' }
    labels: { kubernetes.io/arch: amd64 }

# How many there are: gpu-[1-8] are eight. Zones and racks are laid over them in order, each over equally many; so for
# twice the nodes write gpu-[1-16], and for racks of two again rack-[1-8].
nodes:
  - names: gpu-[1-8]
    class: h100
    labels:
      topology.kubernetes.io/zone: zone-[a-b] # four nodes in each
      topology.kubernetes.io/rack: rack-[1-4] # two nodes in each
  - names: system-[1-2]
    class: system
    labels:
      topology.kubernetes.io/zone: zone-[a-b]
      topology.kubernetes.io/rack: rack-[1,3]

# A node that is cordoned or differs from the others stands here as well:
# exceptions:
#   - { names: gpu-5, unschedulable: true }
`;
}
