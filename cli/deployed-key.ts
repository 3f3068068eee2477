/** Which key the deployed endpoint signs with, as anybody can see who asks it. */

/**
 * @returns the key's name, or `undefined` when the endpoint gives nothing to an anonymous caller, or something else than a
 *   TokenRequest, a token or an Ably JWT
 */
export async function deployedKeyName(url: string): Promise<string | undefined> {
  try {
    // A page between the two must not answer from what it kept.
    const response = await fetch(url, {
      headers: { 'cache-control': 'no-cache' },
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    if (!response.ok) return undefined;
    const answer = text.startsWith('{') ? text : Buffer.from(text.split('.', 1)[0] ?? '', 'base64url').toString();
    const { keyName, kid } = JSON.parse(answer) as { readonly keyName?: unknown; readonly kid?: unknown };
    const name = keyName ?? kid;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
