/** What snippets name that is the reader's own, as types: a snippet need not declare it. Nothing of the project's is here. */

declare const app: {
  get(
    path: string,
    handler: (
      request: { session: { userId?: string; cookie: { expires: Date | null } } },
      response: { status(code: number): { end(): void }; json(value: object): void },
    ) => void,
  ): void;
};
declare const client: import('ably').Realtime;
declare const login: { accessToken(): Promise<string> };
declare const response: { setHeader(name: string, value: string): void };
declare const secret: string;
declare const sessions: {
  find(
    id: string,
    options: { signal: AbortSignal },
  ): Promise<{ userId: string; role: string; endsAtMs: number } | undefined>;
};
declare const token: string;
declare const unsealData: typeof import('iron-session').unsealData;
declare const user: { id: string; teams: string[]; role: string };
