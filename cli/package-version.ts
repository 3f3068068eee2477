/** The version of the package that this command is part of: in the repository, and where the package is installed. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export function packageVersion(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        readonly name?: string;
        readonly version?: string;
      };
      if (name === 'ably-auth-functions' && version !== undefined) return version;
    } catch {
      // Further up.
    }
    if (dirname(folder) === folder) return 'unknown';
  }
}
