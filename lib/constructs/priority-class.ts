import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { Cluster } from './cluster';
import { freeId, noteDuplicate } from './ids';

/** A PriorityClass, wherever it comes from. */
export interface IPriorityClass {
  readonly name: string;
  /** Higher first. */
  readonly value: number;
}

/**
 * A PriorityClass of the user's own. Those that KAI's chart brings are referred to through the static members and are
 * never written.
 */
export class PriorityClass extends Construct implements IPriorityClass {
  /** KAI's class for training, value 50. */
  public static readonly train: IPriorityClass = { name: 'train', value: 50 };
  /** KAI's class for interactive work that may be preempted, value 75. */
  public static readonly buildPreemptible: IPriorityClass = { name: 'build-preemptible', value: 75 };
  /** KAI's class for interactive work, value 100. */
  public static readonly build: IPriorityClass = { name: 'build', value: 100 };
  /** KAI's class for inference, value 125: the default of a graph. */
  public static readonly inference: IPriorityClass = { name: 'inference', value: 125 };

  /** A class that somebody else makes. */
  public static existing(name: string, value: number): IPriorityClass {
    return { name, value };
  }

  public readonly name: string;
  public readonly value: number;

  public constructor(scope: Construct, id: string, props: { readonly value: number; readonly description?: string }) {
    super(scope, freeId(scope, id));
    noteDuplicate(this, id);
    Cluster.of(scope, 'priority class');
    this.name = id;
    this.value = props.value;
    const { value, description } = props;
    new k8s.KubePriorityClass(this, 'Resource', { metadata: { name: id }, value, description });
  }
}
