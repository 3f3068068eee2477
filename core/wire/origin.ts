/** Whether a text is an origin as a browser sends it: scheme, host and port, and nothing else (RFC 6454, 6.2). */
export function isOrigin(text: string): boolean {
  try {
    const { origin, protocol } = new URL(text);
    // URL parsing takes "*" for part of a host name; no browser sends such an origin.
    return origin === text && (protocol === 'https:' || protocol === 'http:') && !text.includes('*');
  } catch {
    return false;
  }
}
