/** The events of every front door of Lambda, and how each reads the result: as in the adapters' contract, but invoked. */

import functionUrl from '../../adapters/fixtures/function-url.json' with { type: 'json' };
import httpApi1 from '../../adapters/fixtures/http-api-1.0.json' with { type: 'json' };
import httpApi2 from '../../adapters/fixtures/http-api-2.0.json' with { type: 'json' };
import rest1 from '../../adapters/fixtures/rest-1.0.json' with { type: 'json' };
import { driveAlbMulti, driveAlbSingle, driveRest, driveV2, encodedBody } from '../../adapters/hosts/lambda-events.ts';
import { readAlbSingle, readMulti, readV2 } from '../../adapters/hosts/lambda-results.ts';
import type { WireAnswer, WireRequest } from '../../adapters/support/exchange.ts';

export interface FrontDoor {
  readonly drive: (request: WireRequest) => unknown;
  readonly read: (result: unknown) => WireAnswer;
}

export const FRONT_DOORS: Readonly<Record<string, FrontDoor>> = {
  'HTTP API 2.0': { drive: (request) => driveV2(httpApi2, request, false), read: readV2 },
  'Function URL': { drive: (request) => driveV2(functionUrl, request, false), read: readV2 },
  'REST API': {
    drive: (request) => driveRest(rest1, request, false, { body: request.body ?? null, isBase64Encoded: false }),
    read: readMulti,
  },
  'HTTP API 1.0': {
    drive: (request) =>
      driveRest(httpApi1, request, false, encodedBody(request) ?? { body: null, isBase64Encoded: false }),
    read: readMulti,
  },
  ALB: { drive: (request) => driveAlbSingle(request, false), read: readAlbSingle },
  'ALB with multi-value headers': { drive: (request) => driveAlbMulti(request, false), read: readMulti },
};
