/**
 * Writes the header `X-Ably-Auth-Refused`: a JSON array of the resources that were asked for and not given. ASCII, other
 * characters as `\uXXXX`. Bounded: what no longer fits is only counted, in a number at the end of the array.
 */
import type { NameValue } from '../http.ts';
import { MAX_REFUSED_HEADER_BYTES } from '../limits.ts';

export const REFUSED_HEADER = 'X-Ably-Auth-Refused';

/** Room for a comma, the number of those left out, and the bracket. */
const END_BYTES = 6;

/** No header where nothing was refused. */
export function refusedHeader(refused: readonly string[]): readonly NameValue[] {
  if (refused.length === 0) return [];
  let text = '[';
  for (const [index, resource] of refused.entries()) {
    const item = (index === 0 ? '' : ',') + asciiJson(resource);
    if (text.length + item.length > MAX_REFUSED_HEADER_BYTES - END_BYTES) {
      return [[REFUSED_HEADER, `${text}${index === 0 ? '' : ','}${refused.length - index}]`]];
    }
    text += item;
  }
  return [[REFUSED_HEADER, `${text}]`]];
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
