import { Construct } from 'constructs';
import { poolLabels } from '../backends/kai/node-pool';
import { queueSpec } from '../backends/kai/queue';
import type { QueueBounds, QueueModel } from '../model/queue';
import { Cluster } from './cluster';
import { freeId, noteDuplicate } from './ids';
import { lazy } from './lazy';
import { OwnObject } from './own-object';
import { sourceOfCaller } from './source';

/** Bounds of a queue. Quantities are Kubernetes quantities: `512`, `'500m'`, `'4Ti'`. */
export interface QueueProps {
  /** @default - none: a queue at the top */
  readonly parent?: Queue;
  /** GPUs. @default - no bounds */
  readonly gpu?: QueueBounds;
  /** Cores. @default - no bounds */
  readonly cpu?: QueueBounds;
  /** Bytes. @default - no bounds */
  readonly memory?: QueueBounds;
  /** Among siblings, higher first, when what is over quota is shared out. @default - KAI's, 100 */
  readonly priority?: number;
}

/**
 * A queue of KAI, or a project of Run:ai, which lives in its control plane and is not written. Quota and limit are written for cpu, memory and gpu, -1 (unlimited) where they are unset: KAI reads an
 * absent limit as nothing allowed, and never starts a gang that may not be preempted above its queue's quota.
 */
export class Queue extends Construct {
  /** Name of the KAI Queue. */
  public readonly name: string;
  public readonly cluster: Cluster;
  public readonly parent?: Queue;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: QueueProps = {},
  ) {
    super(scope, freeId(scope, id));
    noteDuplicate(this, id);
    this.name = id;
    this.cluster = Cluster.of(scope, 'queue');
    this.parent = props.parent;
    if (this.cluster.stack.profile.gang === 'runai') return;
    new OwnObject(this, 'Resource', {
      apiVersion: 'scheduling.run.ai/v2',
      kind: 'Queue',
      metadata: { name: id, labels: poolLabels(this.cluster.nodePool) },
      spec: lazy(() => queueSpec(this.model())),
    });
  }

  /** The queue as plain data. */
  public model(): QueueModel {
    const { gpu, cpu, memory, priority } = this.props;
    return {
      name: this.name,
      path: this.node.path,
      parent: this.parent?.name,
      priority,
      bounds: { cpu: cpu ?? {}, memory: memory ?? {}, gpu: gpu ?? {} },
    };
  }
}
