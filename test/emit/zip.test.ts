import { unzipSync } from 'fflate';
import { canonicalJson } from '../../lib/emit/json';
import { zipOf } from '../../lib/emit/zip';

test('a zip holds its texts, dated the first day and noon of 1980 wherever it is made', () => {
  const zip = zipOf(new Map([['ä.json', '{"ü":1}\n']]));
  const texts = Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
  expect(texts).toEqual([['ä.json', '{"ü":1}\n']]);
  // time and date of the first entry's header: hours in bits 11 to 15; month in bits 5 to 8, day in bits 0 to 4
  const header = new DataView(zip.buffer, zip.byteOffset);
  expect([header.getUint16(10, true), header.getUint16(12, true)]).toEqual([12 << 11, (1 << 5) | 1]);
});

test('canonical JSON has the keys of every map in order, leaves lists as they are, and drops what is undefined', () => {
  const value = { b: [{ d: 1, c: undefined }, 'z', 'a'], a: null };
  expect(canonicalJson(value)).toBe('{"a":null,"b":[{"d":1},"z","a"]}\n');
});
