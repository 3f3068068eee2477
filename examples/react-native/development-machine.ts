/**
 * Where the local server is, as the phone sees it: `localhost` is the phone itself.
 *
 * A phone in your hand: write your machine's address in the network below, and start the server with `HOST=0.0.0.0`. Or,
 * with Android, `adb reverse` as in README.md.
 */
import { Platform } from 'react-native';

const MACHINE = Platform.select({
  // The emulator's name for the machine that it runs on.
  android: '10.0.2.2',
  // The simulator has the network of the machine. With a dot, or the SDK would take it for a name of Ably's.
  default: '127.0.0.1',
});

export const LOCAL_SERVER = `http://${MACHINE}:3000`;
