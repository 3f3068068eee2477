/**
 * The handler that Ably's examples for functions lead people to write: a client of the SDK for each request, and
 * `createTokenRequest`. The key is in the environment. The rules are those of our auth.config.ts as shipped.
 */

import Ably from 'ably';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { respond } from './respond.ts';

export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return respond(event, () => new Ably.Rest({ key: process.env.ABLY_API_KEY ?? '' }));
}
