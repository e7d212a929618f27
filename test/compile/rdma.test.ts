import { parse } from 'yaml';
import {
  Backend,
  Cluster,
  DynamoGraph,
  type Fleet,
  Inventory,
  Queue,
  Stack,
  type DynamoGraphProps,
  type RdmaProps,
} from '../../lib';
import type { StackVersions } from '../../lib/backends/stacks';
import { errorCodes, failure, graphDefaults, list, nodes, topology } from '../support/fleet';
import { testFleet } from '../support/pins';

/** What pods are told of the network between nodes. */

//  n1 n2 n3     8 GPUs, 8 RDMA devices, 32 EFA devices each
const items = nodes(['n1', 'n2', 'n3'], { resources: { 'rdma/ib': '8', 'vpc.amazonaws.com/efa': '32' } });
const onKai: StackVersions = { dynamo: '1.5.0', kai: '0.17.0' };

function fleetWith(props: Partial<DynamoGraphProps>, versions = onKai): Fleet {
  const fleet = testFleet();
  const inventory = Inventory.fromObjects({ nodes: list(items) });
  const cluster = new Cluster(fleet, 'test', { stack: Stack.of(versions), inventory, topology: topology() });
  const namespace = versions.runai === undefined ? 'inference' : 'runai-team-a';
  new DynamoGraph(cluster, 'g', { ...graphDefaults(new Queue(cluster, 'team-a')), namespace, ...props });
  return fleet;
}

interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly resources: { readonly requests?: Record<string, string>; readonly limits?: Record<string, string> };
  readonly securityContext?: object;
}

/** Containers of frontend, prefill and decode, in that order. */
function containers(fleet: Fleet, namespace = 'inference'): Container[] {
  const text = fleet.compile().files.get(`test/graphs/g/dynamographdeployment-${namespace}-g.yaml`) ?? '';
  interface Component {
    readonly podTemplate: { readonly spec: { readonly containers: readonly Container[] } };
  }
  const { spec } = parse(text) as { spec: { components: readonly Component[] } };
  return spec.components.flatMap(({ podTemplate }) => podTemplate.spec.containers);
}

