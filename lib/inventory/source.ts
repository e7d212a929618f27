import { closeSync, openSync, readSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Outcome, Where } from '../diagnostics/diagnostic';
import { brokenList, parseText, shownName, textOf, tooLarge, unreadable } from './document';
import type { Place } from './fields';
import { JsonList } from './json-list';
import type { Wanted } from './json-field';

/** Bytes that come piece by piece, from a file or a pipe. */
export interface ByteSource {
  /** How it is named in findings. */
  readonly file: string;
  /** Every call begins anew. A piece lasts until the next one is asked for. */
  readonly pieces: () => Iterable<Buffer>;
}

/** A document, and how its places are told to the user. */
export interface PlacedDocument {
  readonly value: unknown;
  readonly place: Place;
  /** Its text, where that is small enough to look for a place in it. */
  readonly text?: string;
}

/** What fits into the processor's cache. */
const pieceLength = 512 * 1024;

/** A file, read when it is asked for. Relative names start from the working folder. */
export function fileSource(name: string): ByteSource {
  return { file: shownName(name), pieces: () => piecesOf(resolve(name)) };
}

function* piecesOf(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const piece = new Uint8Array(pieceLength);
    for (;;) {
      const length = readSync(file, piece, 0, pieceLength, null);
      if (length === 0) return;
      yield Buffer.from(piece.buffer, 0, length);
    }
  } finally {
    closeSync(file);
  }
}

/** What came on standard input. */
export function standardInput(pieces: readonly Buffer[]): ByteSource {
  return { file: 'standard input', pieces: () => pieces };
}

/** A text in memory. @param file how it is named in findings */
export function textSource(file: string, text: string): ByteSource {
  return { file, pieces: () => [Buffer.from(text)] };
}

/** Up to this size a text is kept while it is read, for a reader that needs the whole of it. */
const longestWhole = 64_000_000;
/** Up to this size places are looked up in the text. */
const longestShown = 8_000_000;

/**
 * Reads a list as kubectl writes it, or any other document. JSON is read item by item, whatever its size, and of items
 * only what is wanted is kept; what is not such a list is read as a whole, which has a limit. Errors: BAY1001, BAY1002,
 * BAY1050, BAY1051.
 */
export function readListDocument(source: ByteSource, wanted: Wanted): Outcome<PlacedDocument> {
  const list = new JsonList(wanted);
  const kept = new Kept();
  try {
    for (const piece of source.pieces()) {
      list.push(kept.isEmpty ? withoutMark(piece) : piece);
      kept.add(piece);
      if (list.hasStopped && kept.isTooMuch) break;
    }
  } catch (error) {
    return unreadable(source.file, error);
  }
  const stop = list.end();
  if (!stop) return { ok: true, value: listed(source, list, kept), diagnostics: [] };
  if (!kept.isTooMuch) return readWhole(source.file, kept.bytes());
  if (list.hasBegun) return brokenList(source.file, stop);
  return tooLarge(source.file, 'YAML or UTF-16', longestWhole);
}

function withoutMark(piece: Buffer): Buffer {
  const isMarked = piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf;
  return isMarked ? piece.subarray(3) : piece;
}

function listed({ file }: ByteSource, list: JsonList, kept: Kept): PlacedDocument {
  const place: Place = (pointer) => {
    const [, index] = /^items\[(\d+)\]/.exec(pointer) ?? [];
    return { file, ...(pointer !== '' && { pointer }), ...(index !== undefined && list.placeOf(Number(index))) };
  };
  const plain: Place = (pointer): Where => (pointer === '' ? { file } : { file, pointer });
  const isShort = kept.length <= longestShown;
  const text = isShort ? kept.bytes().toString('utf8') : undefined;
  return { value: list.envelope, place: isShort ? plain : place, text };
}

/** Reads a document whose whole text is at hand. */
export function readWhole(file: string, bytes: Buffer): Outcome<PlacedDocument> {
  const text = textOf(file, bytes);
  if (!text.ok) return text;
  const document = parseText(file, text.value);
  if (!document.ok) return document;
  const place: Place = (pointer) => (pointer === '' ? { file } : { file, pointer });
  const value = { value: document.value, place, text: text.value.length <= longestShown ? text.value : undefined };
  return { ok: true, value, diagnostics: [] };
}

/** Reads a document as a whole. */
export function readDocumentOf(source: ByteSource): Outcome<PlacedDocument> {
  const kept = new Kept();
  try {
    for (const piece of source.pieces()) {
      kept.add(piece);
      if (kept.isTooMuch) return tooLarge(source.file, 'a file', longestWhole);
    }
  } catch (error) {
    return unreadable(source.file, error);
  }
  return readWhole(source.file, kept.bytes());
}

/** The pieces of a text, until they are too many. */
class Kept {
  length = 0;
  private pieces: Buffer[] = [];

  get isEmpty(): boolean {
    return this.length === 0;
  }

  get isTooMuch(): boolean {
    return this.length > longestWhole;
  }

  add(piece: Buffer): void {
    this.length += piece.length;
    if (this.isTooMuch) this.pieces = [];
    else this.pieces.push(Buffer.from(new Uint8Array(piece).buffer));
  }

  bytes(): Buffer {
    const all = Buffer.allocUnsafe(this.length);
    let at = 0;
    for (const piece of this.pieces) {
      all.set(piece, at);
      at += piece.length;
    }
    return all;
  }
}
