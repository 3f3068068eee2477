/**
 * Section 1: who the server and the token say that one is, and the form to become somebody else.
 *
 * Two sources are kept apart on the page as they are in life: the session (what our server knows) and the clientId
 * (what Ably was told, in the token). This view decides neither.
 */
import type { DemoInfo } from '../api.ts';
import { clock } from '../fields.ts';
import { nameOf, type Visit } from '../provider.ts';
import { byId, setNotice, setText, whileBusy } from './dom.ts';

export interface IdentityActions {
  logIn(name: string): Promise<void>;
  logInAtProvider(name: string): Promise<void>;
  logOut(): Promise<void>;
}

export interface IdentityView {
  showVisit(visit: Visit): void;
  /** The clientId of the token; '' for anonymous, nothing while there is no token. */
  showClientId(clientId: string | undefined): void;
  showError(text: string): void;
}

export function createIdentityView(actions: IdentityActions): IdentityView {
  const form = byId('login-form', HTMLFormElement);
  const name = byId('login-name', HTMLInputElement);
  const login = byId('login', HTMLButtonElement);
  const provider = byId('login-provider', HTMLButtonElement);
  const logout = byId('logout', HTMLButtonElement);
  const session = byId('session', HTMLElement);
  const error = byId('login-error', HTMLElement);

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    setNotice(error, '');
    whileBusy(login, () => actions.logIn(name.value));
  });
  provider.addEventListener('click', () => {
    setNotice(error, '');
    if (form.reportValidity()) whileBusy(provider, () => actions.logInAtProvider(name.value));
  });
  logout.addEventListener('click', () => {
    setNotice(error, '');
    whileBusy(logout, async () => {
      await actions.logOut();
      name.focus();
    });
  });

  return {
    showVisit(visit) {
      const { mode, ably, hasProvider } = visit;
      const badge = byId('mode', HTMLElement);
      badge.dataset.mode = mode;
      setText(badge, mode === 'local' ? 'Local service' : 'Ably');
      setText(byId('mode-detail', HTMLElement), modeDetail(mode, ably.endpoint));
      const someone = nameOf(visit);
      session.dataset.user = someone;
      setText(session, sayWho(visit));
      provider.hidden = !hasProvider;
      byId('provider-hint', HTMLElement).hidden = !hasProvider;
      logout.hidden = someone === '';
      if (someone) name.value = '';
    },
    showClientId(clientId) {
      const text = clientId === undefined ? 'not known yet' : clientId || 'anonymous';
      const shown = byId('client-id', HTMLElement);
      shown.classList.toggle('nameless', !clientId);
      setText(shown, text);
      const bearer = byId('pass-bearer', HTMLElement);
      bearer.classList.toggle('nameless', !clientId);
      setText(bearer, text);
      setText(byId('glance-who', HTMLElement), text);
    },
    showError(text) {
      setNotice(error, text);
    },
  };
}

function sayWho({ bearer, user }: Visit): string {
  if (bearer)
    return `Signed in as ${bearer.name} through the identity provider; only this page holds the access token, until it is closed.`;
  if (user) return `Signed in as ${user.name}; the session ends at ${clock(user.sessionEndsAtMs)}.`;
  return 'Nobody is signed in here. The endpoint lets anonymous visitors in only because its rules say so.';
}

function modeDetail(mode: DemoInfo['mode'], endpoint: string | undefined): string {
  if (mode === 'local')
    return 'The other end is a small stand-in for Ably that runs on this machine. Nothing leaves it.';
  return endpoint
    ? `The other end is ${endpoint}, as ABLY_ENDPOINT says, because ABLY_API_KEY is set.`
    : 'The other end is Ably itself, because ABLY_API_KEY is set. Messages go over the internet.';
}
