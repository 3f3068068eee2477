/** An object that somebody wrote as JSON: an answer, a part of a token, claims in an argument. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** `undefined` for JSON that is something else, and for what is none. */
export function readJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A part of a JWT. */
export function readEncodedObject(base64url: string): JsonObject | undefined {
  return readJsonObject(Buffer.from(base64url, 'base64url').toString());
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
