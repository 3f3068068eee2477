/**
 * A self-signed certificate made on the spot, with node:crypto and the few structures of RFC 5280 that it needs: one that
 * lies in the repository would end one day, and so would the tests.
 */
import { generateKeyPairSync, sign } from 'node:crypto';

export interface MadeCertificate {
  /** PEM. */
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;

/** For this address; its own authority. @param validDays from now; negative: it has ended */
export function makeCertificate(validDays: number, address = '127.0.0.1'): MadeCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(set(sequence(oid('550403'), tagged(0x0c, Buffer.from('an obviously fake endpoint')))));
  const from = Date.now() - 30 * DAY_MS;
  const names = sequence(tagged(0x87, Buffer.from(address.split('.').map(Number))));
  const isAuthority = sequence(tagged(0x01, Buffer.from([0xff])));
  const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
  const body = sequence(
    tagged(0xa0, integer(2)),
    integer(Date.now() % 0x7fffffff),
    ecdsaWithSha256,
    name,
    sequence(time(from), time(Date.now() + validDays * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(extension('551d11', names), extension('551d13', isAuthority))),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
  const text = sequence(body, ecdsaWithSha256, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'));
}

/** Below 2^31, so that its first bit says it is positive. */
function integer(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  const start = bytes.findIndex((byte, index) => index === 3 || byte !== 0);
  const digits = bytes.subarray(start);
  return tagged(0x02, digits[0] !== undefined && digits[0] > 0x7f ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** GeneralizedTime, to the second. */
function time(atMs: number): Buffer {
  return tagged(0x18, Buffer.from(`${new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), tagged(0x04, value));
}
