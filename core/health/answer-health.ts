/**
 * `GET …?health`: how the endpoint is doing. What it says, and to whom; loaded when somebody asks.
 *
 * To anybody: whether it is configured, which any other request would show as well, and nothing that costs something:
 * no key is loaded, no source and no store is asked. To an operator (operator-secret.ts): what is needed to know which
 * key, policy and build answer here. Never a credential, whatever else the request says.
 *
 * An answer leaves no line in the log, which a load balancer would fill; what is refused does.
 */
import { asFailure } from '../as-failure.ts';
import type { ChosenParts, PreparedPorts } from '../assemble-endpoint.ts';
import { refusal } from '../auth-event.ts';
import type { ConfigProblem } from '../config-problem.ts';
import { AuthFailure } from '../errors.ts';
import type { AuthRequest, AuthResponse } from '../http.ts';
import { startWatch } from '../watch.ts';
import { answerDocument, answerFailure } from '../wire/answer.ts';
import { corsHeaders } from '../wire/cors.ts';
import { requestIdOf } from '../wire/request-id.ts';
import { describeEndpoint, describeMisconfigured } from './describe-endpoint.ts';
import { checkOperator } from './operator-secret.ts';

/** @param problems all of them: with any, every other request is answered 503 */
export async function answerHealth(
  request: AuthRequest,
  { env }: Pick<ChosenParts, 'env'>,
  prepared: PreparedPorts,
  problems: readonly ConfigProblem[],
): Promise<AuthResponse> {
  const requestId = requestIdOf(request);
  const { ports } = prepared;
  const watch = ports.onEvent && startWatch(requestId, request, ports);
  const { cors, docsBaseUrl } = prepared.ok ? prepared.auth : { cors: prepared.cors, docsBaseUrl: undefined };
  const context = { requestId, cors: corsHeaders(cors, request), docsBaseUrl, methods: 'GET, HEAD, OPTIONS' };
  const isWell = prepared.ok && problems.length === 0;
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') throw new AuthFailure('get-only');
    const check = checkOperator(request, env);
    if (check === 'refused') throw new AuthFailure('bad-credential', 'health: not the operator’s secret');
    const describe = () => (isWell ? describeEndpoint(prepared, ports.nowMs) : describeMisconfigured(problems));
    const details = check === 'operator' ? await describe() : {};
    const document = { status: isWell ? 'ok' : 'misconfigured', ...details };
    const answer = answerDocument(isWell ? 200 : 503, document, context);
    return request.method === 'HEAD' ? { ...answer, body: '' } : answer;
  } catch (error) {
    const failure = asFailure(error);
    const answer = answerFailure(failure, context);
    watch?.tell(answer, refusal(failure));
    return answer;
  }
}
