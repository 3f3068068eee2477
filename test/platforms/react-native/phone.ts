/**
 * A phone that runs what React Native's bundler packed: an engine with nothing of Node.js and nothing of a browser, and
 * beside it those native modules that the example comes to call. The interface is drawn by React's test renderer, with
 * React Native's own components.
 */
import { createContext, runInContext } from 'node:vm';
import { createNativeNetwork, type NativeNetwork } from './native-network.ts';

export interface Phone {
  readonly network: NativeNetwork;
  /** What is shown under a testID; each of them, where there are several. */
  texts(testId: string): readonly string[];
  /** What has been typed into it; nothing while it is not there. */
  valueOf(testId: string): unknown;
  press(testId: string): void;
  type(testId: string, text: string): void;
  /** The app goes to the background, or comes back. */
  setAppState(state: 'active' | 'background'): void;
  /** Exceptions and errors that React Native reported to its native side. */
  readonly complaints: readonly string[];
  close(): void;
}

/** As much of a node of the test renderer as is used here. */
interface Node {
  readonly props: Readonly<Record<string, unknown>>;
  readonly type: unknown;
  findAll(matches: (node: Node) => boolean): readonly Node[];
  readonly children: readonly (Node | string)[];
}

/** What entry.js leaves there. */
interface Packed {
  readonly render: () => { readonly root: Node; unmount(): void };
}

export function startPhone(bundle: string, localServer: string): Phone {
  const callable = new Map<string, () => { emit(event: string, argument: unknown): void }>();
  const network = createNativeNetwork(localServer, (event, argument) => {
    callable.get('RCTDeviceEventEmitter')?.().emit(event, argument);
  });
  const complaints: string[] = [];
  const modules: Readonly<Record<string, object>> = {
    ...network.modules,
    ...deviceModules(),
    ExceptionsManager: { reportException: ({ message }: { readonly message: string }) => complaints.push(message) },
  };
  const engine = createContext({
    RN$Bridgeless: true,
    RN$registerCallableModule: (name: string, factory: () => { emit(): void }) => callable.set(name, factory),
    __turboModuleProxy: (name: string) => modules[name] ?? null,
    nativeModuleProxy: {},
    nativeLoggingHook() {},
    nativePerformanceNow: () => performance.now(),
    ...{ setTimeout, clearTimeout, setInterval, clearInterval },
    requestAnimationFrame: (draw: () => void) => setTimeout(draw, 16),
    cancelAnimationFrame: clearTimeout,
  });
  runInContext('globalThis.global = globalThis', engine);
  runInContext(bundle, engine, { filename: 'index.bundle' });
  const app = (runInContext('phone', engine) as Packed).render();

  const named = (testId: string): readonly Node[] => app.root.findAll(({ props }) => props.testID === testId);
  /** The component that the app wrote, before what it is made of. */
  function prop(testId: string, name: string): (argument?: unknown) => void {
    const found = named(testId).find(({ props }) => typeof props[name] === 'function');
    if (!found) throw new Error(`nothing named ${testId} has ${name}`);
    return found.props[name] as (argument?: unknown) => void;
  }
  return {
    network,
    complaints,
    texts: (testId) => named(testId).flatMap((node) => (typeof node.type === 'string' ? [textOf(node)] : [])),
    valueOf: (testId) => named(testId)[0]?.props.value,
    press: (testId) => prop(testId, 'onPress')(),
    type: (testId, text) => prop(testId, 'onChangeText')(text),
    setAppState: (state) => callable.get('RCTDeviceEventEmitter')?.().emit('appStateDidChange', { app_state: state }),
    close() {
      app.unmount();
      network.close();
    },
  };
}

function textOf({ children }: Node): string {
  return children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** What an Android phone says about itself. */
function deviceModules(): Readonly<Record<string, object>> {
  const listeners = { addListener() {}, removeListeners() {} };
  const screen = { width: 360, height: 740, scale: 2, fontScale: 1 };
  return {
    PlatformConstants: { getConstants: () => ({ isTesting: true, Version: 36, reactNativeVersion: {} }) },
    DeviceInfo: { getConstants: () => ({ Dimensions: { window: screen, screen } }) },
    AppState: {
      ...listeners,
      getConstants: () => ({ initialAppState: 'active' }),
      getCurrentAppState: (done: (state: object) => void) => done({ app_state: 'active' }),
    },
    NativeMicrotasksCxx: { queueMicrotask },
    NativeReactNativeFeatureFlagsCxx: new Proxy({}, { get: () => () => false }),
  };
}
