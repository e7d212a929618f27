import { isMap } from '../../../inventory/fields';
import type { Values } from './chart';

/** What stands at a place such as `operator.image.tag`: a word is a key of a map, or a name in a list of variables. */
export function valueAt(values: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, word) => {
    if (Array.isArray(value)) return variable(value, word);
    return isMap(value) && Object.hasOwn(value, word) ? value[word] : undefined;
  }, values);
}

function variable(list: readonly unknown[], name: string): unknown {
  return list.filter(isMap).find((one) => one.name === name)?.value;
}

/** A text or a number at a place; empty for anything else, and for what is not there. */
export function textAt(values: unknown, path: string): string {
  const value = valueAt(values, path);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The values with a text at a place, and maps on the way to it; all else is as it was. */
export function withText(values: Values, path: string, text: string): Values {
  return put(values, path.split('.'), text);
}

function put(values: Values, [word = '', ...rest]: readonly string[], text: string): Values {
  const below = values[word];
  return { ...values, [word]: rest.length === 0 ? text : put(isMap(below) ? below : {}, rest, text) };
}
