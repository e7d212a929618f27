/** In which way an object is not what its schema asks for. */
export type IssueKind =
  | 'unknown-field'
  | 'wrong-type'
  | 'missing'
  | 'enum'
  | 'pattern'
  /** Too small, large, short, long, few or many. */
  | 'bound'
  /** Two items of a list that has each once. */
  | 'duplicate'
  /** What `anyOf`, `oneOf` or `not` asks for. */
  | 'alternative'
  /** A key of a label or annotation that is none. */
  | 'name'
  /** A namespace on an object of the whole cluster. */
  | 'scope'
  /** A rule in CEL. */
  | 'rule'
  /** A rule in CEL that only a new object must keep. */
  | 'rule-on-create'
  /** The kind is served, but not in this version. */
  | 'version';

/** One thing that the API server would refuse, or drop without a word. */
export interface Issue {
  readonly kind: IssueKind;
  /** Place in the object, such as `spec.components[0].replicas`; empty for the object itself. */
  readonly pointer: string;
  /** What is wrong there, to be read after the place: lower case, no full stop. */
  readonly message: string;
  /** The way out, where it can be told. */
  readonly help?: string;
}

/** Longest part of a value that a message quotes. */
const longest = 60;

/** A value for a message. */
export function shown(value: unknown): string {
  // undefined for functions and symbols, which no document holds but a caller's object may
  const text = (JSON.stringify(value) as string | undefined) ?? typeof value;
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
