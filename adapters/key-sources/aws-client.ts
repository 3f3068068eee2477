/**
 * How the AWS clients of the key sources are made: on first use, and with timeouts that end. The SDK is imported by
 * the first load and not by a module, so a function whose key is elsewhere never reads it.
 */

/**
 * At most 2 attempts of 0.5 s to connect and 1.5 s to answer, so that a load ends within the ring's 5 s.
 * Without `throwOnRequestTimeout` the SDK only prints a warning and waits on; `socketTimeout` covers an answer that
 * stops half-way.
 */
export const AWS_CLIENT_OPTIONS = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 500,
    requestTimeout: 1_500,
    throwOnRequestTimeout: true,
    socketTimeout: 1_500,
  },
} as const;

/**
 * The SDK and one client, both made when first asked for. Only a success is kept: after a failed import the next load
 * tries again.
 */
export function lazyAwsClient<Sdk, Client>(
  loadSdk: () => Promise<Sdk>,
  createClient: (sdk: Sdk) => Client,
): () => Promise<{ readonly sdk: Sdk; readonly client: Client }> {
  let ready: { readonly sdk: Sdk; readonly client: Client } | undefined;
  return async () => {
    if (ready === undefined) {
      const sdk = await loadSdk();
      // Two first loads, of either key, may have waited side by side.
      ready ??= { sdk, client: createClient(sdk) };
    }
    return ready;
  };
}
