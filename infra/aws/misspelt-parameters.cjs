'use strict';
/**
 * Which of the parameters that somebody gave are ours, written wrongly: nothing would read them, and nothing would say so.
 * Others are left alone. They are somebody's own, and may be asked for in a file that is not known here.
 */
const { readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

/** Letters that may be wrong, missing, too many or swapped with the next: a name of one's own differs in more. */
const LETTERS_WRONG = { inShortNames: 1, inLongNames: 2 };
const LONG_NAME_LETTERS = 8;

/** @returns a sentence for each, of those from the command line and of those in `params` of serverless.yml */
module.exports = async ({ options, resolveConfigurationProperty }, ours) => {
  const stages = (await resolveConfigurationProperty(['params'])) ?? {};
  const given = [
    ...[options?.param ?? []].flat().map((each) => each.split('=')[0]),
    ...Object.values(stages).flatMap((stage) => Object.keys(stage ?? {})),
  ];
  const asked = askedBeside();
  return [...new Set(given)].flatMap((name) => {
    if (ours.includes(name) || asked.includes(name)) return [];
    const meant = ours.find((each) => isMeant(each, name));
    return meant ? [`There is no parameter ${name}. Did you mean ${meant}?`] : [];
  });
};

/** In serverless.yml, whatever its name, and in what may be included from beside it. */
function askedBeside() {
  const folder = join(__dirname, '../..');
  const texts = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ya?ml|json|[cm]?[jt]s)$/.test(entry.name))
    .map(({ name }) => readFileSync(join(folder, name), 'utf8'));
  return texts.flatMap((text) => [...text.matchAll(/\bparam:([\w.-]+)/g)].map(([, name]) => name));
}

function isMeant(ours, given) {
  const [one, other] = [ours, given].map((name) => name.replace(/[-_]/g, '').toLowerCase());
  return lettersWrong(one, other) <= LETTERS_WRONG[one.length < LONG_NAME_LETTERS ? 'inShortNames' : 'inLongNames'];
}

/** The distance of Damerau and Levenshtein, in its simple form (optimal string alignment). */
function lettersWrong(one, other) {
  const rows = [Array.from({ length: other.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= one.length; row += 1) {
    rows[row] = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      rows[row][column] = Math.min(
        rows[row - 1][column] + 1,
        rows[row][column - 1] + 1,
        rows[row - 1][column - 1] + (isSame ? 0 : 1),
        row > 1 && column > 1 && isSwapped ? rows[row - 2][column - 2] + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return rows[one.length][other.length];
}
