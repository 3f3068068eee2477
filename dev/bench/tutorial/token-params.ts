/** The tutorial's two kinds of caller: visitors read notifications, a signed-in user uses every channel. */
import type { TokenParams } from 'ably';

export function tokenParamsOf(username: string | undefined): TokenParams {
  return username === undefined
    ? { capability: { notifications: ['subscribe'] } }
    : { capability: { '*': ['publish', 'subscribe'] }, clientId: username };
}
