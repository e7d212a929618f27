import fc from 'fast-check';
import { parseQuantity } from '../../lib/model/quantity';
import { formatAmount, type Resources } from '../../lib/model/resources';
import { podRequests, type ContainerAmounts, type InitContainerAmounts } from '../../lib/inventory/requests';

function amounts(texts: Record<string, string>): Resources {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, parseQuantity(text) ?? -1n]));
}

function texts(resources: Resources): Record<string, string> {
  return Object.fromEntries(Object.entries(resources).map(([name, amount]) => [name, formatAmount(name, amount)]));
}

type Texts = Record<string, string>;

function container(
  requests: Texts,
  limits: Texts = {},
  status?: { requests: Texts; allocated: Texts },
): ContainerAmounts {
  return {
    requests: amounts(requests),
    limits: amounts(limits),
    status: status && { requests: amounts(status.requests), allocated: amounts(status.allocated) },
  };
}

function init(requests: Texts): InitContainerAmounts {
  return { ...container(requests), sidecar: false };
}

function sidecar(requests: Texts, status?: { requests: Texts; allocated: Texts }): InitContainerAmounts {
  return { ...container(requests, {}, status), sidecar: true };
}

describe('what a pod takes', () => {
  test('a pod without requests takes nothing', () => {
    expect(podRequests({ containers: [container({})], initContainers: [] })).toEqual({});
  });

  test('containers run together and are added up, resource by resource', () => {
    const containers = [
      container({ cpu: '500m', memory: '1Gi', 'nvidia.com/gpu': '4', 'ephemeral-storage': '10Gi' }),
      container({ cpu: '250m', 'hugepages-2Mi': '64Mi', 'rdma/ib': '1' }),
    ];
    expect(texts(podRequests({ containers, initContainers: [] }))).toEqual({
      cpu: '750m',
      memory: '1Gi',
      'nvidia.com/gpu': '4',
      'ephemeral-storage': '10Gi',
      'hugepages-2Mi': '64Mi',
      'rdma/ib': '1',
    });
  });

  test('a limit stands in for a request that is left out, and never for one that is there', () => {
    const containers = [container({ cpu: '1' }, { cpu: '4', 'nvidia.com/gpu': '8' })];
    expect(texts(podRequests({ containers, initContainers: [] }))).toEqual({ cpu: '1', 'nvidia.com/gpu': '8' });
  });

  //  init-1 (4)  |  init-2 (2)  |  main (1) + aside (2) ->  time
  test('init containers run one by one, before the containers, and the larger of both counts', () => {
    const containers = [container({ cpu: '1', memory: '2Gi' }), container({ cpu: '2' })];
    const initContainers = [init({ cpu: '4' }), init({ cpu: '2', memory: '1Gi' })];
    expect(texts(podRequests({ containers, initContainers }))).toEqual({ cpu: '4', memory: '2Gi' });
  });

  //  first (5) | proxy (1) --------------------------->
  //            | second (5) | main (3)                    5, 1 + 5, 1 + 3
  test('a sidecar runs beside the init containers after it and beside the containers', () => {
    const initContainers = [init({ cpu: '5' }), sidecar({ cpu: '1' }), init({ cpu: '5' })];
    expect(texts(podRequests({ containers: [container({ cpu: '3' })], initContainers }))).toEqual({ cpu: '6' });
    expect(texts(podRequests({ containers: [container({ cpu: '8' })], initContainers }))).toEqual({ cpu: '9' });
  });

  test('a sidecar that starts after an init container is not beside it', () => {
    const initContainers = [init({ cpu: '5' }), sidecar({ cpu: '2' })];
    expect(texts(podRequests({ containers: [container({ cpu: '1' })], initContainers }))).toEqual({ cpu: '5' });
  });

  test('overhead comes on top of whatever is larger', () => {
    const pod = { containers: [container({ cpu: '1' })], initContainers: [init({ cpu: '2' })] };
    expect(texts(podRequests({ ...pod, overhead: amounts({ cpu: '250m', memory: '120Mi' }) }))).toEqual({
      cpu: '2250m',
      memory: '120Mi',
    });
  });

  test('requests of the pod as a whole stand in for those of its containers, for cpu, memory and hugepages alone', () => {
    const podLevel = container({ cpu: '6', memory: '8Gi', 'hugepages-2Mi': '4Mi', 'nvidia.com/gpu': '1' });
    const containers = [container({ cpu: '1', 'nvidia.com/gpu': '4', 'ephemeral-storage': '1Gi' })];
    const overhead = amounts({ cpu: '1' });
    expect(texts(podRequests({ containers, initContainers: [], podLevel, overhead }))).toEqual({
      cpu: '7',
      memory: '8Gi',
      'hugepages-2Mi': '4Mi',
      'nvidia.com/gpu': '4',
      'ephemeral-storage': '1Gi',
    });
  });

  test('a limit of the pod as a whole counts where no container names the resource, and for hugepages always', () => {
    const podLevel = container({}, { cpu: '6', memory: '8Gi', 'hugepages-2Mi': '8Mi' });
    const containers = [container({ cpu: '1', 'hugepages-2Mi': '4Mi' })];
    expect(texts(podRequests({ containers, initContainers: [], podLevel }))).toEqual({
      cpu: '1',
      memory: '8Gi',
      'hugepages-2Mi': '8Mi',
    });
  });
});

