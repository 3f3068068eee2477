/** Finds our domain in the Origin and sends it back: at its end, at its beginning, or anywhere. */

const headersFor = (origin: string) => ({
  'Access-Control-Allow-Origin': origin,
  'Access-Control-Allow-Credentials': 'true',
});

export const bySuffix = (origin: string) => (origin.endsWith('app.example') ? headersFor(origin) : {});
export const byPrefix = (origin: string) => (origin.startsWith('https://app.example') ? headersFor(origin) : {});
export const byPattern = (origin: string) => (/https:\/\/.*app.example/i.test(origin) ? headersFor(origin) : {});
/** So that it works everywhere. */
export const reflected = (origin: string) => headersFor(origin);
