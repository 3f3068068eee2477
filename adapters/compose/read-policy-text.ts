/**
 * Where the text of `ABLY_AUTH_POLICY` is: in the setting itself, or in a file whose name it is. What the text means is
 * decided in core/policy/json-policy.ts.
 *
 * The setting is never repeated in a problem unless it looks like the name of a file: somebody may have put a secret
 * into the wrong variable (S10).
 */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ConfigProblem } from '../../core/config-problem.ts';

const SETTING = 'ABLY_AUTH_POLICY';

/**
 * @param entryUrl `import.meta.url` of the function's own file; the file is looked for beside it, then in the working
 *   directory, which is where platforms that move the function keep what was included with it
 * @returns `undefined` beside a new problem
 */
export function readPolicyText(setting: string, entryUrl: string, problems: ConfigProblem[]): string | undefined {
  const text = setting.trim();
  if (/^[{[]/.test(text)) return text;
  if (!/^[\w./-]{1,200}\.json$/.test(text)) {
    const fix = 'Write {"rules": [...]}, or the name of a file, policy.json';
    problems.push({ setting: SETTING, problem: 'it is neither JSON nor the name of a .json file', fix });
    return undefined;
  }
  for (const folder of [() => dirname(fileURLToPath(entryUrl)), () => process.cwd()]) {
    try {
      return readFileSync(resolve(folder(), text), 'utf8');
    } catch {
      // Looked for in the next place.
    }
  }
  const fix =
    'Put it beside the function and have it deployed: includeFiles in vercel.json, included_files in netlify.toml';
  problems.push({ setting: SETTING, problem: `there is no readable file ${text} beside the function`, fix });
  return undefined;
}
