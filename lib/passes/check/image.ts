import { isReference, RUNTIME_VERSION, saysVersion } from '../../backends/dynamo/image';
import type { DynamoGraph } from '../../constructs/dynamo-graph';
import { diagnostic, type Diagnostic } from '../../diagnostics/diagnostic';
import { placeOf, type ClusterModel } from '../collect';

/** Images that the operator would refuse, and versions that it cannot be told. */
export function checkImages({ graphs }: ClusterModel): Diagnostic[] {
  return graphs.flatMap((graph) => {
    const { image, planner, runtimeVersion, manifest } = graph.spec;
    // the operator has taken what is in the cluster already, and knows its images better
    if (manifest) return [];
    const own = planner && planner.image !== image ? checkImage(graph, 'planner.image', planner.image) : [];
    return [...checkImage(graph, 'backend.image', image, runtimeVersion), ...own, ...checkRuntimeVersion(graph)];
  });
}

function checkImage(graph: DynamoGraph, pointer: string, image: string, runtimeVersion?: string): Diagnostic[] {
  const where = { ...placeOf(graph), pointer };
  const data = { image };
  if (!isReference(image)) {
    const message = `${JSON.stringify(image)} is no reference to an image`;
    const help = 'write repository:1.5.0, or repository:1.5.0@sha256:… to pin it';
    return [diagnostic('BAY2042', { message, where, help, data })];
  }
  if (!graph.cluster.stack.profile.readsRuntimeVersion || runtimeVersion !== undefined || saysVersion(image)) return [];
  return [
    diagnostic('BAY2042', {
      message: `image ${JSON.stringify(image)} has no tag that says a version`,
      where,
      notes: [
        "Dynamo's operator reads the runtime's version from the tag, and refuses `latest`, other words, and a digest alone",
      ],
      help:
        pointer === 'backend.image'
          ? "write repository:1.5.0@sha256:…, or say which Dynamo is in it: { image: '…', runtimeVersion: '1.5.0' }"
          : 'write repository:1.5.0, or repository:1.5.0@sha256:… to pin it',
      data,
    }),
  ];
}

function checkRuntimeVersion(graph: DynamoGraph): Diagnostic[] {
  const { runtimeVersion } = graph.spec;
  if (runtimeVersion === undefined) return [];
  const { profile, versions } = graph.cluster.stack;
  const where = { ...placeOf(graph), pointer: 'backend.runtimeVersion' };
  const data = { runtimeVersion };
  if (!profile.readsRuntimeVersion) {
    const message = `graph "${graph.spec.name}" declares the runtime's version, and its Dynamo ${versions.dynamo} has no field for it`;
    const notes = ['that operator looks at no version of an image, and takes any'];
    return [diagnostic('BAY2044', { message, where, notes, help: 'leave runtimeVersion out', data })];
  }
  if (RUNTIME_VERSION.test(runtimeVersion)) return [];
  const message = `runtimeVersion ${JSON.stringify(runtimeVersion)} is no version of three numbers`;
  return [
    diagnostic('BAY2044', { message, where, help: "write it as Dynamo's releases are named, such as '1.5.0'", data }),
  ];
}
