/**
 * Loaded before Netlify's tool, which has no option for it: servers that name a port and no host listen on this machine
 * alone and not on every network that it is in.
 */
import { Server } from 'node:net';

const { listen } = Server.prototype;

Server.prototype.listen = function (port, ...rest) {
  const hasHost = typeof rest[0] === 'string';
  return typeof port === 'number' && !hasHost
    ? listen.call(this, port, '127.0.0.1', ...rest)
    : listen.call(this, port, ...rest);
};
