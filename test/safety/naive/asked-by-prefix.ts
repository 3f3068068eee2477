/** Grants what is asked for as it is written, once a check has said yes to what follows the namespace. */
export function grantedAsWritten(
  asked: readonly string[],
  isMember: (room: string) => boolean,
): Readonly<Record<string, readonly string[]>> {
  const allowed = asked.filter((resource) => resource.startsWith('room:') && isMember(resource.split(':')[1] ?? ''));
  return Object.fromEntries(allowed.map((resource) => [resource, ['publish', 'subscribe']]));
}

/** One query for each thing that a client names, however many it names. */
export async function asksAboutEach(text: string, ask: (resource: string) => Promise<boolean>): Promise<number> {
  const asked = JSON.parse(text) as readonly string[];
  return (await Promise.all(asked.map(ask))).length;
}
