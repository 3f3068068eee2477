/**
 * Where a text stops being JSON, and what is likely meant there. `JSON.parse` says where only for some mistakes, each
 * version of Node for others, and quotes the text. Nothing of the text is in what is said here: it may be a secret that
 * was put into the wrong variable (S10).
 */
export interface JsonFault {
  /** To follow "it is not JSON". */
  readonly where: string;
  readonly fix: string;
}

type Wanted = 'value' | 'value or ]' | 'name' | 'name or }' | 'colon' | 'comma or end' | 'nothing';

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/** @param text of which `JSON.parse` says that it is not JSON */
export function findJsonFault(text: string): JsonFault {
  const { offset, wanted, afterComma } = firstFault(text);
  const found = text[offset];
  if (found === undefined) {
    return { where: ': it ends too early', fix: 'Write all of it: a bracket or a quotation mark is open at its end' };
  }
  const lines = text.slice(0, offset).split('\n');
  const where = ` at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
  return { where, fix: fixOf(wanted, found, afterComma) };
}

function fixOf(wanted: Wanted | 'more of a string', found: string, afterComma: boolean): string {
  if (afterComma && /[}\]]/.test(found)) return 'Remove the comma before it';
  if (wanted === 'nothing') return 'Remove what follows there';
  if (wanted === 'more of a string') return 'Escape it, as \\n, \\" or \\\\, or end the text before it';
  if (/[A-Za-z_'“”‘’`]/.test(found) && wanted !== 'comma or end') {
    return 'Write names and texts in double quotes, "like this"';
  }
  if (wanted === 'comma or end' && /["{[\w-]/.test(found)) return 'Write a comma before it, or remove it';
  if (wanted === 'colon') return 'Write a colon before it';
  return 'Mend it there';
}

interface FirstFault {
  /** The length of the text where it ends too early. */
  readonly offset: number;
  readonly wanted: Wanted | 'more of a string';
  readonly afterComma: boolean;
}

function firstFault(text: string): FirstFault {
  const open: ('{' | '[')[] = [];
  let wanted: Wanted = 'value';
  let afterComma = false;
  const afterValue = (): Wanted => (open.length === 0 ? 'nothing' : 'comma or end');
  for (let offset = endOf(SPACE, text, 0); ; offset = endOf(SPACE, text, offset)) {
    const char = text[offset] ?? '';
    const fault = { offset, wanted, afterComma };
    afterComma = false;
    const last = open.at(-1);
    const takesValue: boolean = wanted === 'value' || wanted === 'value or ]';
    const closes: boolean = last === '{' ? wanted === 'name or }' : wanted === 'value or ]';
    if (char === (last === '{' ? '}' : ']') && last && (closes || wanted === 'comma or end')) {
      open.pop();
      wanted = afterValue();
      offset += 1;
    } else if (char === ',' && wanted === 'comma or end') {
      wanted = last === '{' ? 'name' : 'value';
      afterComma = true;
      offset += 1;
    } else if (char === ':' && wanted === 'colon') {
      wanted = 'value';
      offset += 1;
    } else if ((char === '{' || char === '[') && takesValue) {
      open.push(char);
      wanted = char === '{' ? 'name or }' : 'value or ]';
      offset += 1;
    } else if (char === '"' && (takesValue || wanted === 'name' || wanted === 'name or }')) {
      const end = endOf(STRING, text, offset);
      if (text[end] !== '"') return { offset: end, wanted: 'more of a string', afterComma: false };
      wanted = takesValue ? afterValue() : 'colon';
      offset = end + 1;
    } else {
      const end = takesValue ? endOf(SCALAR, text, offset) : offset;
      if (end === offset) return fault;
      wanted = afterValue();
      offset = end;
    }
  }
}

/** Behind what the pattern matches at this place; the place itself where it matches nothing. */
function endOf(sticky: RegExp, text: string, offset: number): number {
  sticky.lastIndex = offset;
  return sticky.test(text) ? sticky.lastIndex : offset;
}
