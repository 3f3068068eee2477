/**
 * Writes a key into the settings of a Vercel or Netlify project, through the platform's own command, as whoever is signed in
 * there. What that prints is thrown away: Netlify's repeats the value (S10).
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { RotationError } from '../core/rotation/ports.ts';
import type { KeySettings } from '../core/rotation/rotate-settings.ts';
import { CannotRun, type Terminal } from './command.ts';

export const PLATFORMS = ['vercel', 'netlify'] as const;
export type Platform = (typeof PLATFORMS)[number];

interface PlatformCommand {
  readonly command: string;
  /** Where its `link` leaves the id of the project, and under which name. */
  readonly linkFile: string;
  readonly linkField: string;
  readonly argumentsFor: (setting: string, value: string) => readonly string[];
  readonly readsValueFromInput: boolean;
  readonly redeploy: string;
}

export const COMMANDS: Readonly<Record<Platform, PlatformCommand>> = {
  vercel: {
    command: 'vercel',
    linkFile: '.vercel/project.json',
    linkField: 'projectId',
    argumentsFor: (setting) => ['env', 'add', setting, 'production', '--sensitive', '--force'],
    readsValueFromInput: true,
    redeploy: 'vercel --prod, or push',
  },
  netlify: {
    command: 'netlify',
    linkFile: '.netlify/state.json',
    linkField: 'siteId',
    // It has no other way to be given a value, so that other users of this machine can see it for a moment.
    argumentsFor: (setting, value) => ['env:set', setting, value, '--secret', '--context', 'production', '--force'],
    readsValueFromInput: false,
    redeploy: 'netlify deploy --prod, or push',
  },
};

/** The project that this folder is linked to. @throws CannotRun */
export async function linkedProject(platform: Platform, { folder }: Terminal): Promise<string> {
  const { linkFile, linkField, command } = COMMANDS[platform];
  try {
    const linked = JSON.parse(await readFile(resolve(folder, linkFile), 'utf8')) as Readonly<Record<string, unknown>>;
    const id = linked[linkField];
    if (typeof id === 'string' && id !== '') return `${platform} ${id}`;
  } catch {
    // Said below.
  }
  throw new CannotRun(`This folder is not linked to a project: run ${command} link.`);
}

export function createPlatformSettings(platform: Platform, { folder, env }: Terminal): KeySettings {
  const { command, argumentsFor, readsValueFromInput } = COMMANDS[platform];
  return {
    async write(setting, value) {
      const code = await new Promise<number | string>((settle) => {
        // It is told nothing about Ably: the access token is none of its business.
        const { ABLY_CONTROL_TOKEN: _, ...theirs } = env;
        const child = spawn(command, argumentsFor(setting, value), {
          cwd: folder,
          env: theirs,
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        child.on('error', (error) => settle('code' in error ? String(error.code) : 'no code'));
        child.on('exit', (exitCode) => settle(exitCode ?? 'a signal'));
        // One that ends without reading has its own reasons, which its exit code tells.
        child.stdin.on('error', () => {});
        child.stdin.end(readsValueFromInput ? value : '');
      });
      if (code === 0) return;
      const fix = code === 'ENOENT' ? `${command} is not installed` : `${command} ended with ${code}: is it signed in?`;
      throw new RotationError('refused', `${setting} could not be written: ${fix}`);
    },
  };
}
