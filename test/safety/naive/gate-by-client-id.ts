/** Keeps who is banned by clientId. A rule makes that of claims, and some of these are the user's own to choose. */
export function gateByClientId() {
  const banned = new Set<string>();
  return { ban: (clientId: string) => void banned.add(clientId), refuses: (clientId: string) => banned.has(clientId) };
}
