/**
 * Reads a config for a function that is started for one request: at a glance where it is plainly in order, and otherwise
 * with all that can find and explain a mistake, which is loaded then and never else.
 */
import type { AuthConfig, AuthDefinition } from '../config.ts';
import type { Resolution, ResolvedAuth } from '../resolve-config.ts';
import type { Environment } from '../settings.ts';
import { glanceConfig } from './glance-config.ts';

export async function resolveAtStart(definition: AuthDefinition, env: Environment): Promise<Resolution> {
  const once = builtOnce(definition, env);
  let namesPreset = false;
  const notePreset = (name: unknown): undefined => {
    namesPreset ||= typeof name === 'string' && name.startsWith('preset:');
  };
  const auth = glanceConfig(once, env, notePreset) ?? (namesPreset && (await glanceWithPresets(once, env)));
  if (auth) return { ok: true, auth };
  const { resolveConfig } = await import('../resolve-config.ts');
  return resolveConfig(once, env);
}

async function glanceWithPresets(definition: AuthDefinition, env: Environment): Promise<ResolvedAuth | undefined> {
  const { presetOperations } = await import('../policy/presets.ts');
  return glanceConfig(definition, env, presetOperations);
}

/** A config is built once a process, whoever reads it; and fails once, in the same way for each. */
function builtOnce(definition: AuthDefinition, env: Environment): AuthDefinition {
  if (typeof definition?.build !== 'function') return definition;
  let config: AuthConfig;
  try {
    config = definition.build(env);
  } catch (error) {
    return {
      build: () => {
        throw error;
      },
    };
  }
  return { build: () => config };
}
