/**
 * Parses files with the grammars of this lane and prints, as JSON, what of each is no Swift or no Dart: `{ path: [place, …] }`.
 * The language is told by the name's ending.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Language, Parser } from 'web-tree-sitter';

await Parser.init();
const parser = new Parser();
const languages = new Map();
const found = {};
for (const path of process.argv.slice(2)) {
  parser.setLanguage(await languageOf(path));
  found[path] = [...mistakesIn(parser.parse(readFileSync(path, 'utf8')).rootNode)];
}
process.stdout.write(JSON.stringify(found));

async function languageOf(path) {
  const name = path.split('.').at(-1);
  if (!languages.has(name)) {
    const grammar = import.meta.resolve(`@repomix/tree-sitter-wasms/out/tree-sitter-${name}.wasm`);
    languages.set(name, await Language.load(fileURLToPath(grammar)));
  }
  return languages.get(name);
}

function* mistakesIn(node) {
  if (node.isError || node.isMissing) yield `${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`;
  for (const child of node.children) yield* mistakesIn(child);
}
