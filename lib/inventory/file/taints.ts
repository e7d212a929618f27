import type { Taint } from '../../model/node';
import type { FileTaint } from './schema';

/** A taint as people and `kubectl taint` write it: `key=value:NoSchedule`, or `key:NoExecute`. */
const readable = /^([^=:\s]+)(?:=([^=:\s]+))?:(NoSchedule|PreferNoSchedule|NoExecute)$/;

/** Undefined where the text is none. */
export function readTaint(taint: FileTaint): Taint | undefined {
  if (typeof taint !== 'string') {
    const { key, value, effect } = taint;
    return value ? { key, value, effect } : { key, effect };
  }
  const [, key, value, effect] = readable.exec(taint) ?? [];
  if (key === undefined || effect === undefined) return undefined;
  // The pattern knows no other effects.
  const known = effect as Taint['effect'];
  return value === undefined ? { key, effect: known } : { key, value, effect: known };
}

/** The readable form where it says all. */
export function writeTaint(taint: Taint): FileTaint {
  const { key, value, effect } = taint;
  const text = `${key}${value === undefined ? '' : `=${value}`}:${effect}`;
  const read = readTaint(text);
  return read?.key === key && read.value === value ? text : { key, ...(value !== undefined && { value }), effect };
}
