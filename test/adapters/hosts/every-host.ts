/** Every host and every generation of event that we say we serve. */
import type { Host } from '../support/exchange.ts';
import { lambdaHosts } from './lambda-hosts.ts';
import { socketHosts } from './socket-hosts.ts';
import { webHosts } from './web-hosts.ts';

export const everyHost: readonly Host[] = [...lambdaHosts(false), ...lambdaHosts(true), ...webHosts, ...socketHosts];
