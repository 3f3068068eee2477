/**
 * Section 3: the state of the connection, the channel that is listened on, and the messages.
 *
 * What a visitor may say is read from the token only to tell them beforehand; Ably is what stops them.
 */
import type { ConnectionState } from 'ably';
import { allows, type Capability, exampleOf, onlyChannel, suggestChannel } from '../capability.ts';
import type { ReceivedMessage } from '../channels.ts';
import { explainState, nameRefusal, sayRefusal } from '../explain.ts';
import { clock } from '../fields.ts';
import type { Refusal } from '../wire.ts';
import { announce, byId, code, element, setNotice, setText, whileBusy } from './dom.ts';

export interface LineActions {
  listen(channel: string): Promise<void>;
  /** Resolves to the refusal, if there was one. */
  publish(text: string): Promise<Refusal | undefined>;
}

export interface LineView {
  showState(state: ConnectionState, reason: Refusal | undefined, connectionId: string): void;
  /** Adapts what can be chosen to the rights in hand. Answers the channel to begin with. */
  showRights(capability: Capability | undefined): string | undefined;
  showChannel(channel: string, refusal: Refusal | undefined): void;
  addMessage(message: ReceivedMessage): void;
  /** Forgets the channel of the identity before, and draws a line under its messages. */
  beginIdentity(text: string): void;
}

/** The states in which a connection stays for a while; the ones between would only chatter. */
const WORTH_TELLING: ReadonlySet<ConnectionState> = new Set(['connected', 'suspended', 'failed']);

/** The log keeps this many lines. */
const MAX_LINES = 200;

export function createLineView(actions: LineActions): LineView {
  const channel = byId('channel', HTMLInputElement);
  const listen = byId('listen', HTMLButtonElement);
  const channelState = byId('channel-state', HTMLElement);
  const message = byId('message', HTMLInputElement);
  const publish = byId('publish', HTMLButtonElement);
  const publishHint = byId('publish-hint', HTMLElement);
  const publishResult = byId('publish-result', HTMLElement);
  let rights: Capability | undefined;
  let listening: string | undefined;

  byId('channel-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(listen, () => actions.listen(channel.value));
  });
  byId('message-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(publish, async () => {
      const refusal = await actions.publish(message.value);
      publishResult.dataset.outcome = refusal ? 'refused' : 'sent';
      setNotice(publishResult, refusal ? sayRefusal(refusal) : '');
      if (!refusal) message.value = '';
      message.focus();
    });
  });

  /** Without the right to publish the form is off, and a sentence beside it says why. */
  function adaptTo(name: string): void {
    const mute = rights !== undefined && !allows(rights, name, 'publish');
    message.disabled = mute;
    publish.disabled = mute;
    setNotice(
      publishHint,
      mute
        ? `This token lets you listen on ${name}, not speak. Sign in to speak; a private window can be somebody else at the same time.`
        : '',
    );
  }

  function sayListening(): string {
    return listening === undefined
      ? 'Not listening yet.'
      : `Listening on ${listening}.${channel.readOnly ? ' It is the only channel in this token.' : ''}`;
  }

  return {
    showState(state, reason, connectionId) {
      const shown = byId('state', HTMLElement);
      const changed = shown.dataset.state !== state;
      shown.dataset.state = state;
      setText(shown, state);
      const sentence = explainState(state, reason);
      const named = reason && reason.code !== 0 ? `${sentence} [${nameRefusal(reason)}]` : sentence;
      setText(byId('state-detail', HTMLElement), named);
      setText(byId('connection-id', HTMLElement), connectionId || 'none');
      setText(byId('glance-line', HTMLElement), state);
      if (changed && WORTH_TELLING.has(state)) announce(`Connection: ${state}.`);
    },
    showRights(capability) {
      rights = capability;
      const only = capability && onlyChannel(capability);
      channel.readOnly = only !== undefined;
      if (only !== undefined) channel.value = only;
      const names = capability ? [...capability.keys()].map(exampleOf) : [];
      const options = [...new Set(['notifications', ...names])].filter(
        (name) => !capability || allows(capability, name, 'subscribe'),
      );
      byId('channel-list', HTMLDataListElement).replaceChildren(...options.map(option));
      const start = capability ? suggestChannel(capability) : 'notifications';
      if (channel.value === '' && start !== undefined) channel.value = start;
      if (listening !== undefined) setText(channelState, sayListening());
      adaptTo(channel.value);
      return start;
    },
    showChannel(name, refusal) {
      channelState.dataset.outcome = refusal ? 'refused' : 'listening';
      listening = refusal ? undefined : name;
      const text = refusal ? `${name} is closed to you. ${sayRefusal(refusal)}` : sayListening();
      setText(channelState, text);
      announce(text);
      adaptTo(name);
    },
    addMessage({ clientId, text, atMs, channel: name }) {
      const who = element('strong', clientId ? {} : { class: 'nameless' }, clientId ?? 'anonymous');
      const time = element('time', { class: 'aside', dateTime: new Date(atMs).toISOString() }, clock(atMs));
      const data = { channel: name, clientId: clientId ?? '' };
      add(
        element(
          'p',
          { class: 'message', data },
          time,
          ' ',
          who,
          ' ',
          element('span', {}, text),
          ' ',
          code(name, 'aside'),
        ),
      );
    },
    beginIdentity(text) {
      channel.value = '';
      listening = undefined;
      setText(channelState, sayListening());
      delete channelState.dataset.outcome;
      setNotice(publishResult, '');
      if (document.querySelector('.message')) add(element('p', { class: 'divider' }, text));
    },
  };
}

function add(line: HTMLElement): void {
  const log = byId('messages', HTMLElement);
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  document.getElementById('messages-empty')?.remove();
  log.append(line);
  while (log.children.length > MAX_LINES) log.firstElementChild?.remove();
  // Somebody who has scrolled back to read is left there.
  if (atEnd) log.scrollTop = log.scrollHeight;
}

function option(value: string): HTMLOptionElement {
  const made = document.createElement('option');
  made.value = value;
  return made;
}
