import type { Diagnostic } from '../../diagnostics/diagnostic';
import { formatAmount } from '../../model/resources';
import { compareNames } from '../../order';
import type { ClusterInventory, InventoryNode } from '../cluster';
import { CLIQUE_LABEL } from '../dialects';
import {
  allocatableGpus,
  DRIVER_LABEL,
  GPU_COUNT_LABEL,
  GPU_PRODUCT_LABEL,
  GPU_REPLICAS_LABEL,
  isGpuNode,
  labelledGpus,
  migResources,
} from '../gpus';
import { listNames } from '../names';
import { GPU, SHARED_GPU } from '../usage';
import { sortedGroups } from '../groups';
import { aboutNodes } from './finding';
import { INSTANCE_TYPE_LABEL, strays } from './kinds';

/** GPUs that a node should have and that pods cannot be given, and nodes that are not what their like are. */
export function lintGpus(inventory: ClusterInventory): Diagnostic[] {
  return [
    ...lostGpus(inventory),
    ...unservedGpus(inventory),
    ...mixedMig(inventory),
    ...mixedProducts(inventory),
    ...mixedDrivers(inventory),
  ];
}

/** By the label of GPU Feature Discovery; GPUs that are shared in time count as often as they are shared. */
function lostGpus(inventory: ClusterInventory): Diagnostic[] {
  const short = inventory.nodes.flatMap((node) => {
    const has = allocatableGpus(node);
    const should = labelledGpus(node) * Math.max(1, Number(node.labels[GPU_REPLICAS_LABEL] ?? '1') || 1);
    return isServed(node) && has < should ? [{ name: node.name, note: `${has} of ${should}` }] : [];
  });
  return aboutNodes('BAY1073', inventory, short, {
    one: `gives fewer GPUs than its label ${GPU_COUNT_LABEL} says`,
    many: `give fewer GPUs than their label ${GPU_COUNT_LABEL} says`,
    help: 'look for failed GPUs with nvidia-smi and in the log of the device plugin; nothing is placed on a GPU that is lost',
  });
}

/** True where the device plugin hands out whole GPUs under their own name. */
function isServed(node: InventoryNode): boolean {
  return Object.hasOwn(node.allocatable, GPU) && migResources(node).length === 0;
}

/** Labels that speak of GPUs on a node where no pod can ask for one by a resource. */
function unservedGpus(inventory: ClusterInventory): Diagnostic[] {
  const unserved = inventory.nodes.filter((node) => {
    const names = [GPU, SHARED_GPU].some((resource) => Object.hasOwn(node.allocatable, resource));
    return labelledGpus(node) > 0 && !names && migResources(node).length === 0;
  });
  return aboutNodes('BAY1081', inventory, unserved, {
    one: `has labels of GPUs, and no ${GPU} that a pod could ask for`,
    many: `have labels of GPUs, and no ${GPU} that a pod could ask for`,
    help: `a DRA driver hands them out, or the device plugin does not run; nothing is placed on them, and labels such as ${GPU_COUNT_LABEL} may be left over from before`,
  });
}

function mixedMig(inventory: ClusterInventory): Diagnostic[] {
  const mixed = inventory.nodes.flatMap((node) => {
    const slices = migResources(node);
    if (allocatableGpus(node) === 0 || slices.length === 0) return [];
    const told = slices.map((resource) => `${formatAmount(resource, node.allocatable[resource] ?? 0n)} ${resource}`);
    return [{ name: node.name, note: `${allocatableGpus(node)} ${GPU}, ${listNames(told)}` }];
  });
  return aboutNodes('BAY1080', inventory, mixed, {
    one: 'gives slices of GPUs beside whole ones',
    many: 'give slices of GPUs beside whole ones',
    help: 'slice all GPUs of a node or none; a graph takes whole GPUs only, and which of them share a link with each other is not known here',
  });
}

/** One type of instance has one product. */
function mixedProducts(inventory: ClusterInventory): Diagnostic[] {
  return differing(inventory.nodes.filter(isGpuNode), INSTANCE_TYPE_LABEL, GPU_PRODUCT_LABEL).flatMap(
    ({ kind, odd, usual }) =>
      aboutNodes('BAY1075', inventory, odd, {
        one: `has another GPU than most of ${kind}, which have ${usual}`,
        many: `have other GPUs than most of ${kind}, which have ${usual}`,
        help: `label types of nodes apart with ${INSTANCE_TYPE_LABEL}, or mend the label ${GPU_PRODUCT_LABEL}: a graph takes any GPU that is free`,
        data: { kind, usual },
      }),
  );
}

function mixedDrivers(inventory: ClusterInventory): Diagnostic[] {
  return differing(inventory.nodes.filter(isGpuNode), GPU_PRODUCT_LABEL, DRIVER_LABEL).flatMap(({ kind, odd, usual }) =>
    aboutNodes('BAY1076', inventory, odd, {
      one: `has another driver than most nodes with ${kind}, which have ${usual}`,
      many: `have other drivers than most nodes with ${kind}, which have ${usual}`,
      help: 'finish the upgrade of the driver: images and NCCL are tested with one, and a gang may get nodes of both',
      data: { kind, usual },
    }),
  );
}

interface Differing {
  readonly kind: string;
  /** The value that most nodes of the kind have; of equally many the first in order. */
  readonly usual: string;
  /** Nodes with another one. */
  readonly odd: readonly { readonly name: string; readonly note: string }[];
}

/** Kinds, by one label, whose nodes differ in another; nodes that lack either are left out. */
function differing(nodes: readonly InventoryNode[], kindLabel: string, label: string): Differing[] {
  return sortedGroups(nodes, ({ labels }) => labels[kindLabel]).flatMap(([kind, members]) => {
    const groups = sortedGroups(members, ({ labels }) => labels[label]);
    const [usual] = [...groups].sort(([, a], [, b]) => b.length - a.length);
    if (usual === undefined || groups.length === 1) return [];
    const odd = groups.filter(([value]) => value !== usual[0]);
    return [
      {
        kind,
        usual: usual[0],
        odd: odd.flatMap(([value, others]) => others.map(({ name }) => ({ name, note: value }))).sort(compareNames),
      },
    ];
  });
}

/** Nodes without the label of an NVLink partition, where others of their kind have it. */
export function lintCliques(inventory: ClusterInventory): Diagnostic[] {
  const odd = [...strays(inventory.nodes.filter(isGpuNode), CLIQUE_LABEL)].sort(compareNames);
  return aboutNodes('BAY1077', inventory, odd, {
    one: `lacks the label ${CLIQUE_LABEL}, which others of its kind have`,
    many: `lack the label ${CLIQUE_LABEL}, which others of their kind have`,
    help: 'look at Fabric Manager and nvidia-smi -q on the node: without the label its GPUs have joined no NVLink domain, and no ComputeDomain works there',
  });
}
