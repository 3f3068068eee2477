/**
 * Below the story: the rules, asked about anybody's claims. The server explains; this view sends the question and shows
 * its words.
 */
import type { PolicyAnswer } from '../api.ts';
import { sayRefusal } from '../explain.ts';
import { RefusedError } from '../wire.ts';
import { byId, setText, whileBusy } from './dom.ts';

export function createPolicyView(
  ask: (claims: string, operation: string, channel: string) => Promise<PolicyAnswer>,
): void {
  const claims = byId('policy-claims', HTMLInputElement);
  const operation = byId('policy-operation', HTMLSelectElement);
  const channel = byId('policy-channel', HTMLInputElement);
  const button = byId('policy-try', HTMLButtonElement);
  const answer = byId('policy-answer', HTMLElement);

  byId('policy-form', HTMLFormElement).addEventListener('submit', (event) => {
    event.preventDefault();
    whileBusy(button, async () => {
      try {
        const explained = await ask(claims.value, operation.value, channel.value);
        answer.dataset.outcome = explained.outcome.kind;
        answer.dataset.allowed = explained.answer ? String(explained.answer.allowed) : '';
        setText(answer, explained.text);
      } catch (error) {
        if (!(error instanceof RefusedError)) throw error;
        answer.dataset.outcome = 'failed';
        answer.dataset.allowed = '';
        setText(answer, sayRefusal(error.refusal));
      }
    });
  });
}
