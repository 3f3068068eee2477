/** Whether a text is the number of a TCP port, as people write one into a setting. */
export const MAX_PORT = 65_535;

/** @param least 1 for a port to call; 0, the default, for one to listen on, where it stands for any free one */
export function isPort(text: string, least: 0 | 1 = 0): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) >= least && Number(text) <= MAX_PORT;
}
