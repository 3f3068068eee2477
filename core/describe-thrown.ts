/**
 * What a config threw, for whoever wrote it and for a log: of which kind, and where in the project. Its message is left
 * out, because it may hold what the config read from the environment (S10).
 */
import { framesOf } from './stack-frames.ts';

/** `an Error at /app/auth.config.ts:7:11`. Never throws. */
export function describeThrown(thrown: unknown): string {
  try {
    if (!(thrown instanceof Error)) return 'something that is no Error';
    const name = thrown.constructor.name || 'Error';
    const [place] = framesOf(thrown).flatMap(placeIn);
    return `${/^[AEIOU]/i.test(name) ? 'an' : 'a'} ${name}${place === undefined ? '' : ` at ${place}`}`;
  } catch {
    return 'something that cannot be read';
  }
}

/** Of a frame in a file of the project. A module without a file, `data:`, would be shown whole. */
function placeIn(frame: string): readonly string[] {
  const [, place = ''] = /(?: |\()(?:file:\/\/)?((?:\/|[A-Za-z]:\\)[^<>]*:\d+:\d+)\)?$/.exec(frame) ?? [];
  const isOfProject = place !== '' && !/[\\/]node_modules[\\/]/.test(place);
  // Whoever imports a file again adds a query to its name.
  return isOfProject ? [place.replace(/\?[^:]*/, '')] : [];
}
