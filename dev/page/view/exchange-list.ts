/**
 * Section 2, lower half: each exchange with the endpoint in its three steps, newest first and open, older ones closed.
 *
 * Shows what exchange.ts recorded and nothing beside it: no cookie (the page cannot read it), no secret in full (fields
 * arrive shortened).
 */
import type { Answer, Exchange } from '../exchange.ts';
import { explainRefusal, nameRefusal } from '../explain.ts';
import { clock, type Field } from '../fields.ts';
import type { Refusal } from '../wire.ts';
import { byId, code, element } from './dom.ts';

/** Older exchanges are dropped: a page left open overnight must not grow. */
const MAX_SHOWN = 12;

export interface ExchangeView {
  /** Adds the exchange, or shows what is new about one that is there. */
  show(exchange: Exchange): void;
  /** Marks in the list that another identity begins. */
  clear(): void;
}

export function createExchangeView(): ExchangeView {
  const list = byId('exchange', HTMLOListElement);

  return {
    show(exchange) {
      const known = list.querySelector(`[data-id="${exchange.id}"]`);
      const item = toItem(exchange);
      if (known) {
        // What a reader has opened or closed stays so.
        const wasOpen = known.querySelector('details')?.open ?? true;
        const details = item.querySelector('details');
        if (details) details.open = wasOpen;
        known.replaceWith(item);
        return;
      }
      for (const older of list.querySelectorAll('details')) older.open = false;
      list.prepend(item);
      while (list.children.length > MAX_SHOWN) list.lastElementChild?.remove();
    },
    clear() {
      list.replaceChildren();
    },
  };
}

function toItem(exchange: Exchange): HTMLElement {
  const { answer, cause } = exchange;
  const time = element('time', { dateTime: new Date(exchange.startedAtMs).toISOString() }, clock(exchange.startedAtMs));
  const title = answer.kind === 'refused' ? 'Refused by the endpoint' : TITLES[cause];
  const details = document.createElement('details');
  details.open = true;
  details.append(
    element('summary', {}, element('strong', {}, title), ' ', time),
    element('div', { class: 'steps' }, asked(exchange), answered(answer), ...traded(exchange)),
  );
  const ably = exchange.atAbly && ('refusal' in exchange.atAbly ? 'refused' : 'done');
  return element(
    'li',
    { data: { id: String(exchange.id), cause, answer: answer.kind, ...(ably ? { ably } : {}) } },
    details,
  );
}

const TITLES = {
  first: 'First token',
  asked: 'Renewed because you asked',
  more: 'Asked for a room',
  prompted: 'Renewed by itself',
} as const;

function asked({ request }: Exchange): HTMLElement {
  const { method, url, parameters, authorization } = request;
  const line = element('p', { class: 'wire' }, code(`${method} ${url}`));
  const fields = parameters.map(([name, value]) => ({
    name,
    value,
    note: name === 'resources' ? 'Asked for beside what the rules give; each is checked.' : 'It can only narrow.',
  }));
  const none = element('p', { class: 'quiet' }, 'No parameters: the client asks for nothing in particular.');
  const bearer = 'The access token of the identity provider says who asks. Shortened here; no cookie went along.';
  const cookie =
    'The session cookie, if there is one, was added by the browser. It is HttpOnly: no script can read it.';
  return step(
    'The page asked',
    line,
    ...(authorization ? [element('p', { class: 'wire' }, code(`Authorization: ${authorization}`))] : []),
    fields.length > 0 ? table(fields) : none,
    element('p', { class: 'quiet' }, authorization ? bearer : cookie),
  );
}

function answered(answer: Answer): HTMLElement {
  if (answer.kind === 'refused') return step('The endpoint refused', ...refused(answer.refusal));
  const { status, contentType, tookMs, credential, refusedResources } = answer;
  const parts = credential.parts.flatMap((part) => [element('p', { class: 'label' }, part.title), table(part.fields)]);
  return step(
    'The endpoint answered',
    element('p', { class: 'wire' }, code(`${status} ${contentType}`), ` after ${tookMs} ms`),
    ...(refusedResources === undefined
      ? []
      : [
          element('p', { class: 'wire' }, code(`X-Ably-Auth-Refused: ${refusedResources}`)),
          element('p', { class: 'quiet' }, 'Asked for and not given. It is no failure: the token holds all the rest.'),
        ]),
    ...parts,
  );
}

/** What happened at Ably. A TokenRequest is traded for a token; a JWT is a token already. */
function traded({ answer, atAbly }: Exchange): readonly HTMLElement[] {
  if (answer.kind === 'refused') return [];
  const { kind } = answer.credential;
  if (kind !== 'token-request') {
    const why = kind === 'jwt' ? 'Ably reads the signed JWT itself' : 'This is a token already, and Ably reads it';
    return [step('Nothing to trade', element('p', {}, `${why} when the client connects with it.`))];
  }
  if (!atAbly) return [step('Ably trades it for a token', element('p', { class: 'quiet' }, 'Waiting for Ably…'))];
  if ('refusal' in atAbly) return [step('Ably refused it', ...refused(atAbly.refusal))];
  const note = 'The client posted the TokenRequest to Ably, which checked the MAC and answered TokenDetails.';
  return [
    step(
      'Ably traded it for a token',
      element('p', { class: 'quiet' }, note),
      element('p', { class: 'label' }, 'TokenDetails'),
      table(atAbly.fields),
    ),
  ];
}

function refused(refusal: Refusal): readonly HTMLElement[] {
  const reference = refusal.requestId ? ` Request ${refusal.requestId}.` : '';
  return [
    element('p', { class: 'wire' }, code(nameRefusal(refusal))),
    element('p', {}, explainRefusal(refusal), element('span', { class: 'quiet' }, reference)),
  ];
}

function step(title: string, ...content: readonly HTMLElement[]): HTMLElement {
  return element('section', { class: 'step' }, element('h4', {}, title), ...content);
}

function table(fields: readonly Field[]): HTMLElement {
  return element(
    'dl',
    { class: 'fields' },
    ...fields.map(({ name, value, note }) =>
      element(
        'div',
        { data: { field: name } },
        element('dt', {}, code(name)),
        element('dd', {}, code(value), ...(note ? [element('span', { class: 'gloss below' }, note)] : [])),
      ),
    ),
  );
}
