/** What the tutorial's Lambda handlers have in common once they have a client. */
import type Ably from 'ably';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readUser } from './session.ts';
import { tokenParamsOf } from './token-params.ts';

export async function respond(
  event: APIGatewayProxyEventV2,
  connect: () => Ably.Rest | Promise<Ably.Rest>,
): Promise<APIGatewayProxyStructuredResultV2> {
  const username = readUser(event.cookies, process.env.ABLY_AUTH_SESSION_SECRET ?? '');
  try {
    const ably = await connect();
    const tokenRequest = await ably.auth.createTokenRequest(tokenParamsOf(username));
    return {
      statusCode: 200,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(tokenRequest),
    };
  } catch (error) {
    return { statusCode: 500, body: `Error requesting token: ${JSON.stringify(error)}` };
  }
}
