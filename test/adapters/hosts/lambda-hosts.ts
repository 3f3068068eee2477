/** Six front doors of Lambda behind one handler, polite and hostile. */
import { createLambdaHandler } from '../../../adapters/aws-lambda/handler.ts';
import type { AuthEndpoint } from '../../../core/auth-endpoint.ts';
import functionUrl from '../fixtures/function-url.json' with { type: 'json' };
import httpApi1 from '../fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from '../fixtures/http-api-2.0.json' with { type: 'json' };
import rest1 from '../fixtures/rest-1.0.json' with { type: 'json' };
import { CLIENT_IP, createHost, deepFreeze, type Host, type HostParts } from '../support/exchange.ts';
import { driveAlbMulti, driveAlbSingle, driveRest, driveV2, encodedBody } from './lambda-events.ts';
import { expectStatusDescription, readAlbSingle, readMulti, readV2 } from './lambda-results.ts';

export const LAMBDA_CONTEXT = deepFreeze({ awsRequestId: '0a1b2c3d-0000-4000-8000-00000000a1b0' });

export function lambdaHosts(hostile: boolean): readonly Host[] {
  const suffix = hostile ? ', hostile' : '';
  const host = (parts: Omit<HostParts<unknown, unknown>, 'invoke' | 'clientIp'>): Host =>
    createHost({ ...parts, name: `${parts.name}${suffix}`, clientIp: CLIENT_IP, invoke });
  return [
    host({
      name: 'Lambda HTTP API 2.0',
      repeatedHeaders: 'joined',
      repeatedQuery: 'kept',
      repeatedCookieHeaders: 'kept',
      requestId: httpApi2.requestContext.requestId,
      drive: (request) => driveV2(httpApi2, request, hostile),
      read: readV2,
    }),
    host({
      name: 'Lambda Function URL',
      repeatedHeaders: 'joined',
      repeatedQuery: 'kept',
      repeatedCookieHeaders: 'kept',
      requestId: functionUrl.requestContext.requestId,
      drive: (request) => driveV2(functionUrl, request, hostile),
      read: readV2,
    }),
    host({
      name: 'Lambda REST v1',
      repeatedHeaders: 'kept',
      repeatedQuery: 'kept',
      repeatedCookieHeaders: 'kept',
      requestId: rest1.requestContext.requestId,
      drive: (request) => driveRest(rest1, request, hostile, { body: request.body ?? null, isBase64Encoded: false }),
      read: readMulti,
    }),
    host({
      name: 'Lambda HTTP API 1.0',
      repeatedHeaders: 'kept',
      repeatedQuery: 'kept',
      repeatedCookieHeaders: 'kept',
      requestId: httpApi1.requestContext.requestId,
      drive: (request) =>
        driveRest(httpApi1, request, hostile, encodedBody(request) ?? { body: null, isBase64Encoded: false }),
      read: readMulti,
    }),
    host({
      name: 'Lambda ALB single',
      repeatedHeaders: 'last',
      repeatedQuery: 'last',
      repeatedCookieHeaders: 'last',
      requestId: LAMBDA_CONTEXT.awsRequestId,
      drive: (request) => driveAlbSingle(request, hostile),
      read: readAlbSingle,
    }),
    host({
      name: 'Lambda ALB multi',
      repeatedHeaders: 'kept',
      repeatedQuery: 'kept',
      repeatedCookieHeaders: 'kept',
      requestId: LAMBDA_CONTEXT.awsRequestId,
      drive: (request) => driveAlbMulti(request, hostile),
      read: (result) => {
        expectStatusDescription(result);
        return readMulti(result);
      },
    }),
  ];
}

function invoke(endpoint: AuthEndpoint, event: unknown): Promise<unknown> {
  return createLambdaHandler(endpoint)(deepFreeze(event), LAMBDA_CONTEXT);
}