function variables({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

/** Each half fills a node, so that no two are on one. */
const halves = (rdma: RdmaProps): Partial<DynamoGraphProps> => ({
  prefill: { gpus: 8, rdma },
  decode: { gpus: 8, rdma },
});

const ucx = {
  UCX_TLS: 'rc_x,rc,dc_x,dc,cuda_copy,cuda_ipc',
  UCX_RNDV_SCHEME: 'get_zcopy',
  UCX_RNDV_THRESH: '0',
};
const efa = { FI_PROVIDER: 'efa', FI_EFA_USE_DEVICE_RDMA: '1', FI_EFA_ENABLE_SHM_TRANSFER: '0' };

describe('workers are told of their fabric, and frontends of nothing', () => {
  test.each<[string, RdmaProps, Record<string, string>, string]>([
    ['InfiniBand', { fabric: 'infiniband' }, ucx, 'rdma/ib'],
    ['RoCE', { fabric: 'roce', resource: 'rdma/ib' }, { ...ucx, UCX_IB_ADDR_TYPE: 'eth' }, 'rdma/ib'],
    ['EFA', { fabric: 'efa' }, efa, 'vpc.amazonaws.com/efa'],
    ['devices alone', { resource: 'rdma/ib' }, {}, 'rdma/ib'],
    ['devices without a name', {}, {}, 'rdma/ib'],
    [
      'adapters of choice',
      { fabric: 'infiniband', netDevices: ['mlx5_0:1', 'mlx5_1:1'] },
      { ...ucx, UCX_NET_DEVICES: 'mlx5_0:1,mlx5_1:1' },
      'rdma/ib',
    ],
  ])('%s', (_, rdma, expected, resource) => {
    const [frontend, ...workers] = containers(fleetWith(halves(rdma)));
    expect(workers).toHaveLength(2);
    for (const worker of workers) {
      expect(variables(worker)).toEqual(expected);
      expect(worker.resources.requests).toEqual({ 'nvidia.com/gpu': '8', [resource]: '8' });
      expect(worker.resources.limits).toEqual(worker.resources.requests);
      expect(worker.securityContext).toEqual({ capabilities: { add: ['IPC_LOCK'] } });
    }
    expect(frontend?.env).toEqual([]);
    expect(frontend).not.toHaveProperty('securityContext');
  });

  test('what the user sets wins', () => {
    const env = { UCX_TLS: 'rc,cuda_copy', UCX_RC_TIMEOUT: '600s' };
    const [, worker] = containers(fleetWith({ worker: { gpus: 1, rdma: { fabric: 'infiniband' }, env } }));
    expect(worker && variables(worker)).toEqual({ ...ucx, ...env });
  });

  test.each<StackVersions>([
    { dynamo: '1.4.2', grove: '0.1.0-alpha.12-rc1', kai: '0.17.0' },
    { dynamo: '1.5.0', runai: '3.0' },
  ])('also on %j', (versions) => {
    const namespace = versions.runai === undefined ? 'inference' : 'runai-team-a';
    const [, prefill] = containers(fleetWith(halves({ fabric: 'roce' }), versions), namespace);
    expect(prefill && variables(prefill)).toEqual({ ...ucx, UCX_IB_ADDR_TYPE: 'eth' });
    expect(prefill?.securityContext).toEqual({ capabilities: { add: ['IPC_LOCK'] } });
  });
});

describe('EFA', () => {
  const onEfa = halves({ fabric: 'efa', count: 4 });
  const libfabric = {
    kv_connector: 'NixlConnector',
    kv_role: 'kv_both',
    kv_buffer_device: 'cuda',
    kv_connector_extra_config: { backends: ['LIBFABRIC'] },
  };

  test('vLLM is told to send with libfabric by an argument, in the image that has it', () => {
    const [frontend, ...workers] = containers(fleetWith(onEfa));
    for (const { args = [], image } of workers) {
      expect(JSON.parse(args[args.indexOf('--kv-transfer-config') + 1] ?? '')).toEqual(libfabric);
      expect(image).toBe('nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0-efa');
    }
    expect(frontend?.image).toBe('nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.5.0-efa');
  });

  test('SGLang is told by a variable', () => {
    const [, prefill] = containers(fleetWith({ ...onEfa, backend: Backend.sglang() }));
    expect(prefill && variables(prefill)).toEqual({ ...efa, SGLANG_DISAGGREGATION_NIXL_BACKEND: 'LIBFABRIC' });
    expect(prefill?.image).toBe('nvcr.io/nvidia/ai-dynamo/sglang-runtime:1.5.0-efa');
  });

  test('TensorRT-LLM sends with UCX, as ever', () => {
    const [, prefill] = containers(fleetWith({ ...onEfa, backend: Backend.tensorrtLlm() }));
    expect(prefill && variables(prefill)).toEqual(efa);
    expect(prefill?.image).toBe('nvcr.io/nvidia/ai-dynamo/tensorrtllm-runtime:1.5.0-efa');
  });

  test("an image of the user's is left alone", () => {
    const image = 'registry.example/vllm-efa:1.5.0';
    const images = containers(fleetWith({ ...onEfa, backend: Backend.vllm({ image }) })).map((found) => found.image);
    expect(images).toEqual([image, image, image]);
  });

  test('Dynamo 0.5.1 has no image for it', () => {
    expect(failure(fleetWith(onEfa, { dynamo: '0.5.1', kai: '0.17.0' }))).toMatchObject([
      { code: 'BAY2049', where: { pointer: 'prefill.rdma.fabric' } },
    ]);
  });

  test('prefill and decode on one node cannot send to each other', () => {
    const rdma: RdmaProps = { fabric: 'efa' };
    expect(failure(fleetWith({ prefill: { gpus: 4, rdma }, decode: { gpus: 4, rdma } }))).toMatchObject([
      {
        code: 'BAY4032',
        message: expect.stringMatching(/together on n\d, and EFA sends between nodes only$/) as string,
      },
    ]);
  });

  test('they are kept apart by asking for more devices than a node has for both', () => {
    const prefill = { gpus: 4, rdma: { fabric: 'efa', count: 16 } } as const;
    const decode = { gpus: 4, rdma: { fabric: 'efa', count: 32 } } as const;
    expect(fleetWith({ prefill, decode }).compile().diagnostics).toEqual([]);
  });

  test('aggregated workers send nothing, so they may share a node', () => {
    const worker = { gpus: 4, replicas: 2, rdma: { fabric: 'efa' } } as const;
    expect(fleetWith({ worker }).compile().diagnostics).toEqual([]);
  });
});

describe('prefill and decode have to meet', () => {
  const meeting = (prefill: RdmaProps | undefined, decode: RdmaProps | undefined): string[] =>
    errorCodes(fleetWith({ prefill: { gpus: 8, rdma: prefill }, decode: { gpus: 8, rdma: decode } }));

  test.each<[RdmaProps | undefined, RdmaProps | undefined]>([
    [{ fabric: 'infiniband' }, { fabric: 'roce' }],
    [{ fabric: 'efa' }, { fabric: 'infiniband' }],
    [{ fabric: 'efa' }, { resource: 'vpc.amazonaws.com/efa' }],
    [undefined, { fabric: 'efa' }],
  ])('%j and %j do not', (prefill, decode) => {
    expect(meeting(prefill, decode)).toEqual(['BAY2048']);
  });

  test('one that names nothing uses what UCX finds', () => {
    const fleet = fleetWith({ prefill: { gpus: 8, rdma: { fabric: 'roce' } }, decode: { gpus: 8, rdma: {} } });
    expect(fleet.compile().diagnostics).toEqual([]);
  });

  test('in lists it is the entry that is told', () => {
    const rdma = (fabric: 'infiniband' | 'roce'): RdmaProps => ({ fabric, count: 1 });
    const decode = [
      { name: 'a', gpus: 1, rdma: rdma('roce') },
      { name: 'b', gpus: 1, rdma: rdma('infiniband') },
    ];
    expect(failure(fleetWith({ prefill: { gpus: 1, rdma: rdma('roce') }, decode }))).toMatchObject([
      {
        code: 'BAY2048',
        message: 'graph "g" has prefill on roce and decode[1] on infiniband',
        where: { pointer: 'decode[1].rdma' },
      },
    ]);
  });
});