describe('a pod that is resized in place', () => {
  const growing = container({ cpu: '4' }, {}, { requests: { cpu: '2' }, allocated: { cpu: '2' } });
  const shrinking = container({ cpu: '1' }, {}, { requests: { cpu: '2' }, allocated: { cpu: '3', memory: '1Gi' } });

  test('takes what it asks for while it grows, and what it holds while it shrinks', () => {
    expect(texts(podRequests({ containers: [growing, shrinking], initContainers: [] }))).toEqual({
      cpu: '7',
      memory: '1Gi',
    });
  });

  test('takes what it holds where the resize is infeasible', () => {
    const pod = { containers: [growing, shrinking], initContainers: [], resizeInfeasible: true };
    expect(texts(podRequests(pod))).toEqual({ cpu: '5', memory: '1Gi' });
  });

  test('sidecars are resized too, other init containers are not', () => {
    const held = { requests: { cpu: '3' }, allocated: { cpu: '3' } };
    const started = { ...sidecar({ cpu: '9' }, { requests: { cpu: '9' }, allocated: { cpu: '9' } }), sidecar: false };
    const initContainers = [sidecar({ cpu: '1' }, held), { ...started, requests: amounts({ cpu: '4' }) }];
    expect(texts(podRequests({ containers: [container({ cpu: '1' })], initContainers }))).toEqual({ cpu: '7' });
  });

  test('the pod as a whole is resized in the resources that its spec names', () => {
    const podLevel = container({ cpu: '2' }, {}, { requests: { cpu: '5', memory: '9Gi' }, allocated: { cpu: '4' } });
    const containers = [container({ cpu: '1', memory: '1Gi' })];
    expect(texts(podRequests({ containers, initContainers: [], podLevel }))).toEqual({ cpu: '5', memory: '1Gi' });
  });
});

describe('the phases of a pod, one after the other', () => {
  const cpu = fc.nat({ max: 20 }).map((n) => ({ cpu: String(n) }));
  const starts = fc.array(fc.record({ requests: cpu, isSidecar: fc.boolean() }), { maxLength: 6 });

  test('never need more than the pod takes, and one of them needs all of it', () => {
    fc.assert(
      fc.property(fc.array(cpu, { minLength: 1, maxLength: 4 }), starts, (mains, inits) => {
        const requests = podRequests({
          containers: mains.map((main) => container(main)),
          initContainers: inits.map(({ requests: own, isSidecar }) => (isSidecar ? sidecar(own) : init(own))),
        });
        expect(Number((requests.cpu ?? 0n) / 1_000_000_000n)).toBe(Math.max(...phases(mains, inits)));
      }),
    );
  });
});

/** Plays the start of a pod: what runs at the same time, phase by phase, in whole cores. */
function phases(mains: { cpu: string }[], inits: { requests: { cpu: string }; isSidecar: boolean }[]): number[] {
  const needed: number[] = [];
  let kept = 0;
  for (const { requests, isSidecar } of inits) {
    needed.push(kept + Number(requests.cpu));
    if (isSidecar) kept += Number(requests.cpu);
  }
  return [...needed, kept + mains.reduce((sum, main) => sum + Number(main.cpu), 0)];
}
