'use server';

import { cookies } from 'next/headers';
import { SESSION_COOKIE, SESSION_SECONDS, writeSession } from '../lib/session';

/** Takes anyone's word: yours checks a password first, or leaves it to your identity provider. */
export async function signIn(form: FormData): Promise<void> {
  const user = String(form.get('name')).trim();
  if (!user) return;
  (await cookies()).set(SESSION_COOKIE, await writeSession(user), {
    httpOnly: true,
    sameSite: 'lax',
    secure: process.env.NODE_ENV === 'production',
    maxAge: SESSION_SECONDS,
  });
}

export async function signOut(): Promise<void> {
  (await cookies()).delete(SESSION_COOKIE);
}
