/**
 * What a server said, as it may be shown in a terminal: no control character moves the cursor there, and no page comes
 * along. Never given a credential.
 */
const MAX_SHOWN_CHARS = 90;

export function quote(text: string): string {
  const shown = text.length > MAX_SHOWN_CHARS ? `${text.slice(0, MAX_SHOWN_CHARS)}…` : text;
  const escaped = shown.replace(
    /[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069"\\]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${escaped}"`;
}
