/** Reads on the server who is here, and gives each identity a client of its own. */
import { cookies } from 'next/headers';
import { readSession, SESSION_COOKIE } from '../lib/session';
import { whereAblyIs } from '../lib/where-ably-is';
import { signIn, signOut } from './actions';
import { Live } from './live';

export default async function Page() {
  const session = await readSession((await cookies()).get(SESSION_COOKIE)?.value);
  if (!session) {
    return (
      <form action={signIn}>
        <label>
          Name <input name="name" autoComplete="username" required />
        </label>
        <button type="submit">Sign in</button>
      </form>
    );
  }
  return (
    <>
      <form action={signOut}>
        {session.user} <button type="submit">Sign out</button>
      </form>
      {/* A new identity cannot join an old connection. With another key React takes the old one down first. */}
      <Live key={session.user} whereAblyIs={await whereAblyIs()} />
    </>
  );
}
