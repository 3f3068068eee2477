/**
 * The browser build of the Ably SDK, which index.html loads with a plain <script> before this page's own code.
 *
 * Only the types come from the package here, so that the bundle of the page holds no second copy of the SDK.
 */
import type * as AblySdk from 'ably';

declare global {
  const Ably: Pick<typeof AblySdk, 'Realtime' | 'ErrorInfo'>;
}
