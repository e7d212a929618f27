import { ApiObject } from 'cdk8s';

/** An object that the library itself writes: it is held to the schema of what we write. */
export class OwnObject extends ApiObject {}
