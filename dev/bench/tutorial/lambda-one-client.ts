/** The same handler once somebody has made it faster: one client for all requests of a process. */

import Ably from 'ably';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { respond } from './respond.ts';

const ably = new Ably.Rest({ key: process.env.ABLY_API_KEY ?? '' });

export function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return respond(event, () => ably);
}
