/** docs/openapi.yaml, read, and what an answer has that the document does not say, or says otherwise. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const PAGE = new URL('../../docs/openapi.yaml', import.meta.url);
export const ISSUE = '/api/ably-auth';
export const REVOKE = '/api/ably-auth-revoke';

interface Header {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly schema?: object;
}
export interface Documented {
  readonly $ref?: string;
  readonly headers: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Operation {
  readonly responses: Readonly<Record<string, Documented>>;
  readonly parameters?: readonly { readonly $ref: string }[];
}

export const document = parse(readFileSync(PAGE, 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
};
const ajv = new Ajv2020({ strict: false, formats: { uri: true } });
ajv.addSchema(document, 'openapi');

/** The schema at a place of the document: what it refers to is found from there. */
function check(schema: object, value: unknown): readonly unknown[] {
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"openapi#/')));
  return validate(value) ? [] : (validate.errors ?? []);
}

function resolved<T extends { readonly $ref?: string }>(node: T): T {
  if (node.$ref === undefined) return node;
  const [, , kind = '', name = ''] = node.$ref.split('/');
  const found = document.components[kind]?.[name];
  if (!found) throw new Error(`${node.$ref} is nowhere`);
  return resolved(found as T);
}

/** What HTTP itself adds. */
const OF_HTTP = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding', 'content-type']);

/** Everything about this answer that the document does not say, or says otherwise. */
export async function differences(path: string, method: string, response: Response): Promise<readonly unknown[]> {
  const operations = document.paths[path] ?? {};
  const operation = operations[method.toLowerCase()] ?? operations[path === ISSUE ? 'put' : 'get'];
  const documented = operation?.responses[response.status];
  if (!documented) return [`${method} ${path} answers ${response.status}`];
  const { headers, content } = resolved(documented);
  const found: unknown[] = [];
  const known = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  for (const [name] of response.headers) {
    if (!known.has(name) && !OF_HTTP.has(name)) found.push(`the header ${name}`);
  }
  for (const [name, header] of Object.entries(headers)) {
    const { required, schema } = resolved(header);
    const value = response.headers.get(name);
    if (value === null && required) found.push(`no header ${name}`);
    if (value !== null && schema) found.push(...check(schema, value));
  }
  const text = await response.text();
  const type = response.headers.get('content-type');
  if (content === undefined) return text === '' && type === null ? found : [...found, 'a body'];
  const media = content[type ?? ''];
  if (!media) return [...found, `the media type ${type}`];
  found.push(...check(media.schema, type === 'application/json' ? JSON.parse(text) : text));
  if (response.ok) return found;
  const { error } = JSON.parse(text) as { error: Record<string, unknown> };
  const twice = [
    [error.code, Number(response.headers.get('x-ably-errorcode'))],
    [error.statusCode, response.status],
    [error.message, response.headers.get('x-ably-errormessage')],
    [error.requestId, response.headers.get('x-request-id')],
  ];
  return [...found, ...twice.filter(([inBody, inHeader]) => inBody !== inHeader)];
}
