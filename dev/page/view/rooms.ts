/**
 * Section 5: rooms whose doors open on asking, or do not. Shows what happened at each door, step by step; which are
 * listed is the server's to say, and which open is the endpoint's.
 */
import type { DemoRoom } from '../api.ts';
import type { KnockedRoom } from '../channels.ts';
import { sayRefusal } from '../explain.ts';
import type { Refusal } from '../wire.ts';
import { announce, byId, code, element, setText, whileBusy } from './dom.ts';

export interface RoomsView {
  /** Another identity begins: all doors are untried, and these are the rooms. */
  begin(rooms: readonly DemoRoom[]): void;
}

export interface RoomActions {
  /** Nothing when there is no connection to knock with. */
  knock(room: string, onLost: (refusal: Refusal) => void): Promise<KnockedRoom | undefined>;
}

type Outcome = 'untried' | 'open' | 'asked' | 'refused' | 'lost' | 'offline';

export function createRoomsView({ knock }: RoomActions): RoomsView {
  const list = byId('rooms', HTMLUListElement);
  const form = byId('room-form', HTMLFormElement);
  const input = byId('room-name', HTMLInputElement);
  /** A late answer is for the list that it was asked from. */
  let listing = 0;

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const known = [...list.children].find((item) => item instanceof HTMLElement && item.dataset.room === input.value);
    const item = known instanceof HTMLElement ? known : addRoom({ name: input.value, about: 'You named it yourself.' });
    item.querySelector('button')?.click();
  });

  function addRoom({ name, about }: DemoRoom): HTMLElement {
    const of = listing;
    const button = document.createElement('button');
    button.type = 'button';
    button.append('Knock', element('span', { class: 'visually-hidden' }, ` at ${name}`));
    const steps = element('ol', { class: 'knocks' });
    const verdict = element('p', { class: 'room-verdict quiet' }, about);
    const item = element(
      'li',
      { class: 'room', data: { room: name, outcome: 'untried' } },
      element('p', { class: 'room-name' }, code(name, 'strong')),
      button,
      element('div', { class: 'room-story' }, verdict, steps),
    );
    const show = (outcome: Outcome, text: string, trail: readonly string[]): void => {
      if (of !== listing) return;
      item.dataset.outcome = outcome;
      setText(verdict, text);
      steps.replaceChildren(...trail.map((step) => element('li', {}, step)));
      announce(`${name}: ${text}`);
      setText(byId('glance-rooms', HTMLElement), GLANCES[outcome]);
    };
    button.addEventListener('click', () =>
      whileBusy(button, async () => {
        const lost = (refusal: Refusal): void => show('lost', `Taken away again. ${sayRefusal(refusal)}`, []);
        const knocked = await knock(name, lost);
        if (knocked) show(...describe(knocked));
        else show('offline', 'There is no open connection to knock with.', []);
      }),
    );
    list.append(item);
    return item;
  }

  return {
    begin(rooms) {
      listing += 1;
      list.replaceChildren();
      for (const room of rooms) addRoom(room);
      setText(byId('glance-rooms', HTMLElement), 'not tried');
    },
  };
}

const GLANCES: Readonly<Record<Outcome, string>> = {
  untried: 'not tried',
  open: 'was open',
  asked: 'opened on asking',
  refused: 'stayed closed',
  lost: 'closed again',
  offline: 'not tried',
};

function describe({ attempts, refusal }: KnockedRoom): [Outcome, string, readonly string[]] {
  const [first] = attempts;
  if (first === 'attached') return ['open', 'It was open: your token covered it already.', ['attach', 'attached']];
  const asked = ['attach', `refused, ${first?.code ?? 'no answer'}`, 'ask the endpoint'];
  if (!refusal) {
    const text = 'Opened on asking: the endpoint approved it, and the same connection took the new token.';
    return ['asked', text, [...asked, 'new token', 'attach', 'attached']];
  }
  if (first?.code !== 40160) return ['refused', sayRefusal(refusal), ['attach', 'refused']];
  const text =
    refusal.code === 40160
      ? 'Stayed closed: the endpoint was asked, and did not give it. Everything else is as it was.'
      : `Stayed closed. ${sayRefusal(refusal)}`;
  return ['refused', text, [...asked, 'not given']];
}
