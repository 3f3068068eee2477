/** Whose clock dates what is signed; what each setting means is said in `AuthConfig.clock`. */
import type { ConfigProblem } from '../config-problem.ts';

export type ClockMode = 'local' | 'learn' | 'queryTime';

const MODES: readonly unknown[] = ['local', 'learn', 'queryTime'] satisfies ClockMode[];

export function readClockMode(mode: ClockMode | undefined, problems: ConfigProblem[]): ClockMode {
  if (mode === undefined || MODES.includes(mode)) return mode ?? 'local';
  problems.push({ setting: 'clock', problem: 'it is unknown', fix: `Write ${MODES.join(', ')}` });
  return 'local';
}
