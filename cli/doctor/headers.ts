/** Header lines of an answer, as checks ask about them. */
import type { Exchange } from './exchange.ts';

/** All lines of that name, joined as a browser joins them; `undefined` when there is none. */
export function header({ headers }: Exchange, name: string): string | undefined {
  return headers.get(name)?.join(', ');
}

/** What stands between the commas, in lower case. */
export function listed(answer: Exchange, name: string): readonly string[] {
  return (header(answer, name) ?? '')
    .split(',')
    .map((item) => item.trim().toLowerCase())
    .filter((item) => item !== '');
}

/** Without its parameters, in lower case. */
export function mediaType(answer: Exchange): string | undefined {
  return header(answer, 'content-type')?.split(';')[0]?.trim().toLowerCase();
}

/** `GET`, `POST with clientId`: which request it was. */
export function named({ question: { method, url } }: Exchange): string {
  const names = [...new Set(url.searchParams.keys())];
  return names.length === 0 ? method : `${method} with ${names.join(', ')}`;
}
