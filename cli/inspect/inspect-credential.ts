/** What a text is: which kind of credential, or what somebody took for one. The checks of each kind are in files of their own. */
import { readApiKey } from '../../core/keys/api-key.ts';
import { MAX_ABLY_TOKEN_CHARS, MAX_TOKEN_JSON_BYTES } from '../../core/limits.ts';
import { CannotRun } from '../command.ts';
import { type JsonObject, readJsonObject } from '../read-json-object.ts';
import { type Moment, readClientId, readKeyName } from './checks.ts';
import { describeSpan, Findings, type Inspection } from './inspection.ts';
import { inspectJwt } from './jwt.ts';
import { readRights } from './rights.ts';
import { inspectTokenRequest } from './token-request.ts';

/** @throws CannotRun for what is nothing of it; the message holds nothing of the text (S10) */
export function inspectCredential(given: string, moment: Moment): Inspection {
  const text = unquoted(given.trim());
  if (text === '') throw new CannotRun('There is nothing to inspect.');
  const record = readJsonObject(text);
  if (record) return inspectRecord(record, moment);
  const jwt = inspectJwt(text, moment, inspectCredential);
  if (jwt) return jwt;
  if (readApiKey(text)) return inspectApiKey();
  if (/^v1\.[\w-]+\.[\w-]+\.[\w-]+$/.test(text)) return inspectOurs();
  if (/^[\w-]+\.[\w+/=.!-]+$/.test(text)) return inspectLiteral(text);
  throw new CannotRun('That is no TokenRequest, no JWT, no TokenDetails and no token.');
}

/** As an answer of JSON or a shell's variable may have it. */
function unquoted(text: string): string {
  return text.replace(/^bearer\s+/i, '').replace(/^"(.*)"$/s, '$1');
}

function inspectRecord(record: JsonObject, moment: Moment): Inspection {
  if (typeof record.token === 'string') return inspectDetails(record, record.token, moment);
  if ('keyName' in record || 'mac' in record || 'nonce' in record) return inspectTokenRequest(record, moment);
  if (typeof record.error === 'object' && record.error !== null) return inspectError(record.error as JsonObject);
  throw new CannotRun('That is JSON, and no TokenRequest, no TokenDetails and no error of Ably’s form.');
}

function inspectDetails(record: JsonObject, token: string, moment: Moment): Inspection {
  const findings = new Findings();
  const clientId = readClientId(record.clientId ?? undefined, findings);
  const times: { issuedAt?: number; expiresAt?: number } = {};
  for (const [field, name] of [
    ['issued', 'issuedAt'],
    ['expires', 'expiresAt'],
  ] as const) {
    const value = record[field];
    if (typeof value === 'number' && Number.isSafeInteger(value)) times[name] = value;
    else if (value !== undefined || field === 'issued') {
      findings.error(
        `its ${field} is no whole number`,
        'Milliseconds since 1970: without issued, SDKs for phones take it for a TokenRequest',
      );
    }
  }
  const { issuedAt, expiresAt } = times;
  if (expiresAt !== undefined && expiresAt <= moment.nowMs) {
    findings.error(
      `it has expired, ${describeSpan(moment.nowMs - expiresAt)} ago (40142)`,
      'Ask the endpoint for another one',
    );
  }
  if (JSON.stringify(record).length > MAX_TOKEN_JSON_BYTES)
    findings.error('it is larger than 128 KB', 'Clients refuse it: grant less');
  const keyName = record.keyName === undefined ? undefined : readKeyName(record.keyName, 'keyName', findings);
  const capability = readRights(record.capability, clientId, findings);
  return {
    kind: 'token-details',
    ...(keyName !== undefined && { keyName }),
    ...(clientId !== undefined && { clientId }),
    ...times,
    ...(issuedAt !== undefined && expiresAt !== undefined && { ttlMs: expiresAt - issuedAt }),
    ...(capability && { capability }),
    findings: findings.all,
    inner: inspectCredential(token, moment),
  };
}

/** Ably alone can read it. Its first part is the app's id. */
function inspectLiteral(text: string): Inspection {
  const findings = new Findings();
  findings.note(
    'only Ably can say whose it is, what it allows and until when',
    'Ask for TokenDetails, which say it beside the token',
  );
  if (text.length > MAX_ABLY_TOKEN_CHARS) {
    findings.warning(
      `it has ${text.length} characters, more than Ably documents (${MAX_ABLY_TOKEN_CHARS})`,
      'Look at where it was copied from',
    );
  }
  return { kind: 'ably-token', findings: findings.all };
}

function inspectApiKey(): Inspection {
  const findings = new Findings();
  findings.error(
    'whoever has it may do everything that it allows, as anybody, for good',
    'No client may have it. If somebody else has seen it, replace it now: node_modules/ably-auth-functions/docs/rotation.md, "The day the key leaks"',
  );
  return { kind: 'api-key', findings: findings.all };
}

function inspectOurs(): Inspection {
  const findings = new Findings();
  findings.error(
    'Ably does not take it: it is shown to the endpoint',
    'As a cookie: ably-auth-functions explain --cookie -',
  );
  return { kind: 'own-cookie', findings: findings.all };
}

function inspectError({ code, statusCode, message, requestId }: JsonObject): Inspection {
  const findings = new Findings();
  const said = [statusCode, code, message]
    .filter((part) => part !== undefined)
    .map(String)
    .join(' ');
  const fix =
    requestId === undefined
      ? 'Ask why with ably-auth-functions explain'
      : `The log has more under ${String(requestId)}`;
  findings.error(`no credential was given: ${said.slice(0, 300)}`, fix);
  return { kind: 'error', findings: findings.all };
}
