import { list, node } from '../inventory/objects';
import { ask, graph, nodes, noSurge, oneRack, podGroup, RACK, ZONE, type Part } from './graphs';

describe('notes on what would go wrong', () => {
  const three: Part = { name: 'decode', replicas: 3, gpus: 8 };
  const kai = { 'kai.scheduler/topology': 'topology-1', 'kai.scheduler/topology-required-placement': ZONE };

  test('annotations alone hold no gang on KAI, and do on Run:ai', async () => {
    const annotated = graph('g', [{ ...three, annotations: noSurge }], {
      annotations: kai,
      scheduler: 'kai-scheduler',
    });
    const onKai = await ask([annotated], nodes);
    expect(onKai.codes).toEqual(['BAY1120']);
    expect((await ask([annotated], nodes, '--stack', 'dynamo=1.5.0,runai=3.0')).codes).toEqual([]);
  });

  test('a PodGroup with the keys of membership on every pod holds it; one that is not handed on does not', async () => {
    const member = graph('g', [{ ...three, annotations: noSurge }], { member: 'pg' });
    expect((await ask([member, podGroup('pg', { decode: 3 })], nodes)).codes).toEqual([]);
    const without = await ask([member], nodes);
    expect([without.codes, without.help]).toEqual([['BAY1120'], [expect.stringContaining('hand it on')]]);
  });

  test('with Grove a gang is as large as minAvailable, and annotations have no effect', async () => {
    const grove = ['--stack', 'dynamo=1.5.0,kai=0.17.0,grove=0.1.0-alpha.13'];
    expect((await ask([graph('g', [three])], nodes, ...grove)).codes).toEqual(['BAY1120']);
    expect((await ask([graph('g', [{ ...three, minAvailable: 3 }])], nodes, ...grove)).codes).toEqual([]);
    const annotated = graph('g', [{ ...three, minAvailable: 3 }], {
      annotations: { ...kai, 'kai.scheduler/topology-preferred-placement': ZONE },
    });
    expect((await ask([annotated], nodes, ...grove)).codes).toEqual(['BAY1120']);
  });

  test('a default rollout cannot finish on full nodes: one pod more, none missing, and no room', async () => {
    const group = podGroup('pg', { decode: 2 });
    const two = { ...three, replicas: 2 };
    const full = await ask([graph('g', [two], { member: 'pg' }), group], oneRack);
    expect(full.codes).toEqual(['BAY1121']);
    expect(full.help[0]).toContain('nvidia.com/deployment-rolling-update-max-surge: "0"');
    expect(
      (await ask([graph('g', [{ ...two, annotations: noSurge }], { member: 'pg' }), group], oneRack)).codes,
    ).toEqual([]);
    expect((await ask([graph('g', [two], { member: 'pg' }), group], nodes)).codes).toEqual([]);
  });

  test('nor where pins leave no node with room, though others have it', async () => {
    const pinned = graph('g', [{ ...three, replicas: 2, pin: ['n1', 'n2'] }], { member: 'pg' });
    expect((await ask([pinned, podGroup('pg', { decode: 2 })], nodes)).codes).toEqual(['BAY1121']);
  });

  test('four replicas may have one missing, so that theirs finishes', async () => {
    const four = graph('g', [{ ...three, replicas: 4, gpus: 4 }], { member: 'pg' });
    expect((await ask([four, podGroup('pg', { decode: 4 })], oneRack)).codes).toEqual([]);
  });

  test('a Deployment is told in its own words', async () => {
    const template = {
      spec: { containers: [{ name: 'c', image: 'x', resources: { limits: { 'nvidia.com/gpu': 8 } } }] },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd' },
      spec: { replicas: 2, template },
    };
    const { codes, help } = await ask([deployment], oneRack);
    expect([codes, help]).toEqual([['BAY1121'], [expect.stringContaining('spec.strategy.rollingUpdate')]]);
  });

  const a = (part: Partial<Part> = {}): Part => ({
    name: 'a',
    replicas: 2,
    gpus: 8,
    pin: ['n1', 'n2'],
    annotations: noSurge,
    ...part,
  });
  const required = { topologyConstraint: { topology: 't', requiredTopologyLevel: ZONE } };

  test('A: a required level without a preferred one, all nodes in one rack', async () => {
    const member = graph('g', [a()], { member: 'pg' });
    const never = await ask([member, podGroup('pg', { a: 2 }, required)], oneRack, '--level', ZONE, '--level', RACK);
    expect([never.codes, never.help]).toEqual([
      ['BAY1122'],
      [expect.stringContaining('preferred level beside the required')],
    ]);
    const both = { topologyConstraint: { ...required.topologyConstraint, preferredTopologyLevel: ZONE } };
    expect(
      (await ask([member, podGroup('pg', { a: 2 }, both)], oneRack, '--level', ZONE, '--level', RACK)).codes,
    ).toEqual([]);
  });

  test('A-Grove: the same with packDomain, where no preferred level can be said', async () => {
    const grove = ['--stack', 'dynamo=1.5.0,kai=0.17.0,grove=0.1.0-alpha.13', '--level', ZONE, '--level', RACK];
    const spec = { topologyConstraint: { clusterTopologyName: 't', packDomain: 'zone' } };
    const binding = {
      apiVersion: 'grove.io/v1alpha1',
      kind: 'ClusterTopologyBinding',
      metadata: { name: 't' },
      spec: {
        levels: [
          { domain: 'zone', key: ZONE },
          { domain: 'rack', key: RACK },
        ],
      },
    };
    const never = await ask([graph('g', [a({ minAvailable: 2 })], { spec }), binding], oneRack, ...grove);
    expect([never.codes, never.help]).toEqual([
      ['BAY1122'],
      [expect.stringContaining('leave the topologyConstraint out')],
    ]);
    expect((await ask([graph('g', [a({ minAvailable: 2 })]), binding], oneRack, ...grove)).codes).toEqual([]);
  });

  test('P: a set pin with a hole in it', async () => {
    const parts = [
      a({ gpus: 4 }),
      a({ name: 'c', replicas: 1, gpus: 4, pin: ['n1'] }),
      a({ name: 'd', replicas: 1, gpus: 4, pin: ['n2'] }),
    ];
    const { codes, help, answer } = await ask(
      [graph('g', parts, { member: 'pg' }), podGroup('pg', { a: 2, c: 1, d: 1 })],
      nodes,
    );
    expect(codes).toEqual(['BAY1122', 'BAY1124', 'BAY1124']);
    expect(help[0]).toContain('order of its own');
    expect(answer.workloads[0]?.pins).toBe('none');
  });

  test('P2: the same between two graphs', async () => {
    const one = graph('one', [a({ gpus: 4 })], { member: 'pg1' });
    const two = graph(
      'two',
      [a({ name: 'c', replicas: 1, gpus: 4, pin: ['n1'] }), a({ name: 'd', replicas: 1, gpus: 4, pin: ['n2'] })],
      { member: 'pg2' },
    );
    const { codes } = await ask([one, two, podGroup('pg1', { a: 2 }), podGroup('pg2', { c: 1, d: 1 })], nodes);
    expect(codes).toContain('BAY1124');
  });

  test('N: a pin to a node that is not ready, cordoned or gone', async () => {
    const notReady = node('n2', { conditions: [{ type: 'Ready', status: 'False' }] });
    const one = graph('g', [a({ replicas: 1, pin: ['n1', 'n2', 'n9'] })], { member: 'pg' });
    const { codes } = await ask([one, podGroup('pg', { a: 1 })], list(node('n1'), notReady));
    expect(codes).toEqual(['BAY1123']);
  });

  test('M: a minimum that nothing ever makes', async () => {
    const { codes, help } = await ask([graph('g', [a()], { member: 'pg' }), podGroup('pg', { a: 4 })], nodes);
    expect([codes, help]).toEqual([['BAY1122'], [expect.stringContaining('minMember')]]);
  });

  test('what operator and API server add to pods is there when KAI is played through', async () => {
    const tainted = node('n1', {
      spec: { taints: [{ key: 'nvidia.com/gpu', value: 'present', effect: 'NoSchedule' }] },
    });
    const one = graph('g', [a({ replicas: 1, pin: ['n1'] })], { member: 'pg' });
    const options = ['--extended-resource-toleration'];
    expect((await ask([one, podGroup('pg', { a: 1 })], list(tainted), ...options)).codes).toEqual([]);
  });
});
