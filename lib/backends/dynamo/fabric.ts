import type { ComponentSpec, Fabric, GraphSpec } from '../../model/graph';

/**
 * UCX over verbs, copying nothing and whatever the size, since KV caches are large (Dynamo 1.5, docs,
 * disagg-communication.md). The CUDA transports have to be named, or UCX knows no GPU memory.
 */
const ucx = {
  UCX_TLS: 'rc_x,rc,dc_x,dc,cuda_copy,cuda_ipc',
  UCX_RNDV_SCHEME: 'get_zcopy',
  UCX_RNDV_THRESH: '0',
} as const;

/**
 * What the libraries beneath NIXL read. On RoCE an address is a GID, where InfiniBand has a LID. On EFA shared memory
 * within a node breaks NIXL's registration of GPU buffers (Dynamo 1.5, docs, kv-cache-transfer.md).
 */
const environments: Readonly<Record<Fabric, Readonly<Record<string, string>>>> = {
  infiniband: ucx,
  roce: { ...ucx, UCX_IB_ADDR_TYPE: 'eth' },
  efa: { FI_PROVIDER: 'efa', FI_EFA_USE_DEVICE_RDMA: '1', FI_EFA_ENABLE_SHM_TRANSFER: '0' },
};

/**
 * NIXL's backend on EFA: libfabric, which reaches GPU memory where UCX does not. TensorRT-LLM stays with UCX, whose own
 * transport over EFA is what is tested there (Dynamo 1.5, docs, kv-cache-transfer.md).
 */
const efaBackends: Readonly<Record<GraphSpec['framework'], NixlBackend>> = {
  vllm: 'LIBFABRIC',
  sglang: 'LIBFABRIC',
  trtllm: 'UCX',
};

/** Library that NIXL sends KV caches with. */
export type NixlBackend = 'UCX' | 'LIBFABRIC';

export function nixlBackend({ framework }: GraphSpec, { rdma }: ComponentSpec): NixlBackend {
  return rdma?.fabric === 'efa' ? efaBackends[framework] : 'UCX';
}

/** Variable that tells an engine of its backend; vLLM has an argument for it. */
const backendVariables: { readonly [framework in GraphSpec['framework']]?: string } = {
  sglang: 'SGLANG_DISAGGREGATION_NIXL_BACKEND',
};

/** Variables of a component that follow from its fabric; none where it names none. */
export function fabricEnvironment(graph: GraphSpec, component: ComponentSpec): Readonly<Record<string, string>> {
  const { fabric, netDevices = [] } = component.rdma ?? {};
  const backend = nixlBackend(graph, component);
  const variable = backendVariables[graph.framework];
  return {
    ...(fabric === undefined ? {} : environments[fabric]),
    ...(netDevices.length > 0 ? { UCX_NET_DEVICES: netDevices.join(',') } : {}),
    ...(variable !== undefined && backend !== 'UCX' ? { [variable]: backend } : {}),
  };
}
