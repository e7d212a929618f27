/** What Dynamo's operator takes for a declared version of the runtime (DynamoGraphDeployment v1beta1, 1.4 and newer). */
export const RUNTIME_VERSION = /^(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})\.(0|[1-9]\d{0,3})$/;

/** A name, with a tag or without, and perhaps the digest that it stands for. */
const REFERENCE = /^[^\s@]+(@sha256:[0-9a-f]{64})?$/;

/** Semantic version 2.0.0, and a `v` before it: what the operator takes for one (1.4, internal/runtimeversion). */
const NUMBER = '(0|[1-9]\\d*)';
const WORD = '(0|[1-9]\\d*|\\d*[A-Za-z-][0-9A-Za-z-]*)';
const VERSION_TAG = new RegExp(`^[vV]?${NUMBER}\\.${NUMBER}\\.${NUMBER}(-${WORD}(\\.${WORD})*)?$`);

/** True for what a container may name as its image. */
export function isReference(image: string): boolean {
  return REFERENCE.test(image);
}

/** True where the tag of an image says a version; a digest behind it does no harm. */
export function saysVersion(image: string): boolean {
  const [name = ''] = image.split('@');
  const colon = name.lastIndexOf(':');
  return colon > name.lastIndexOf('/') && VERSION_TAG.test(name.slice(colon + 1));
}
