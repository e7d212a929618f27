import { readProblem } from '../../lib/placement/read';
import { found, rack, topologies, withGroup, withGroups, zone } from './documents';

/** sentence, document, what is found */
const refused: readonly (readonly [string, unknown, readonly string[]])[] = [
  ['a document that is a list', [], ['BAY3001 the document: the document is [], not a map (write a map)']],
  ['nothing at all', null, ['BAY3001 the document: the document is null, not a map (write a map)']],
  ['a document without version', {}, ['BAY3001 version: version is missing (give 1)']],
  [
    'another version, of which nothing else is said',
    { version: 2, knots: 1 },
    ['BAY3004 version: version is 2, not 1 (write version: 1, the one that this compiler reads)'],
  ],
  [
    'a misspelt key',
    withGroup({ replica: 2 }),
    ['BAY3002 gangs[0].groups[0].replica: gangs[0].groups[0] has an unknown key "replica" (did you mean "replicas"?)'],
  ],
  [
    'a key that resembles none',
    { version: 1, queues: [{ name: 'q', colour: 'red' }] },
    [
      'BAY3002 queues[0].colour: queues[0] has an unknown key "colour" (keys allowed here: name, parent, resources, used)',
    ],
  ],
  [
    'a number written as a word, and an empty value',
    withGroup({ replicas: 'three', count: null }),
    [
      'BAY3001 gangs[0].groups[0].count: count is null, not a number (write a number)',
      'BAY3001 gangs[0].groups[0].replicas: replicas is "three", not a number (write a number)',
    ],
  ],
  [
    'half a replica',
    withGroup({ replicas: 1.5 }),
    ['BAY3001 gangs[0].groups[0].replicas: replicas is 1.5, not a whole number (write a whole number)'],
  ],
  [
    'a quantity with an unknown unit, in each place where quantities are',
    {
      version: 1,
      nodes: [{ name: 'n', allocatable: { memory: '8GiB' }, used: { cpu: '' } }],
      queues: [{ name: 'q', resources: { cpu: { quota: 'x' } }, used: { cpu: '1 ' } }],
      gangs: [{ name: 'g', groups: [{ name: 'a', pod: { requests: { 'nvidia.com/gpu': '1e' } } }] }],
    },
    [
      ['gangs[0].groups[0].pod.requests["nvidia.com/gpu"]', '"1e"'],
      ['nodes[0].allocatable.memory', '"8GiB"'],
      ['nodes[0].used.cpu', '""'],
      ['queues[0].resources.cpu.quota', '"x"'],
      ['queues[0].used.cpu', '"1 "'],
    ].map(
      ([at, value]) =>
        `BAY3003 ${at}: ${value} is not a quantity (write a number with a unit of Kubernetes, such as "500m", "16", "2029Gi")`,
    ),
  ],
  [
    'a quantity that is a list',
    { version: 1, nodes: [{ name: 'n', used: { cpu: [1] } }] },
    [
      'BAY3003 nodes[0].used.cpu: cpu is [1], not a quantity such as "500m", "2029Gi" or 8 (write a quantity such as "500m", "2029Gi" or 8)',
    ],
  ],
  [
    'an amount below 0',
    { version: 1, nodes: [{ name: 'n', used: { cpu: -1 } }] },
    ['BAY3003 nodes[0].used.cpu: cpu is -1, below 0 (write 0 or more)'],
  ],
  [
    'names used twice among nodes, topologies, queues, gangs and sibling groups',
    {
      version: 1,
      topologies: [...topologies, ...topologies],
      nodes: [{ name: 'n' }, { name: 'm' }, { name: 'n' }],
      queues: [{ name: 'q' }, { name: 'q' }],
      gangs: [
        { name: 'g', groups: [{ name: 'a', groups: [{ name: 'a', pod: {} }] }] },
        {
          name: 'g',
          groups: [
            { name: 'b', pod: {} },
            { name: 'b', pod: {} },
          ],
        },
      ],
    },
    [
      ['gangs[1].groups[1].name', 'sibling group name "b"'],
      ['gangs[1].name', 'gang name "g"'],
      ['nodes[2].name', 'node name "n"'],
      ['queues[1].name', 'queue name "q"'],
      ['topologies[1].name', 'topology name "t"'],
    ].map(([at, what]) => `BAY3005 ${at}: ${what} is used twice (give each a name of its own)`),
  ],
  [
    'an empty name and a group name with a slash',
    { version: 1, nodes: [{ name: '' }], gangs: [{ name: 'g', groups: [{ name: 'a/b', pod: {} }] }] },
    [
      'BAY3006 gangs[0].groups[0].name: group name "a/b" has a slash in it (slashes join the names of a path: leave them out of names)',
      'BAY3006 nodes[0].name: name is "", not a name (write a name)',
    ],
  ],
  [
    'count, replicas and minReplicas below 1',
    withGroup({ count: 0, replicas: -1, minReplicas: 0 }),
    ['count: count is 0', 'minReplicas: minReplicas is 0', 'replicas: replicas is -1'].map(
      (text) => `BAY3007 gangs[0].groups[0].${text}, not a whole number from 1 (write a whole number from 1)`,
    ),
  ],
  [
    'minReplicas above replicas',
    withGroups([
      { name: 'a', minReplicas: 2, pod: {} },
      { name: 'b', groups: [{ name: 'c', replicas: 3, minReplicas: 4, pod: {} }] },
    ]),
    [
      'BAY3007 gangs[0].groups[0].minReplicas: minReplicas of group "a" is 2, more than its replicas, 1 (write a number from 1 to 1, or raise replicas)',
      'BAY3007 gangs[0].groups[1].groups[0].minReplicas: minReplicas of group "c" is 4, more than its replicas, 3 (write a number from 1 to 3, or raise replicas)',
    ],
  ],
  [
    'a group with neither pod nor groups, one with both, and count and pinned on a group of groups',
    withGroups([
      { name: 'a' },
      { name: 'b', pod: {}, groups: [{ name: 'c', pod: {} }] },
      { name: 'd', count: 2, pinned: 'set', groups: [{ name: 'c', pod: {} }] },
    ]),
    [
      'BAY3008 gangs[0].groups[0]: group "a" has neither pod nor groups (say what its pods ask for in pod, or list its groups in groups)',
      'BAY3008 gangs[0].groups[1]: group "b" has both pod and groups (move the pod into a group of its own beneath groups)',
      'BAY3008 gangs[0].groups[2].count: group "d" holds groups and has count 2 (use replicas for copies of the groups within)',
      'BAY3008 gangs[0].groups[2].pinned: group "d" holds groups and has pinned "set" (set pinned on the groups within that hold pods)',
    ],
  ],
  [
    'pods among requests',
    withGroup({ pod: { requests: { pods: 1 } } }),
    [
      'BAY3009 gangs[0].groups[0].pod.requests.pods: requests name pods (leave pods out: each pod counts as one by itself)',
    ],
  ],
  [
    'a constraint without a topology, and one without a level',
    withGroups([
      { name: 'a', pod: {}, constraint: { required: rack } },
      { name: 'b', pod: {}, constraint: { topology: 't' } },
    ]),
    [
      'BAY3001 gangs[0].groups[0].constraint.topology: topology is missing (give a text)',
      'BAY3010 gangs[0].groups[1].constraint: constraint has neither required nor preferred (name a level in one of them, or leave the constraint out)',
    ],
  ],
  [
    'a topology that is not listed',
    withGroup({ constraint: { topology: 'tt', required: rack } }),
    ['BAY3011 gangs[0].groups[0].constraint.topology: topology "tt" is not listed (did you mean "t"?)'],
  ],
  [
    'a level that the topology does not have, written short or misspelt',
    withGroups([
      { name: 'a', pod: {}, constraint: { topology: 't', required: 'zone', preferred: 'topology.kubernetes.io/rakc' } },
    ]),
    [
      `BAY3012 gangs[0].groups[0].constraint.preferred: level "topology.kubernetes.io/rakc" is not a level of topology "t" (did you mean "${rack}"?)`,
      `BAY3012 gangs[0].groups[0].constraint.required: level "zone" is not a level of topology "t" (did you mean "${zone}"?)`,
    ],
  ],
  [
    'preferred broader than its own required',
    withGroup({ constraint: { topology: 't', required: rack, preferred: zone } }),
    [
      `BAY3013 gangs[0].groups[0].constraint.preferred: preferred level "${zone}" is broader than the required level "${rack}" (leave preferred out, or name the same or a narrower level)`,
    ],
  ],
  [
    'required broader than that around it, at any depth',
    withGroups([{ name: 'a', groups: [{ name: 'b', pod: {}, constraint: { topology: 't', required: zone } }] }], {
      constraint: { topology: 't', required: rack },
    }),
    [
      `BAY3014 gangs[0].groups[0].groups[0].constraint.required: required level "${zone}" is broader than "${rack}", which is required around it (name "${rack}" or a narrower level, or leave it out: the outer one holds anyway)`,
    ],
  ],
  [
    'the hostname before the last level, a level twice, no level at all',
    {
      version: 1,
      topologies: [
        { name: 'a', levels: ['kubernetes.io/hostname', 'rack'] },
        { name: 'b', levels: ['rack', 'rack'] },
        { name: 'c', levels: [] },
      ],
    },
    [
      'BAY3015 topologies[0].levels[0]: level "kubernetes.io/hostname" is not the last (put it last: no level is narrower than a node)',
      'BAY3015 topologies[1].levels[1]: level "rack" is listed twice (list each level once, broadest first)',
      'BAY3001 topologies[2].levels: levels is [], not a list of at least 1 (write a list of at least 1)',
    ],
  ],
  [
    'a bandwidth of 0 and one of a level that is not there',
    {
      version: 1,
      topologies: [
        { name: 't', levels: ['zone', 'rack'], bandwidth: { zone: 0, rak: 3, none: 1, 'kubernetes.io/hostname': 9 } },
      ],
    },
    [
      'BAY3016 topologies[0].bandwidth.rak: bandwidth is given for "rak", which is no level of this topology (did you mean "rack"?)',
      'BAY3016 topologies[0].bandwidth.zone: bandwidth of "zone" is 0, not above 0 (write GB/s per GPU, such as 50)',
    ],
  ],
  [
    'traffic with a group that is not there, one beneath the other, a weight below 0 and half a weight',
    withGroups([{ name: 'stage', groups: [{ name: 'worker', pod: {} }] }], {
      traffic: [
        { between: ['stage', 'worker'], weight: 1 },
        { between: ['stage/worker', 'stage'], weight: 1 },
        { between: ['stage', 'stage'], weight: -1 },
        { between: ['stage', 'stage'], weight: 0.5 },
      ],
    }),
    [
      'BAY3017 gangs[0].traffic[0].between[1]: traffic names no group "worker" (did you mean "stage/worker"?)',
      'BAY3017 gangs[0].traffic[1].between: traffic between "stage/worker" and "stage": one is beneath the other (name two groups side by side, or one group twice for traffic within it)',
      'BAY3017 gangs[0].traffic[2].weight: weight is -1, not a whole number from 0 (write a whole number from 0)',
      'BAY3001 gangs[0].traffic[3].weight: weight is 0.5, not a whole number (write a whole number)',
    ],
  ],
  [
    'a queue that is not listed',
    {
      version: 1,
      queues: [{ name: 'team-a' }],
      gangs: [{ name: 'g', queue: 'team-b', groups: [{ name: 'a', pod: {} }] }],
    },
    ['BAY3018 gangs[0].queue: queue "team-b" of gang "g" is not listed (did you mean "team-a"?)'],
  ],
  [
    'queues that are each other’s parents, and one that leads to them',
    {
      version: 1,
      queues: [
        { name: 'x', parent: 'c' },
        { name: 'c', parent: 'b' },
        { name: 'b', parent: 'c' },
        { name: 'self', parent: 'self' },
      ],
    },
    [
      "BAY3019 queues[2].parent: queues are each other's parents: b -> c -> b (take the parent off the one that is at the top)",
      "BAY3019 queues[3].parent: queues are each other's parents: self -> self (take the parent off the one that is at the top)",
    ],
  ],
  [
    'a bound below 0',
    { version: 1, queues: [{ name: 'q', resources: { cpu: { quota: -1, limit: '-1m' } } }] },
    [
      'BAY3020 queues[0].resources.cpu.limit: limit of cpu is "-1m", below 0 (leave the bound out where there is none)',
      'BAY3020 queues[0].resources.cpu.quota: quota of cpu is -1, below 0 (leave the bound out where there is none)',
    ],
  ],
  [
    'a toleration with Equal and no key, unknown operators and effects',
    {
      ...withGroup({
        pod: {
          tolerations: [
            { effect: 'NoSchedule' },
            { operator: 'Exist' },
            { key: 'k', operator: 'Equal', effect: 'Never' },
          ],
        },
      }),
      nodes: [{ name: 'n', taints: [{ key: 'k', effect: 'NoSchedul' }] }],
    },
    [
      'BAY3021 gangs[0].groups[0].pod.tolerations[0]: toleration with operator Equal has no key (name the key, or use operator Exists to tolerate every taint)',
      'BAY3021 gangs[0].groups[0].pod.tolerations[1].operator: operator is "Exist", not one of Exists, Equal (did you mean "Exists"?)',
      'BAY3021 gangs[0].groups[0].pod.tolerations[2].effect: effect is "Never", not one of NoSchedule, PreferNoSchedule, NoExecute (write one of NoSchedule, PreferNoSchedule, NoExecute)',
      'BAY3021 nodes[0].taints[0].effect: effect is "NoSchedul", not one of NoSchedule, PreferNoSchedule, NoExecute (did you mean "NoSchedule"?)',
    ],
  ],
  [
    'node affinity that Kubernetes would refuse',
    withGroup({
      pod: {
        nodeAffinity: {
          nodeSelectorTerms: [
            {
              matchExpressions: [
                { key: 'k', operator: 'in' },
                { key: 'k', operator: 'In' },
                { key: 'k', operator: 'Exists', values: ['v'] },
                { key: 'k', operator: 'Gt', values: ['1', '2'] },
              ],
              matchFields: [
                { key: 'metadata.uid', operator: 'In', values: ['x'] },
                { key: 'metadata.name', operator: 'In', values: ['x', 'y'] },
              ],
            },
          ],
        },
      },
    }),
    [
      [
        'matchExpressions[0].operator',
        'operator is "in", not one of In, NotIn, Exists, DoesNotExist, Gt, Lt (did you mean "In"?)',
      ],
      ['matchExpressions[1]', 'operator In on "k" has 0 values, not at least one value (give it at least one value)'],
      ['matchExpressions[2]', 'operator Exists on "k" has 1 values, not no values (give it no values)'],
      ['matchExpressions[3]', 'operator Gt on "k" has 2 values, not exactly one value (give it exactly one value)'],
      [
        'matchFields[0].key',
        'matchFields key is "metadata.uid", not metadata.name (write metadata.name; labels belong into matchExpressions)',
      ],
      [
        'matchFields[1]',
        'matchFields has operator In with 2 values; Kubernetes takes In or NotIn with one (write a term for each node name, with operator In and one value)',
      ],
    ].map(([at, text]) => `BAY3022 gangs[0].groups[0].pod.nodeAffinity.nodeSelectorTerms[0].${at}: ${text}`),
  ],
  [
    'names of things that every object has, which are not in the document',
    withGroup({
      constraint: { topology: 'constructor', required: 'toString' },
      pod: { nodeSelector: { valueOf: 'x' } },
    }),
    [
      'BAY3011 gangs[0].groups[0].constraint.topology: topology "constructor" is not listed (name one that there is: t)',
    ],
  ],
];

