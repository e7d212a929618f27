import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { unreadSecret } from '../backends/dynamo/unread-secret';
import { releases, sources, type FluxObject } from '../backends/flux/controllers';
import { kustomizationSpec } from '../backends/flux/kustomization';
import type { Manifest } from '../emit/manifest';
import type { Cluster } from './cluster';
import { freeId } from './ids';
import type { Layer } from './layer';
import { lazy } from './lazy';
import { OwnObject } from './own-object';
import { compareNames } from '../order';

/** Names of the Flux Kustomizations that every cluster has. */
const CONTROLLERS = 'controllers';
const PLATFORM = 'platform';

/** What every cluster gets: the controllers' releases and sources, and the Flux Kustomizations of the layers. */
export class Platform extends Construct {
  public constructor(cluster: Cluster) {
    super(cluster, 'releases');
    const { fluxOptions, stack } = cluster;
    for (const source of sources(fluxOptions, stack)) this.write(cluster.flux, source);
    for (const release of releases(fluxOptions, stack)) this.write(cluster.controllers, release);
    for (const secret of unreadSecret(stack.profile)) this.write(cluster.platform, secret);
    fluxKustomization(cluster, CONTROLLERS, { folder: 'controllers', dependsOn: () => [], controllers: true });
    fluxKustomization(cluster, PLATFORM, { folder: 'platform', dependsOn: () => [CONTROLLERS] });
  }

  private write(layer: Layer, object: FluxObject | Manifest): void {
    new OwnObject(layer, `${object.kind}-${object.metadata.name}`, object);
  }
}

/** What a Flux Kustomization of ours applies. */
export interface LayerKustomization {
  /** Relative to the cluster's folder. */
  readonly folder: string;
  /** Names of Kustomizations that have to be ready first; `platform` where left out. */
  readonly dependsOn?: () => readonly string[];
  /** The layer holds Helm releases, and the next layer needs what they install to answer. */
  readonly controllers?: boolean;
  /** A graph whose operator reports no Ready condition, but a state. */
  readonly graph?: { readonly name: string; readonly namespace: string };
}

/** Writes the Flux Kustomization that applies one folder of the cluster. */
export function fluxKustomization(cluster: Cluster, name: string, layer: LayerKustomization): void {
  const { namespace, source, path } = cluster.fluxOptions;
  new OwnObject(cluster.flux, freeId(cluster.flux, `Kustomization-${name}`), {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: lazy(() =>
      kustomizationSpec({
        source,
        path: `${path.replace(/\/+$/, '')}/${cluster.name}/${layer.folder}`,
        dependsOn: layer.dependsOn?.() ?? [PLATFORM],
        decryption: cluster.decryptionOf(layer.folder),
        helmReleases: layer.controllers ? helmReleasesOf(cluster) : undefined,
        graph: layer.graph,
      }),
    ),
  });
}

/** Every HelmRelease in the controllers layer, the user's own included, in name order. */
function helmReleasesOf(cluster: Cluster): { name: string; namespace: string }[] {
  return cluster.controllers.node
    .findAll()
    .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'HelmRelease')
    .map((release) => ({
      name: release.name,
      namespace: release.metadata.namespace ?? cluster.fluxOptions.namespace,
    }))
    .sort(compareNames);
}
