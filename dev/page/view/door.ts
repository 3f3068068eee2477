/**
 * Section 4: knock on a channel that the token does not cover, and understand the answer.
 *
 * The proposal is picked from the rights in hand, so that it is a closed door for whoever is here; the answer itself
 * is always Ably's.
 */
import { allows, type Capability, describePattern, operationsOn } from '../capability.ts';
import type { DoorAction } from '../channels.ts';
import { explainRefusal, nameRefusal } from '../explain.ts';
import type { Refusal } from '../wire.ts';
import { byId, code, element, setText, whileBusy } from './dom.ts';

export interface DoorView {
  /** Proposes a channel that these rights do not cover, unless the visitor has written one. */
  showRights(capability: Capability | undefined): void;
  /** Forgets the last answer: it was another identity's. */
  reset(): void;
}

export interface Knock {
  readonly action: DoorAction;
  readonly channel: string;
  readonly refusal: Refusal | undefined;
  /** The rights in hand at that moment, and whether the connection survived. */
  readonly capability: Capability | undefined;
  readonly stillConnected: boolean;
}

export function createDoorView(knock: (action: DoorAction, channel: string) => Promise<Knock>): DoorView {
  const form = byId('door-form', HTMLFormElement);
  const channel = byId('try-channel', HTMLInputElement);
  const hint = byId('try-hint', HTMLElement);
  const result = byId('refusal', HTMLElement);
  let proposed = '';

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const pressed =
      event.submitter instanceof HTMLButtonElement ? event.submitter : byId('try-attach', HTMLButtonElement);
    const action: DoorAction = pressed.value === 'publish' ? 'publish' : 'attach';
    whileBusy(pressed, async () => show(await knock(action, channel.value)));
  });

  function show(answer: Knock): void {
    const { refusal } = answer;
    result.dataset.outcome = refusal ? 'refused' : 'allowed';
    result.dataset.code = refusal ? String(refusal.code) : '';
    result.replaceChildren(...(refusal ? refused(answer, refusal) : opened(answer)));
    setText(byId('glance-door', HTMLElement), refusal ? 'stayed closed' : 'was open');
  }

  return {
    showRights(capability) {
      const closed = CLOSED_DOORS.find(([name]) => !capability || !allows(capability, name, 'subscribe'));
      const [name, why] = closed ?? ['', 'This token opens every door there is.'];
      if (channel.value !== proposed) return;
      proposed = name;
      channel.value = name;
      setText(hint, why);
    },
    reset() {
      result.dataset.outcome = 'none';
      delete result.dataset.code;
      result.replaceChildren(element('p', { class: 'quiet' }, 'Nobody has knocked yet.'));
      setText(byId('glance-door', HTMLElement), 'not tried');
    },
  };
}

const CLOSED_DOORS = [
  ['private:plans', 'Your token says nothing about this channel.'],
  ['[meta]log', 'A plain * covers every ordinary channel, but not the ones where Ably reports about your app.'],
] as const;

function refused({ action, channel, capability, stillConnected }: Knock, refusal: Refusal): readonly HTMLElement[] {
  if (refusal.code === 0) {
    // Ably was never asked.
    return [element('p', { class: 'verdict' }, 'That did not work.'), element('p', {}, explainRefusal(refusal))];
  }
  const expected = refusal.code === 40160;
  return [
    element('p', { class: 'verdict' }, expected ? 'Refused, as it should be.' : 'That did not work.'),
    facts([
      ['You asked', [`to ${VERBS[action]} `, code(channel)]],
      ['Your token allows', rightsText(capability, channel)],
      ['Ably said', [code(nameRefusal(refusal)), ` ${explainRefusal(refusal)}`]],
      ['The connection', [stillConnected ? 'Still open. Only this request was refused.' : 'Not open at the moment.']],
    ]),
    ...(expected ? [element('p', { class: 'quiet' }, REMEDY)] : []),
  ];
}

function opened({ action, channel, capability }: Knock): readonly HTMLElement[] {
  return [
    element('p', { class: 'verdict' }, 'Ably opened it.'),
    facts([
      ['You asked', [`to ${VERBS[action]} `, code(channel)]],
      ['Your token allows', rightsText(capability, channel)],
    ]),
    element('p', { class: 'quiet' }, 'The token covers this channel. Try one that is not in the table of section 2.'),
  ];
}

const VERBS: Readonly<Record<DoorAction, string>> = { attach: 'attach to', publish: 'publish on' };

const REMEDY =
  'Connecting again with the same token would change nothing. An app asks its endpoint for a token with more rights, ' +
  'and the endpoint decides: section 5.';

function rightsText(capability: Capability | undefined, channel: string): readonly (Node | string)[] {
  if (!capability) return ['only Ably can tell: the token does not say.'];
  const here = operationsOn(capability, channel);
  if (here.length > 0) return ['on this channel: ', ...list(here)];
  const patterns = [...capability.keys()];
  const [only] = patterns;
  const covered =
    patterns.length === 1 && only !== undefined ? [code(only), ` (${describePattern(only)}).`] : list(patterns);
  return ['nothing on this channel. It covers ', ...covered];
}

function list(names: readonly string[]): readonly (Node | string)[] {
  return names.flatMap((name, index) => (index === 0 ? [code(name)] : [', ', code(name)]));
}

function facts(rows: readonly (readonly [string, readonly (Node | string)[]])[]): HTMLElement {
  const items = rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, ...value)));
  return element('dl', { class: 'fields' }, ...items);
}
