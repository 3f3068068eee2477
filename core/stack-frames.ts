/** The frames of an error's stack, as V8 wrote them, without a word of its message (S10). */
export function framesOf({ stack, message }: Error): readonly string[] {
  if (typeof stack !== 'string' || typeof message !== 'string') return [];
  // The stack begins with the message, of which a line may look like a frame: what follows it is V8's own. Without the
  // message in it, nobody can say where it ends.
  const at = stack.indexOf(message);
  const frames = at === -1 ? [] : stack.slice(at + message.length).split('\n');
  return frames.filter((line) => /^\s+at /.test(line));
}
