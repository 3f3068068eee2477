/** Where in docs/scale.md a table stands: between `<!-- table: name -->` and `<!-- end -->`. */
import { capacityTables } from './tables.ts';

/** The page with every table computed anew. @throws Error for a mark that names no table, or a table without a mark */
export function withTables(page: string): string {
  const tables = capacityTables();
  const placed = new Set<string>();
  const written = page.replace(/<!-- table: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_, name: string) => {
    const text = tables[name];
    if (text === undefined) throw new Error(`There is no table ${name}`);
    placed.add(name);
    return `<!-- table: ${name} -->\n${text}\n<!-- end -->`;
  });
  const missing = Object.keys(tables).filter((name) => !placed.has(name));
  if (missing.length > 0) throw new Error(`The page has no place for ${missing.join(', ')}`);
  return written;
}
