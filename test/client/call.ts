/** Calls an `authCallback` as the SDK does, and turns what it calls back into a promise. */
import type { TokenParams } from 'ably';
import type { AblyAuth, AuthorizedClient } from '../../client/index.ts';

export function call(auth: AblyAuth, params: TokenParams = {}): Promise<unknown> {
  return new Promise((resolve, reject) => {
    auth.authCallback(params, (error, credential) => (error === null ? resolve(credential) : reject(error)));
  });
}

/** As much of a client as renews its token. What happens on a connection is proved in test/clients. */
export function renewing(auth: AblyAuth): AuthorizedClient & { readonly renewals: () => number } {
  let count = 0;
  return auth.use({
    auth: {
      authorize: () => {
        count += 1;
        return call(auth);
      },
    },
    renewals: () => count,
  });
}
