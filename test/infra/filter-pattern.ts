/**
 * CloudWatch's filter patterns for JSON log events, as far as ours go: `{ … }` with `$.path` compared by `=`, `!=`, `<`
 * and the like, joined by `&&`, `||` and parentheses. A field that is missing matches nothing, whatever it is compared
 * with, and a line that is not JSON from end to end matches no such pattern.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
type Test = (event: unknown) => boolean;

const TOKEN = /\s*(\(|\)|&&|\|\||!=|<=|>=|=|<|>|\$(?:\.\w+)+|"[^"]*"|-?\d+(?:\.\d+)?)/y;

/** @throws Error on a pattern that CloudWatch would refuse, or that this does not know */
export function compileFilter(pattern: string): (line: string) => boolean {
  const inner = /^\{(.*)\}$/s.exec(pattern.trim())?.[1];
  if (inner === undefined) throw new Error(`not a pattern for JSON: ${pattern}`);
  const tokens = tokenize(inner.trim());
  const test = readEither(tokens);
  if (tokens.length > 0) throw new Error(`left over in ${pattern}: ${tokens.join(' ')}`);
  return (line) => {
    const event = parse(line);
    return event !== undefined && test(event);
  };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw new Error(`cannot be read from: ${text.slice(at)}`);
    tokens.push(token);
  }
  return tokens;
}

function readEither(tokens: string[]): Test {
  const tests = [readBoth(tokens)];
  while (tokens[0] === '||') {
    tokens.shift();
    tests.push(readBoth(tokens));
  }
  return (event) => tests.some((test) => test(event));
}

function readBoth(tokens: string[]): Test {
  const tests = [readOne(tokens)];
  while (tokens[0] === '&&') {
    tokens.shift();
    tests.push(readOne(tokens));
  }
  return (event) => tests.every((test) => test(event));
}

function readOne(tokens: string[]): Test {
  const first = tokens.shift();
  if (first === '(') {
    const test = readEither(tokens);
    if (tokens.shift() !== ')') throw new Error('a parenthesis is not closed');
    return test;
  }
  const operator = tokens.shift();
  const literal = tokens.shift();
  if (!first?.startsWith('$') || operator === undefined || literal === undefined) throw new Error('not a comparison');
  const path = first.split('.').slice(1);
  const isText = literal.startsWith('"');
  const wanted = isText ? literal.slice(1, -1) : Number(literal);
  const compare = COMPARE[operator];
  if (!compare) throw new Error(`${operator} is no comparison`);
  return (event) => {
    const value = path.reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], event);
    return typeof value === typeof wanted && compare(value as never, wanted as never);
  };
}

const COMPARE: Readonly<Record<string, (value: never, wanted: never) => boolean>> = {
  '=': (value, wanted) => value === wanted,
  '!=': (value, wanted) => value !== wanted,
  '<': (value, wanted) => value < wanted,
  '>': (value, wanted) => value > wanted,
  '<=': (value, wanted) => value <= wanted,
  '>=': (value, wanted) => value >= wanted,
};

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
