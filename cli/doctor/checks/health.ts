/** What an endpoint of ours says of itself by `?health`; others do not tell. */

import { isJsonObject, readJsonObject } from '../../read-json-object.ts';
import { type Check, fails, gravest, type Outcome, warns } from '../check.ts';
import { isNumber } from '../credential.ts';
import type { Exchange } from '../exchange.ts';
import { quote } from '../quote.ts';
import { NotChecked } from '../visit.ts';

/** Half of what Ably allows a TokenRequest. */
const MAX_SKEW_MS = 60_000;

type Fields = Readonly<Record<string, unknown>>;

const health: Check = {
  id: 'health',
  title: 'The endpoint says that it is configured, and to an operator that it has its key',
  why: 'A function that is misconfigured answers 503 to everybody; one whose key cannot be read goes on with the one that it has, and stops when it starts anew.',
  source: 'docs/health.md',
  fix: 'See the list of problems that was logged when the instance started; --operator-env has it told here.',
  async run({ ask, target }) {
    const { operatorSecret } = target;
    const authorization = operatorSecret === undefined ? [] : [['Authorization', `Bearer ${operatorSecret}`] as const];
    const answer = await ask({ params: [['health', '']], headers: authorization, asNobody: true });
    const told = readJsonObject(answer.body);
    if (told?.status === 'misconfigured') return fails(`misconfigured${settingsIn(told)}`);
    if (operatorSecret !== undefined && answer.status === 401) return warns('401: it has another operator’s secret');
    if (told?.status !== 'ok') throw new NotChecked('the endpoint does not tell');
    return gravest(
      keyAndClock(told, answer),
      told.key === undefined ? 'configured' : `configured, with its key${buildIn(told)}`,
    );
  },
};

function keyAndClock({ key, clock }: Fields, { sentAtMs, receivedAtMs }: Exchange): readonly Outcome[] {
  const found: Outcome[] = [];
  if (isJsonObject(key) && key.state === 'failing') {
    const { setting } = isJsonObject(key.problem) ? key.problem : {};
    const which = typeof setting === 'string' ? `, see ${quote(setting)}` : '';
    found.push(
      fails(
        `its key cannot be read${which}`,
        'See the log: what the key’s store answers, and whether the function may ask it.',
      ),
    );
  }
  const nowMs = isJsonObject(clock) ? clock.nowMs : undefined;
  if (!isNumber(nowMs)) return found;
  const skewMs = Math.max(sentAtMs - nowMs, nowMs - receivedAtMs, 0);
  if (skewMs > MAX_SKEW_MS) found.push(warns(`its clock is ${Math.round(skewMs / 1000)} s from this machine’s`));
  return found;
}

function settingsIn({ problems }: Fields): string {
  const settings = Array.isArray(problems) ? problems.filter(isJsonObject).map(({ setting }) => setting) : [];
  const named = settings.filter((setting) => typeof setting === 'string');
  return named.length === 0 ? '' : `: ${named.map(quote).join(', ')}`;
}

function buildIn({ build }: Fields): string {
  const { version } = isJsonObject(build) ? build : {};
  return typeof version === 'string' ? `, version ${quote(version)}` : '';
}

export const HEALTH: readonly Check[] = [health];
