/**
 * All that this entry needs of where it runs: browsers, Node and React Native have it alike. Written down as types of
 * our own, so that neither the DOM's nor Node's are needed to compile against it, and read when used, so that a
 * polyfill that is loaded later counts.
 */

export interface HttpAnswer {
  /** 0 for a redirect that a browser keeps to itself. */
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly credentials: 'include' | 'same-origin' | 'omit';
  readonly cache: 'no-store';
  readonly redirect: 'manual';
  readonly signal: AbortSignalLike;
}

/** The surroundings' own, so that their `fetch` takes it. */
export type AbortSignalLike = typeof globalThis extends { AbortSignal: { readonly prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean };

export type Fetch = (url: string, call: HttpCall) => Promise<HttpAnswer>;

interface Platform {
  readonly fetch: Fetch;
  readonly AbortController: new () => { readonly signal: AbortSignalLike; abort(): void };
  setTimeout(work: () => void, ms: number): unknown;
  clearTimeout(timer: unknown): void;
}

export const platform = globalThis as unknown as Platform;
