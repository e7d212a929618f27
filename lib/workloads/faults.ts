import { diagnostic, type Diagnostic } from '../diagnostics/diagnostic';
import type { RawMap } from '../inventory/fields';
import { listNames } from '../inventory/names';
import { asList, asMap } from '../inventory/raw';
import type { ManifestObject } from './objects';
import { fromService, MAIN } from './service';
import type { Workload } from './workload';

/** A graph that Kustomize lays over another: no component says its type, and not all say image and replicas. */
export function isPatch({ kind, document }: ManifestObject): boolean {
  if (kind !== 'DynamoGraphDeployment') return false;
  const { services, components } = asMap(document.spec);
  const all = [...Object.values(asMap(services)), ...asList(components)].map(asMap);
  const untyped = all.every(({ type, componentType }) => type === undefined && componentType === undefined);
  const isWhole = (component: RawMap): boolean => component.replicas !== undefined && hasImage(templateOf(component));
  return all.length > 0 && untyped && !all.every(isWhole);
}

function templateOf(component: RawMap): unknown {
  return component.podTemplate ?? fromService(component);
}

/** The container that serves has an image; any container will do where none is called main. */
function hasImage(template: unknown): boolean {
  const containers = asList(asMap(asMap(template).spec).containers).map(asMap);
  const main = containers.find(({ name }) => name === MAIN) ?? containers[0];
  return typeof main?.image === 'string' && main.image !== '';
}

/** What makes a workload one that no pods come of, and what of its pods is not counted. */
export function faultsOf(object: ManifestObject, workload: Workload): Diagnostic[] {
  const empty = emptiness(object, workload);
  return empty ? [empty] : [...withoutImages(object), ...notCounted(object, workload)];
}

function emptiness(object: ManifestObject, { components }: Workload): Diagnostic | undefined {
  const { kind, name, apiVersion, document, where } = object;
  const spec = asMap(document.spec);
  if (kind === 'DynamoGraphDeployment' && components.length === 0) {
    const isOther = apiVersion === 'nvidia.com/v1beta1' ? spec.services !== undefined : spec.components !== undefined;
    const [has, wants] =
      isOther && spec.services !== undefined ? ['services', 'components'] : ['components', 'services'];
    return diagnostic('BAY1106', {
      message: isOther
        ? `graph ${name} says ${apiVersion} and has spec.${has}, which is the form of the other version`
        : `graph ${name} has no components`,
      where: isOther ? object.place(`spec.${has}`) : where,
      help: isOther
        ? `write spec.${wants}, or the apiVersion that has spec.${has}`
        : `${apiVersion} lists them in spec.${apiVersion === 'nvidia.com/v1beta1' ? 'components' : 'services'}; if the file was cut short, export it again`,
    });
  }
  return undefined;
}

/** Pod templates of an object, by their place. */
function templates({ kind, document }: ManifestObject): [string, unknown][] {
  const spec = asMap(document.spec);
  switch (kind) {
    case 'DynamoGraphDeployment':
      return [
        ...Object.entries(asMap(spec.services)).map(([name, raw]): [string, unknown] => [
          `spec.services.${name}`,
          fromService(asMap(raw)),
        ]),
        ...asList(spec.components).map((raw, i): [string, unknown] => [
          `spec.components[${i}].podTemplate`,
          asMap(raw).podTemplate,
        ]),
      ];
    case 'DynamoComponentDeployment':
      return [['spec', templateOf(spec)]];
    case 'Pod':
      return [['spec', document]];
    case 'CronJob':
      return [['spec.jobTemplate.spec.template', asMap(asMap(spec.jobTemplate).spec).template]];
    case 'LeaderWorkerSet':
      return [['spec.leaderWorkerTemplate.workerTemplate', asMap(spec.leaderWorkerTemplate).workerTemplate]];
    default:
      return [['spec.template', spec.template]];
  }
}

function withoutImages(object: ManifestObject): Diagnostic[] {
  const without = templates(object).filter(([, template]) => !hasImage(template));
  return without.map(([pointer, template]) => {
    const containers = asList(asMap(asMap(template).spec).containers);
    const what = containers.length === 0 ? 'has no containers' : 'has no image for its main container';
    return diagnostic('BAY1106', {
      message: `${pointer} of ${object.kind} ${object.name} ${what}`,
      where: object.place(pointer),
      help: 'complete it; if the file was cut short, export it again',
    });
  });
}

function notCounted({ kind, name }: ManifestObject, { components, where }: Workload): Diagnostic[] {
  const pods = components.flatMap((component) => component.pods);
  const claims = [...new Set(pods.flatMap(({ unknownClaims }) => unknownClaims))].sort();
  const devices = [...new Set(pods.flatMap((pod) => Object.keys(pod.devices)))].sort();
  const unfilled = [...new Set(pods.flatMap((pod) => pod.unfilled))].sort();
  if (claims.length + devices.length + unfilled.length === 0) return [];
  const what = [
    ...(devices.length > 0 ? [`devices of class ${listNames(devices)}`] : []),
    ...(unfilled.length > 0 ? [`${listNames(unfilled)}, to be filled in later`] : []),
    ...(claims.length > 0 ? [`claim ${listNames(claims)}, which no file declares`] : []),
  ];
  return [
    diagnostic('BAY1107', {
      message: `not counted for ${kind} ${name}: ${what.join('; ')}`,
      where,
      help: remedyFor(claims, unfilled),
      data: { claims, devices, unfilled },
    }),
  ];
}

function remedyFor(claims: readonly string[], unfilled: readonly string[]): string {
  if (unfilled.length > 0)
    return 'fill them in first: `envsubst < FILE` writes the manifest to its standard output, and - reads it';
  return claims.length > 0 ? 'hand on the ResourceClaimTemplates as well' : 'see for yourself that the nodes have them';
}
