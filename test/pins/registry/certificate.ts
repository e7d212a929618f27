import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

/** A certificate of an authority of its own, and the key that belongs to it; both live as long as the test. */
export interface Certificate {
  readonly pem: string;
  readonly der: Buffer;
  readonly key: KeyObject;
  readonly keyPem: string;
}

const ECDSA_WITH_SHA256 = element(0x30, oid('2a8648ce3d040302'));

/** A self-signed certificate for a name and for 127.0.0.1, P-256, that may sign others (RFC 5280). */
export function selfSigned(name: string): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const subject = element(0x30, element(0x31, element(0x30, oid('550403'), element(0x0c, Buffer.from(name)))));
  const names = element(0x30, element(0x82, Buffer.from(name)), element(0x87, Buffer.from([127, 0, 0, 1])));
  const isAuthority = element(0x30, element(0x01, Buffer.from([0xff])));
  const content = element(
    0x30,
    element(0xa0, integer(2)),
    integer(1),
    ECDSA_WITH_SHA256,
    subject,
    element(0x30, element(0x17, Buffer.from('200101000000Z')), element(0x17, Buffer.from('491231235959Z'))),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, element(0x30, extension('551d11', names), extension('551d13', isAuthority))),
  );
  const signature = sign('sha256', new Uint8Array(content), privateKey);
  const der = element(0x30, content, ECDSA_WITH_SHA256, element(0x03, Buffer.from([0]), signature));
  const lines = (der.toString('base64').match(/.{1,64}/g) ?? []).join('\n');
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  return { pem, der, key: privateKey, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

/** One element of DER: tag, length, contents. */
function element(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents.map((part) => new Uint8Array(part)));
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.from([tag, ...size, ...content]);
}

function oid(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(value: number): Buffer {
  return element(0x02, Buffer.from([value]));
}

function extension(id: string, value: Buffer): Buffer {
  return element(0x30, oid(id), element(0x04, value));
}
