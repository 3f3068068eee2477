/** What React Native's bundler starts from, in place of the app's index.js: the same App, drawn for a test. */
import * as React from 'react';
import TestRenderer from 'react-test-renderer';
import App from './App';

globalThis.phone = { render: () => TestRenderer.create(React.createElement(App)) };
