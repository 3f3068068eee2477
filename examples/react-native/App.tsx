/** A form until somebody has signed in, then what is live for them. */
import { useEffect, useRef, useState } from 'react';
import { AppState, Button, ScrollView, Text, TextInput, View } from 'react-native';
import { type Live, type LiveState, openLive, whereAblyIs } from './live';
import { signIn, signOut } from './login';

export default function App() {
  const [user, setUser] = useState('');
  const leave = () => {
    signOut();
    setUser('');
  };
  return (
    <View style={{ flex: 1, padding: 48 }}>
      {/* Another key is another component: the old connection is closed before the new one opens. */}
      {user ? <News key={user} user={user} onLeave={leave} /> : <SignIn onSignedIn={setUser} />}
    </View>
  );
}

function SignIn({ onSignedIn }: { readonly onSignedIn: (user: string) => void }) {
  const [name, setName] = useState('');
  const [problem, setProblem] = useState('');
  const busy = useRef(false);
  const submit = () => {
    // Two taps are one: the answer to the second could sign in again who has left meanwhile.
    if (busy.current) return;
    busy.current = true;
    signIn(name).then(
      () => onSignedIn(name),
      (error: Error) => {
        busy.current = false;
        setProblem(error.message);
      },
    );
  };
  return (
    <>
      <TextInput testID="name" placeholder="Name" autoCapitalize="none" value={name} onChangeText={setName} />
      <Button testID="sign-in" title="Sign in" onPress={submit} />
      <Text testID="problem">{problem}</Text>
    </>
  );
}

function News({ user, onLeave }: { readonly user: string; readonly onLeave: () => void }) {
  const [[state, detail], setState] = useState<readonly [LiveState, string]>(['connecting', user]);
  const [lines, setLines] = useState<readonly string[]>([]);
  const [channel, setChannel] = useState('room:garden');
  const live = useRef<Live>(undefined);
  const add = (line: string) => setLines((before) => [...before, line]);

  useEffect(() => {
    let left = false;
    whereAblyIs().then(
      (options) => {
        if (left) return;
        live.current = openLive(options, {
          onState: (next, why) => setState((before) => (isNews(before, next) ? [next, why] : before)),
          onMessage: (from, data) => setLines((before) => [...before, `${from}: ${JSON.stringify(data)}`]),
        });
      },
      (error: Error) => setState(['trying again', error.message]),
    );
    // A system puts an app to sleep, timers and all.
    const front = AppState.addEventListener('change', (next) => {
      if (next === 'active') live.current?.wake();
    });
    return () => {
      left = true;
      front.remove();
      live.current?.close();
    };
  }, []);

  const open = () => {
    live.current?.open(channel).then(
      (isOpen) => add(`${channel} is ${isOpen ? 'open' : 'closed to you'}`),
      (error: Error) => add(`${channel} cannot be opened now: ${error.message}`),
    );
  };
  return (
    <>
      <Text testID="state" accessibilityLiveRegion="polite">
        {state} {detail}
      </Text>
      <Button testID="sign-out" title={state === 'signed out' ? 'Sign in again' : 'Sign out'} onPress={onLeave} />
      <TextInput testID="channel" autoCapitalize="none" value={channel} onChangeText={setChannel} />
      <Button testID="open" title="Open one more channel" onPress={open} />
      <ScrollView>
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines are added at the end only
          <Text key={index} testID="line">
            {line}
          </Text>
        ))}
      </ScrollView>
    </>
  );
}

/** Who is signed out sees that until there is a connection again, and not each further try. */
function isNews([before]: readonly [LiveState, string], next: LiveState): boolean {
  return !(before === 'signed out' && next === 'trying again');
}
