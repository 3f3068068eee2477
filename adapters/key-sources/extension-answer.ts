/** What asking the extension comes to, however it is asked. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What is thrown when no answer came in time. Told by its value: each of the built files has a copy of this. */
export const TOO_LATE = 'too late';