describe('readProblem refuses', () => {
  test.each(refused)('%s', (_, document, expected) => {
    expect(found(document)).toEqual(expected);
  });

  test('every place with the file that the user named', () => {
    const outcome = readProblem({ version: 3 }, 'fleet/problem.yaml');
    expect(outcome.diagnostics.map((d) => d.where)).toEqual([{ file: 'fleet/problem.yaml', pointer: 'version' }]);
  });

  test('a name used twice with the place of its first use', () => {
    const outcome = readProblem({ version: 1, nodes: [{ name: 'n' }, { name: 'n' }] });
    expect(outcome.diagnostics.map((d) => d.notes)).toEqual([['first used at nodes[0].name']]);
  });
});

describe('readProblem does not say twice what is wrong once', () => {
  test('a topology that cannot be read is not missing as well', () => {
    expect(
      found({ ...withGroup({ constraint: { topology: 't', required: rack } }), topologies: [{ name: 't' }] }),
    ).toEqual(['BAY3001 topologies[0].levels: levels is missing (give a list)']);
  });

  test('replicas that cannot be read are not below minReplicas as well', () => {
    expect(found(withGroup({ replicas: null, minReplicas: 3 }))).toEqual([
      'BAY3001 gangs[0].groups[0].replicas: replicas is null, not a number (write a number)',
    ]);
  });

  test('a pod that cannot be read is not missing as well', () => {
    expect(found(withGroup({ pod: 5 }))).toEqual(['BAY3001 gangs[0].groups[0].pod: pod is 5, not a map (write a map)']);
  });
});
