import type { Construct } from 'constructs';
import type { Outcome } from '../diagnostics/diagnostic';
import { parseText, readText, shownName } from '../inventory/document';
import { readEncrypted, type EncryptedSecret } from '../secrets/sops';
import { Cluster } from './cluster';
import { freeId, noteDuplicate } from './ids';
import { Layer } from './layer';
import { secretFolder } from './secret-folder';
import { SecretRef } from './secret-ref';
import { sourceOfCaller } from './source';

export interface SopsSecretProps {
  /**
   * A file with one Secret whose values SOPS encrypted, as by
   * `sops encrypt --encrypted-regex '^(data|stringData)$'`. Relative names start from the working folder.
   */
  readonly file: string;
}

/** The text of an encrypted file, and the Secret that it is. */
export interface SopsFile extends EncryptedSecret {
  readonly text: string;
}

const SOPS_SECRET = Symbol.for('bayplan.SopsSecret');

/**
 * A Secret in a file that SOPS encrypted. The file is written as it is; Flux decrypts it, by what the cluster's `sops`
 * says. Beneath a cluster it is applied with the platform, beneath a graph before that graph alone.
 */
export class SopsSecret extends Layer {
  /** True for a SopsSecret, also one made by another copy of this library. */
  public static isSopsSecret(construct: object): construct is SopsSecret {
    return SOPS_SECRET in construct;
  }

  public readonly cluster: Cluster;
  /** The line that declared it. */
  public readonly source = sourceOfCaller();
  private read: Outcome<SopsFile> | undefined;

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: SopsSecretProps,
  ) {
    const cluster = Cluster.of(scope, 'secret');
    super(scope, freeId(scope, id), secretFolder(scope));
    noteDuplicate(this, id);
    Object.defineProperty(this, SOPS_SECRET, { value: true });
    this.cluster = cluster;
    cluster.noteEncrypted(this.folder);
  }

  /** The file, which is read once. Errors: BAY1001, BAY1002 it cannot be read; BAY2090, BAY2091 it is not of that kind. */
  public load(): Outcome<SopsFile> {
    this.read ??= readFile(this.props.file);
    return this.read;
  }

  /** A key of the Secret, for where a value would stand. A file that cannot be read is reported by the compile. */
  public ref(key: string): SecretRef {
    const file = this.load();
    return SecretRef.of(file.ok ? file.value.name : this.node.id, key);
  }
}

function readFile(name: string): Outcome<SopsFile> {
  const text = readText(name);
  if (!text.ok) return text;
  const document = parseText(shownName(name), text.value);
  if (!document.ok) return document;
  const secret = readEncrypted(shownName(name), document.value);
  return secret.ok ? { ...secret, value: { ...secret.value, text: text.value } } : secret;
}
