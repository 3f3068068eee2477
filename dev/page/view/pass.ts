/**
 * Section 2, upper half: the token in hand as a pass, with its rights, its bearer and the time that is left.
 *
 * The clock ticks for the eye only. A screen reader is told at five minutes, at one minute and at the end; between
 * them it finds the time when it asks for it.
 */
import { type Capability, describeOperation, describePattern } from '../capability.ts';
import type { HeldToken } from '../connection.ts';
import type { CredentialKind } from '../credential.ts';
import { clock } from '../fields.ts';
import { announce, byId, code, element, setNotice, setText, whileBusy } from './dom.ts';

export interface PassView {
  showKey(keyName: string): void;
  showToken(token: HeldToken | undefined): void;
  /** What a renewal came to. */
  showRenewal(text: string, sameConnection: boolean): void;
}

const ANNOUNCED_AT_SECONDS = [300, 60, 0];

export function createPassView(renew: () => Promise<void>): PassView {
  const pass = byId('pass', HTMLElement);
  const expires = byId('expires', HTMLElement);
  const life = byId('life', HTMLProgressElement);
  const button = byId('renew', HTMLButtonElement);
  const renewal = byId('renewal', HTMLElement);
  let expiresAtMs: number | undefined;
  let issuedAtMs: number | undefined;
  let lastSeconds = Number.POSITIVE_INFINITY;

  button.addEventListener('click', () => whileBusy(button, renew));
  setInterval(tick, 1000);

  function tick(): void {
    if (expiresAtMs === undefined) return;
    const seconds = Math.max(0, Math.round((expiresAtMs - Date.now()) / 1000));
    setText(expires, seconds === 0 ? 'expired' : timeLeft(seconds));
    life.value = issuedAtMs === undefined ? 0 : Math.max(0, expiresAtMs - Date.now()) / (expiresAtMs - issuedAtMs);
    const passed = ANNOUNCED_AT_SECONDS.find((mark) => lastSeconds > mark && seconds <= mark);
    if (passed !== undefined && Number.isFinite(lastSeconds)) {
      announce(passed === 0 ? 'The token has expired.' : `The token expires in ${timeLeft(passed)}.`);
    }
    lastSeconds = seconds;
  }

  return {
    showKey(keyName) {
      setText(byId('pass-key', HTMLElement), keyName);
    },
    showToken(token) {
      const facts = token?.facts ?? {};
      ({ expiresAtMs, issuedAtMs } = { expiresAtMs: undefined, issuedAtMs: undefined, ...facts });
      lastSeconds = Number.POSITIVE_INFINITY;
      pass.dataset.kind = token?.kind ?? '';
      expires.dataset.expiresAt = String(expiresAtMs ?? '');
      const unknown = token ? 'not stated' : '…';
      if (expiresAtMs === undefined) setText(expires, unknown);
      setText(byId('expires-at', HTMLElement), expiresAtMs === undefined ? '' : `at ${clock(expiresAtMs)}`);
      setText(byId('glance-pass', HTMLElement), token ? glance(token.kind, expiresAtMs) : '…');
      byId('capability', HTMLTableElement).tBodies[0]?.replaceChildren(...rows(token, facts.capability));
      tick();
    },
    showRenewal(text, sameConnection) {
      renewal.dataset.same = String(sameConnection);
      setNotice(renewal, text);
      if (text) announce(text);
    },
  };
}

function rows(token: HeldToken | undefined, capability: Capability | undefined): readonly HTMLElement[] {
  if (!token) return [sentence('No token yet.')];
  if (!capability) return [sentence('This token does not say; only Ably can read it.')];
  if (capability.size === 0) return [sentence('Nothing at all.')];
  return [...capability].map(([pattern, operations]) =>
    element(
      'tr',
      { data: { pattern } },
      element(
        'th',
        { scope: 'row' },
        code(pattern, 'strong'),
        element('span', { class: 'gloss below' }, describePattern(pattern)),
      ),
      element('td', {}, element('ul', { class: 'operations' }, ...operations.map(operation))),
    ),
  );
}

function operation(name: string): HTMLElement {
  return element(
    'li',
    { data: { operation: name } },
    code(name, 'strong'),
    ' ',
    element('span', { class: 'gloss' }, describeOperation(name)),
  );
}

function sentence(text: string): HTMLElement {
  const cell = document.createElement('td');
  cell.colSpan = 2;
  cell.append(text);
  return element('tr', {}, cell);
}

const KIND_NAMES: Readonly<Record<CredentialKind, string>> = {
  'token-request': 'Ably token',
  'token-details': 'Ably token',
  jwt: 'Ably JWT',
  opaque: 'token',
};

function glance(kind: CredentialKind, expiresAtMs: number | undefined): string {
  return expiresAtMs === undefined ? KIND_NAMES[kind] : `${KIND_NAMES[kind]} until ${clock(expiresAtMs)}`;
}

/** `1 h 02 min`, `59 min 03 s`, `42 s`. */
function timeLeft(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
  return seconds >= 60 ? `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s` : `${seconds} s`;
}
