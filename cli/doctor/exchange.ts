/**
 * One request and what really came back: status, header lines as they were sent, bytes, certificate, times. No redirect is
 * followed and no cache asked, and every request opens a connection of its own, as that of a phone does.
 */
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import type { NameValue } from '../../core/http.ts';

export interface Question {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly NameValue[];
  readonly body?: string;
}

export interface Certificate {
  readonly validToMs: number;
  readonly protocol: string;
}

export interface Exchange {
  readonly question: Question;
  readonly status: number;
  /** Names in lower case, a value for each line. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Decoded where it was compressed in a way that is known. */
  readonly body: string;
  readonly certificate: Certificate | undefined;
  readonly address: string | undefined;
  /** On our clock. */
  readonly sentAtMs: number;
  readonly receivedAtMs: number;
  readonly firstByteMs: number;
}

/** `certificate`: the other end is not who it should be, so that nothing was sent to it. */
export type NoAnswerKind = 'unknown host' | 'refused' | 'certificate' | 'too late' | 'broken off';

export class NoAnswer extends Error {
  readonly kind: NoAnswerKind;
  constructor(kind: NoAnswerKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/** More than any credential: the rest of what is no answer of such an endpoint is not read. */
const MAX_READ_BYTES = 1024 * 1024;

/** @throws NoAnswer */
export function exchange(question: Question, timeoutMs: number): Promise<Exchange> {
  const { method, url, headers, body } = question;
  const options: RequestOptions = { method, agent: false, headers: linesByName(headers, body) };
  const sentAtMs = Date.now();
  const startMs = performance.now();
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
    let isLate = false;
    const late = setTimeout(() => {
      isLate = true;
      request.destroy();
    }, timeoutMs);
    const fail = (error: Error): void => {
      clearTimeout(late);
      reject(isLate ? new NoAnswer('too late', `no answer in ${timeoutMs} ms`) : noAnswer(error));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const firstByteMs = performance.now() - startMs;
      const { socket } = response;
      const seen = {
        certificate: 'getPeerCertificate' in socket ? certificateOf(socket as TLSSocket) : undefined,
        address: socket.remoteAddress,
      };
      readBody(response).then((bytes) => {
        clearTimeout(late);
        request.destroy();
        const lines = headerLines(response.rawHeaders);
        const text = decode(bytes, lines.get('content-encoding')?.join());
        const status = response.statusCode ?? 0;
        resolve({
          question,
          status,
          headers: lines,
          body: text,
          ...seen,
          sentAtMs,
          receivedAtMs: Date.now(),
          firstByteMs,
        });
      }, fail);
    });
    request.end(body);
  });
}

function linesByName(headers: readonly NameValue[], body: string | undefined): Record<string, string | string[]> {
  const byName: Record<string, string[]> = {};
  for (const [name, value] of headers) byName[name] = [...(byName[name] ?? []), value];
  return { ...byName, ...(body !== undefined && { 'Content-Length': String(Buffer.byteLength(body)) }) };
}

function certificateOf(socket: TLSSocket): Certificate {
  return { validToMs: Date.parse(socket.getPeerCertificate().valid_to), protocol: socket.getProtocol() ?? 'unknown' };
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MAX_READ_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function headerLines(raw: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const lines = new Map<string, string[]>();
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] ?? '').toLowerCase();
    lines.set(name, [...(lines.get(name) ?? []), raw[i + 1] ?? '']);
  }
  return lines;
}

function decode(bytes: Buffer, encoding: string | undefined): string {
  const bounds = { maxOutputLength: MAX_READ_BYTES };
  try {
    if (encoding === 'gzip') return gunzipSync(bytes, bounds).toString();
    if (encoding === 'br') return brotliDecompressSync(bytes, bounds).toString();
    if (encoding === 'deflate') return inflateSync(bytes, bounds).toString();
  } catch {
    // It is not what it says; shown as it came.
  }
  return bytes.toString();
}

function noAnswer(error: Error): NoAnswer {
  const { code = '' } = error as { readonly code?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return new NoAnswer('unknown host', `the host name has no address (${code})`);
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)$/.test(code))
    return new NoAnswer('refused', `no connection (${code})`);
  if (/CERT|ISSUER|SELF_SIGNED|^UNABLE_TO_|^ERR_TLS|^ERR_SSL|^EPROTO$/.test(code))
    return new NoAnswer('certificate', code);
  return new NoAnswer('broken off', `the connection broke off (${code || error.name})`);
}
