import type { Manifest } from '../../emit/manifest';
import type { StackProfile } from '../stacks';

/**
 * The Secret that the graphs of a stack wait for and nobody reads: empty, so that it can stand in Git. Flux leaves one
 * alone that is there already, and does not take it away with the last graph.
 */
export function unreadSecret({ dynamoNamespace: namespace, unreadSecret: name }: StackProfile): Manifest[] {
  if (name === undefined) return [];
  const annotations = {
    'kustomize.toolkit.fluxcd.io/prune': 'disabled',
    'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent',
  };
  return [{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace, annotations }, type: 'Opaque' }];
}
