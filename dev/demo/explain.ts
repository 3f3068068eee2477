/**
 * Tries the policy on anybody's claims, for the page: `GET /demo/explain?claims={"sub":"ada"}&operation=publish&channel=x`.
 * Only here, and only for our own page (S14): what it says holds claim values, and the policy's functions are called.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readNodeRequest } from '../../adapters/node/read-request.ts';
import { isOperation, type Operation } from '../../core/capability/operations.ts';
import { mayCountAmbient } from '../../core/identity/ambient.ts';
import { type AuthDefinition, describeExplanation, type Environment, explainPolicy } from '../../index.ts';

export type DemoExplain = (req: IncomingMessage, res: ServerResponse) => Promise<void>;

export function createDemoExplain(definition: AuthDefinition, env: Environment): DemoExplain {
  return async (req, res) => {
    const query = new URL(req.url ?? '/', 'http://local').searchParams;
    const claims = readClaims(query.get('claims') ?? '');
    const operation = query.get('operation') || undefined;
    const channel = query.get('channel') || undefined;
    if (!mayCountAmbient(readNodeRequest(req, ''), new Set())) refuse(res, 403, 40300, 'Ask from the page itself.');
    else if (claims === undefined) refuse(res, 400, 40000, 'Claims are a JSON object, {"sub":"ada"}, or left out.');
    else if (operation !== undefined && !isOperation(operation)) refuse(res, 400, 40000, 'Ably has no such operation.');
    else {
      const question = asksAbout(operation, channel);
      const explanation = await explainPolicy(definition, { claims }, { env, ...(question && { question }) });
      res.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      res.end(JSON.stringify({ ...explanation, text: describeExplanation(explanation) }));
    }
  };
}

function asksAbout(operation: Operation | undefined, channel: string | undefined) {
  return operation !== undefined && channel !== undefined ? { operation, channel } : undefined;
}

/** `undefined` when the text is not a JSON object; no text at all is an anonymous caller. */
function readClaims(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function refuse(res: ServerResponse, statusCode: number, code: number, message: string): void {
  const error = { code, statusCode, message, requestId: randomUUID() };
  res.writeHead(statusCode, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  res.end(JSON.stringify({ error }));
}
