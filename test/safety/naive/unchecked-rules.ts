/** Takes every pattern that its author wrote, or that came out of what its author wrote. */

export function uncheckedRules(env: Readonly<Record<string, string | undefined>>): Record<string, readonly string[]> {
  return { [`${env.CHANNEL_PREFIX ?? ''}*`]: ['publish', 'subscribe'] };
}
