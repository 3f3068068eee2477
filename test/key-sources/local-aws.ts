/**
 * Secrets Manager and Parameter Store as far as the key sources use them, over real HTTP on the loopback interface.
 *
 * Written from the API references and from recorded answers, not from our drivers: it refuses what AWS refuses, and
 * computes the SigV4 signature again. A test changes what is stored and how the service feels while requests run.
 */
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const CREDENTIALS = { accessKeyId: 'LOCALACCESSKEY', secretAccessKey: 'local-aws-secret-access-key' };
export const REGION = 'eu-west-1';

/** How it answers: as it should, with an AWS error, never, half, or with something that is no answer. */
export type Mood =
  | { readonly kind: 'well' | 'hang' | 'hang-in-body' | 'reset' }
  | { readonly kind: 'error'; readonly type: string; readonly message?: string; readonly status?: number }
  | { readonly kind: 'raw'; readonly body: string; readonly status?: number };

interface Version {
  readonly SecretString?: string;
  readonly SecretBinary?: string;
}

/** A version without a value is one that a rotation has announced. */
interface Secret {
  readonly versions: Map<string, { readonly value: Version | undefined; stages: string[] }>;
  changedAtMs: number;
  deleted?: true;
}

export interface Call {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const NO_SECRET = "Secrets Manager can't find the specified secret";

class AwsError extends Error {
  readonly type: string;
  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}

export class LocalAws {
  readonly calls: Call[] = [];
  mood: Mood = { kind: 'well' };
  url = '';
  /** Of every secret, as DescribeSecret has it. */
  replicas: readonly { readonly Region: string; readonly Status: 'InSync' | 'InProgress' | 'Failed' }[] = [];
  /** By which the store dates its changes. */
  nowMs: () => number = Date.now;
  readonly #secrets = new Map<string, Secret>();
  readonly #parameters = new Map<string, string[]>();
  readonly #server = createServer((incoming, outgoing) => {
    this.#serve(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });

