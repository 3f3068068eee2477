/**
 * Decides, from `ABLY_AUTH_STORE`, where records are kept. Reads no store and no driver: the one that is named is loaded
 * with the first record. Says what is wrong with the setting, and never repeats it, since it may hold a password (S10).
 */
import type { ConfigProblem } from '../../core/config-problem.ts';
import type { ChosenStore } from '../../core/configure-endpoint.ts';
import type { Environment } from '../../core/settings.ts';
import type { RecordStore } from '../../core/stores.ts';

export type StoreKind = 'memory' | 'dynamodb' | 'redis' | 'netlify-blobs';

/** How a host makes the stores that it can reach, each from what the setting says behind the kind. */
export type StoreOpeners = Readonly<Partial<Record<StoreKind, (place: string) => Promise<RecordStore>>>>;

const setting = 'ABLY_AUTH_STORE';

interface Place {
  /** What may stand behind the kind; of a `redis` address, all of it. */
  readonly form: RegExp;
  /** Of what stands there and may not. */
  readonly problem: string;
}

const PLACES: Readonly<Record<StoreKind, Place>> = {
  memory: { form: /^$/, problem: 'memory stands alone' },
  dynamodb: {
    form: /^[\w.-]{3,255}$/,
    problem: 'what stands behind dynamodb: is no name of a table, which is 3 to 255 letters, digits, _, . or -',
  },
  redis: {
    form: /^rediss?:\/\/[^\s/?#]+(\/\d*)?$/,
    problem: 'it is no address of Redis, such as redis://user:password@host:6379/0',
  },
  'netlify-blobs': {
    form: /^[^\s/%]{1,64}$/,
    problem:
      'what stands behind netlify-blobs: is no name of a store, which is up to 64 characters without a space, / or %',
  },
};

/** @param openers of this host, beside `memory`, which every host has */
export function chooseStore(env: Environment, openers: StoreOpeners = {}): ChosenStore {
  const text = env[setting];
  if (!text) return { ok: true, store: undefined };
  const [, scheme = '', rest = ''] = /^([\w-]+):?(.*)$/s.exec(text) ?? [];
  const kind = (scheme === 'rediss' ? 'redis' : scheme) as StoreKind;
  const place = kind === 'redis' ? text : rest;
  const fix = 'Write memory, dynamodb:<table>, redis://…, rediss://… or netlify-blobs:<name>';
  if (!Object.hasOwn(PLACES, kind)) return refused({ setting, problem: 'it names no store that we know', fix });
  const { form, problem } = PLACES[kind];
  if (!form.test(place) || (kind === 'redis' && !URL.canParse(text))) return refused({ setting, problem, fix });
  const open = kind === 'memory' ? openMemory : openers[kind];
  if (!open) {
    const known = ['memory', ...Object.keys(openers)].join(' and ');
    return refused({
      setting,
      problem: `this function opens ${known} by itself, not ${kind}`,
      fix: 'Install the package and name the store in auth.config.ts (docs/stores.md)',
    });
  }
  return { ok: true, store: openOnFirstUse(kind, () => open(place)) };
}

/** One for the process: whom the handler that revokes writes down, the one that issues must find. */
let memory: RecordStore | undefined;

async function openMemory(): Promise<RecordStore> {
  const { memoryStore } = await import('./memory.ts');
  memory ??= memoryStore();
  return memory;
}

function refused(problem: ConfigProblem): ChosenStore {
  return { ok: false, problems: [problem] };
}

/** One driver for the life of the process, since it keeps a connection; one that could not be loaded is forgotten. */
function openOnFirstUse(name: StoreKind, open: () => Promise<RecordStore>): RecordStore {
  let opened: Promise<RecordStore> | undefined;
  const store = (): Promise<RecordStore> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  return Object.freeze({
    name,
    read: async (key) => (await store()).read(key),
    compareAndSet: async (...write) => (await store()).compareAndSet(...write),
    delete: async (key) => (await store()).delete(key),
  } satisfies RecordStore);
}
