/** Insists on its secret while it is loaded: no test, build or preview gets by without one. */
export const apiKey = process.env.ABLY_API_KEY ?? missing();

function missing(): never {
  throw new Error('ABLY_API_KEY is required');
}
