/** The ways in which clients send what they ask for. SDKs with `authMethod: 'POST'` send a form, other clients JSON. */
import type { NameValue } from '../../../core/http.ts';
import type { Ask } from '../visit.ts';

export interface Way {
  /** As in "POST with JSON". */
  readonly name: string;
  readonly ask: (params: readonly NameValue[]) => Ask;
}

export const BY_GET: Way = { name: 'GET', ask: (params) => ({ params }) };

export const BY_FORM: Way = {
  name: 'POST with a form',
  ask: (params) =>
    posting('application/x-www-form-urlencoded', new URLSearchParams(params.map(([...param]) => param)).toString()),
};

export const BY_JSON: Way = {
  name: 'POST with JSON',
  ask: (params) => posting('application/json', JSON.stringify(Object.fromEntries(params))),
};

export const EVERY_WAY: readonly Way[] = [BY_GET, BY_FORM, BY_JSON];

/** A parameter without a meaning, which ably-js sends along: what one gets who asks for nothing. */
export const NOTHING: readonly NameValue[] = [['rnd', '0.123']];

function posting(type: string, body: string): Ask {
  return { method: 'POST', headers: [['Content-Type', type]], body };
}
