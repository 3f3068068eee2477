/** Host by case, printed once at the end of a suite. */
export interface Table {
  record(row: string, column: string, run: () => Promise<void>): Promise<void>;
  print(title: string): void;
}

export function createTable(): Table {
  const rows = new Map<string, Map<string, boolean>>();
  return {
    async record(row, column, run) {
      const cells = rows.get(row) ?? new Map<string, boolean>();
      rows.set(row, cells.set(column, false));
      await run();
      cells.set(column, true);
    },
    print(title) {
      const columns = [...new Set([...rows.values()].flatMap((cells) => [...cells.keys()]))];
      const width = Math.max(0, ...[...rows.keys()].map((name) => name.length));
      const mark = (passed: boolean | undefined): string => (passed === undefined ? '-' : passed ? '+' : 'FAIL');
      const lines = [...rows].map(
        ([name, cells]) =>
          `  ${name.padEnd(width)}  ${columns.map((c, i) => mark(cells.get(c)).padEnd(String(i + 1).length + 1)).join(' ')}`,
      );
      const head = `  ${''.padEnd(width)}  ${columns.map((_, i) => `${i + 1} `).join(' ')}`;
      const legend = columns.map((column, i) => `${i + 1} ${column}`).join(', ');
      console.log([`Host by case: ${title}`, head, ...lines, `  ${legend}`].join('\n'));
    },
  };
}
