import type { Construct, IConstruct } from 'constructs';

/** Ids that constructs were declared with, where another had them already. */
const declared = new WeakMap<IConstruct, string>();

/**
 * The id to make a construct with: the declared one, or one beside it where that is taken. constructs itself throws
 * there; this way the mistake is reported by the compile, with all others.
 */
export function freeId(scope: Construct, id: string): string {
  let free = id;
  for (let index = 2; scope.node.tryFindChild(free); index++) free = `${id} (${index})`;
  return free;
}

/** Remembers that a construct was declared with an id that was taken. */
export function noteDuplicate(construct: IConstruct, id: string): void {
  if (construct.node.id !== id) declared.set(construct, id);
}

/** The id that a construct was declared with, where another had it already. */
export function duplicateId(construct: IConstruct): string | undefined {
  return declared.get(construct);
}
