/** Which build of what version this is. The build writes its own id over the placeholder: dev/build/stamp.ts. */

/** As package.json has it; a test compares. */
export const VERSION = '0.1.0';

/** Twelve characters, as many as the id has. What was not built by `npm run build` keeps it. */
export const BUILD_ID = '@build-id@@@';
