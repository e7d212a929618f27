import type { ItemKind } from './list';
import type { Wanted } from './json-field';

const amounts = { requests: 'all', limits: 'all' } as const;
const containers = { name: 'all', resources: amounts, restartPolicy: 'all' } as const;
const statuses = { name: 'all', resources: amounts, allocatedResources: 'all' } as const;

/** What nodes.ts reads of a Node, and what list.ts says of an item that is none. */
const wantedOfNode: Wanted = {
  apiVersion: 'all',
  kind: 'all',
  metadata: { name: 'all', labels: 'all' },
  spec: { taints: 'all', unschedulable: 'all' },
  status: { allocatable: 'all', conditions: { type: 'all', status: 'all' }, nodeInfo: { architecture: 'all' } },
};

/** What pods.ts reads of a Pod. */
const wantedOfPod: Wanted = {
  apiVersion: 'all',
  kind: 'all',
  metadata: { name: 'all', namespace: 'all', labels: 'all', annotations: 'all', deletionTimestamp: 'all' },
  spec: {
    nodeName: 'all',
    schedulerName: 'all',
    priorityClassName: 'all',
    resourceClaims: 'all',
    containers,
    initContainers: containers,
    overhead: 'all',
    resources: amounts,
  },
  status: {
    phase: 'all',
    conditions: { type: 'all', reason: 'all' },
    containerStatuses: statuses,
    initContainerStatuses: statuses,
    resources: amounts,
    allocatedResources: 'all',
  },
};

/** What slices.ts reads of a ResourceSlice. */
const wantedOfSlice: Wanted = {
  apiVersion: 'all',
  kind: 'all',
  metadata: { name: 'all' },
  spec: { driver: 'all', nodeName: 'all', pool: 'all', devices: { attributes: 'all', basic: { attributes: 'all' } } },
};

/** What pod-states.ts reads of a Pod. */
export const wantedOfPodState: Wanted = {
  apiVersion: 'all',
  kind: 'all',
  metadata: {
    name: 'all',
    namespace: 'all',
    labels: 'all',
    annotations: 'all',
    creationTimestamp: 'all',
    deletionTimestamp: 'all',
  },
  spec: { nodeName: 'all' },
  status: {
    phase: 'all',
    reason: 'all',
    message: 'all',
    conditions: 'all',
    containerStatuses: 'all',
    initContainerStatuses: 'all',
  },
};

/** What pod-groups.ts reads of a PodGroup. */
const wantedOfPodGroup: Wanted = {
  apiVersion: 'all',
  kind: 'all',
  metadata: { name: 'all', namespace: 'all' },
  status: { schedulingConditions: 'all' },
};

/** What is read of each kind: all else of a list is passed over. */
export const wantedOf: Readonly<Record<ItemKind, Wanted>> = {
  Node: wantedOfNode,
  Pod: wantedOfPod,
  ResourceSlice: wantedOfSlice,
  PodGroup: wantedOfPodGroup,
};
