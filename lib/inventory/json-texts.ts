const slots = 1 << 14;
const longestText = 64;

/** Texts that were read before, by their bytes: names and values are few, and each is made once. */
export class Texts {
  private readonly known = new Array<string | undefined>(slots);
  private readonly lengths = new Uint8Array(slots);
  private readonly bytes = new Uint8Array(slots * longestText);

  get(bytes: Buffer, from: number, to: number, hash: number): string {
    const length = to - from;
    if (length > longestText) return bytes.toString('utf8', from, to);
    const slot = (hash ^ (hash >>> 14)) & (slots - 1);
    const known = this.known[slot];
    if (known !== undefined && this.lengths[slot] === length && this.isAt(slot, bytes, from, length)) return known;
    const text = bytes.toString('utf8', from, to);
    this.known[slot] = text;
    this.lengths[slot] = length;
    for (let i = 0; i < length; i += 1) this.bytes[slot * longestText + i] = bytes[from + i] ?? 0;
    return text;
  }

  private isAt(slot: number, bytes: Buffer, from: number, length: number): boolean {
    const start = slot * longestText;
    for (let i = 0; i < length; i += 1) if (this.bytes[start + i] !== bytes[from + i]) return false;
    return true;
  }
}