  async start(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** As PutSecretValue: the version that was current becomes AWSPREVIOUS. */
  putSecret(id: string, value: string | Version): void {
    const version = typeof value === 'string' ? { SecretString: value } : value;
    const { versions = new Map() } = this.#secrets.get(id) ?? {};
    const secret: Secret = { versions, changedAtMs: 0 };
    this.#secrets.set(id, secret);
    const versionId = randomUUID();
    secret.versions.set(versionId, { value: version, stages: [] });
    this.#moveStage(secret, 'AWSCURRENT', versionId);
  }

  /** As Secrets Manager begins a rotation: a version that is pending and has no value. */
  announceVersion(id: string, versionId: string): void {
    const secret = this.#secret(id);
    secret.versions.set(versionId, { value: undefined, stages: [] });
    this.#moveStage(secret, 'AWSPENDING', versionId);
  }

  arnOf(id: string): string {
    return `arn:aws:secretsmanager:${REGION}:123456789012:secret:${id}-AbCdEf`;
  }

  deleteSecret(id: string): void {
    const secret = this.#secrets.get(id);
    if (secret !== undefined) secret.deleted = true;
  }

  /** As PutParameter with Overwrite: one version more. */
  putParameter(name: string, value: string): void {
    this.#parameters.set(name, [...(this.#parameters.get(name) ?? []), value]);
  }

  /** Also what the extension answers from. */
  getSecretValue(id: unknown, stage: unknown = 'AWSCURRENT', versionId?: unknown): Record<string, unknown> {
    const { versions } = this.#secret(id);
    const found = [...versions].find(([name, { stages }]) =>
      versionId === undefined ? stages.includes(String(stage)) : name === versionId,
    );
    const [VersionId, { value, stages }] = found ?? ['', { value: undefined, stages: [] }];
    if (value === undefined) {
      const sought = versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`;
      throw new AwsError('ResourceNotFoundException', `${NO_SECRET} value for ${sought}`);
    }
    const ARN = this.arnOf(String(id));
    return { ARN, Name: id, CreatedDate: 1_760_000_000.123, ...value, VersionId, VersionStages: stages };
  }

  #secret(id: unknown): Secret {
    const name = [...this.#secrets.keys()].find((known) => known === id || this.arnOf(known) === id);
    const secret = name === undefined ? undefined : this.#secrets.get(name);
    if (secret === undefined) throw new AwsError('ResourceNotFoundException', `${NO_SECRET}.`);
    if (secret.deleted) {
      const message = "You can't perform this operation on the secret because it was marked for deletion.";
      throw new AwsError('InvalidRequestException', message);
    }
    return secret;
  }

  /** A label is on one version at most; AWSPREVIOUS follows AWSCURRENT by itself. */
  #moveStage(secret: Secret, stage: string, to: string): void {
    secret.changedAtMs = this.nowMs();
    for (const [versionId, version] of secret.versions) {
      if (!version.stages.includes(stage) || versionId === to) continue;
      version.stages = version.stages.filter((label) => label !== stage);
      if (stage === 'AWSCURRENT') this.#moveStage(secret, 'AWSPREVIOUS', versionId);
    }
    const target = secret.versions.get(to);
    if (target !== undefined && !target.stages.includes(stage)) target.stages.push(stage);
  }

  #describeSecret(id: unknown): Record<string, unknown> {
    const { versions, changedAtMs } = this.#secret(id);
    const labelled = [...versions].filter(([, { stages }]) => stages.length > 0);
    const VersionIdsToStages = Object.fromEntries(labelled.map(([versionId, { stages }]) => [versionId, stages]));
    const ReplicationStatus = this.replicas;
    const LastChangedDate = changedAtMs / 1000;
    return { ARN: this.arnOf(String(id)), Name: id, LastChangedDate, VersionIdsToStages, ReplicationStatus };
  }

  #putSecretValue(input: Record<string, unknown>): Record<string, unknown> {
    const secret = this.#secret(input.SecretId);
    const versionId = String(input.ClientRequestToken);
    if (versionId.length < 32 || versionId.length > 64) throw new AwsError('ValidationException', 'ClientRequestToken');
    const value = { SecretString: String(input.SecretString) };
    const before = secret.versions.get(versionId);
    if (before?.value !== undefined && before.value.SecretString !== value.SecretString) {
      throw new AwsError('ResourceExistsException', 'another value has this version');
    }
    secret.versions.set(versionId, { value, stages: before?.stages ?? [] });
    for (const stage of (input.VersionStages as string[] | undefined) ?? ['AWSCURRENT']) {
      this.#moveStage(secret, stage, versionId);
    }
    return { ARN: this.arnOf(String(input.SecretId)), VersionId: versionId };
  }

  #updateSecretVersionStage(input: Record<string, unknown>): Record<string, unknown> {
    const secret = this.#secret(input.SecretId);
    const holder = [...secret.versions].find(([, { stages }]) => stages.includes(String(input.VersionStage)))?.[0];
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html
    if (holder !== undefined && holder !== input.MoveToVersionId && holder !== input.RemoveFromVersionId) {
      throw new AwsError('InvalidParameterException', 'the label is on another version than RemoveFromVersionId');
    }
    if (!secret.versions.has(String(input.MoveToVersionId))) throw new AwsError('ResourceNotFoundException', '');
    this.#moveStage(secret, String(input.VersionStage), String(input.MoveToVersionId));
    return {};
  }

  getParameter(selector: unknown): Record<string, unknown> {
    const [name = '', version] = String(selector).split(':');
    const versions = this.#parameters.get(name);
    if (versions === undefined) throw new AwsError('ParameterNotFound', '');
    const Version = version === undefined ? versions.length : Number(version);
    const Value = versions[Version - 1];
    if (Value === undefined) throw new AwsError('ParameterVersionNotFound', `version ${version} not found`);
    return { Parameter: { Name: name, Type: 'SecureString', Value, Version, DataType: 'text' } };
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const operation = String(incoming.headers['x-amz-target']);
    const input = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    this.calls.push({ operation, input });
    const { mood } = this;
    if (mood.kind === 'hang') return;
    if (mood.kind === 'reset') return void incoming.socket.destroy();
    if (mood.kind === 'raw') return answer(outgoing, mood.status ?? 200, mood.body);
    try {
      if (mood.kind === 'error') throw new AwsError(mood.type, mood.message ?? '');
      checkRequest(incoming, body);
      const text = JSON.stringify(this.#perform(operation, input));
      if (mood.kind === 'well') return answer(outgoing, 200, text);
      outgoing.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': text.length });
      outgoing.write(text.slice(0, -5));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const status = mood.kind === 'error' ? mood.status : undefined;
      answer(outgoing, status ?? 400, JSON.stringify({ __type: error.type, Message: error.message }));
    }
  }

  #perform(operation: string, input: Record<string, unknown>): Record<string, unknown> {
    switch (operation) {
      case 'secretsmanager.GetSecretValue':
        return this.getSecretValue(input.SecretId, input.VersionStage, input.VersionId);
      case 'secretsmanager.DescribeSecret':
        return this.#describeSecret(input.SecretId);
      case 'secretsmanager.PutSecretValue':
        return this.#putSecretValue(input);
      case 'secretsmanager.UpdateSecretVersionStage':
        return this.#updateSecretVersionStage(input);
    }
    if (operation === 'AmazonSSM.GetParameter') {
      if (input.WithDecryption !== true) throw new AwsError('ValidationException', 'the value would be the ciphertext');
      return this.getParameter(input.Name);
    }
    throw new AwsError('UnknownOperationException', operation);
  }
}

function answer(outgoing: ServerResponse, status: number, body: string): void {
  outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'local-1' });
  outgoing.end(body);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
function checkRequest({ method, url, headers }: IncomingMessage, body: Buffer): void {
  const target = `${method} ${url} ${headers['content-type']}`;
  if (target !== 'POST / application/x-amz-json-1.1') throw new AwsError('SerializationException', target);
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([a-z0-9-]+)\/(\w+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const parts = form.exec(headers.authorization ?? '');
  if (parts === null) throw new AwsError('MissingAuthenticationToken', 'not signed');
  const [, accessKeyId, day = '', region = '', service = '', signedHeaders = '', signature] = parts;
  if (accessKeyId !== CREDENTIALS.accessKeyId) throw new AwsError('UnrecognizedClientException', 'no such access key');
  const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const lines = signedHeaders.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`);
  const canonical = ['POST', '/', '', lines.join(''), signedHeaders, sha256(body)].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    hmac,
    `AWS4${CREDENTIALS.secretAccessKey}`,
  );
  if (hmac(key, text).toString('hex') !== signature || !signedHeaders.includes('host')) {
    throw new AwsError('InvalidSignatureException', 'the signature does not match');
  }
}
