/** The bare cost as a Lambda function. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { bareTokenRequest } from './bare-token-request.ts';

export async function handler(event: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json' },
    body: bareTokenRequest(event.cookies),
  };
}
