/** `npm start` of ably-auth-functions has an Ably of its own beside it, and says where. Empty when deployed. */
import type { ClientOptions } from 'ably';

export async function whereAblyIs(): Promise<ClientOptions> {
  const { LOCAL_SERVER } = process.env;
  if (!LOCAL_SERVER) return {};
  const response = await fetch(`${LOCAL_SERVER}/demo/info`, { cache: 'no-store' });
  return ((await response.json()) as { readonly ably: ClientOptions }).ably;
}
