/** One line of an evaluation. */
export interface Figure {
  /** What it was measured on: a file, or the name of a built-in test. */
  readonly on: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What the project set out to reach, where it set a goal. */
  readonly goal?: Goal;
}

export type Goal =
  { readonly atLeast: number } | { readonly atMost: number } | { readonly between: readonly [number, number] };

export function isReached(value: number, goal: Goal): boolean {
  if ('atLeast' in goal) return value >= goal.atLeast;
  if ('atMost' in goal) return value <= goal.atMost;
  return value >= goal.between[0] && value <= goal.between[1];
}

/** @returns the figures as a table for people. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ on, what, value, unit, goal }) => [
    on,
    what,
    `${numberOf(value)}${unit === '' ? '' : ` ${unit}`}`,
    goal === undefined ? '' : goalOf(goal),
    goal === undefined || Number.isNaN(value) ? '' : isReached(value, goal) ? 'yes' : 'no',
  ]);
  return inColumns([['on', 'what', 'figure', 'goal', 'reached'], ...rows]);
}

/** @returns rows of cells as lines of text; the first row has as many cells as any. */
export function inColumns(table: readonly (readonly string[])[]): string {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => (row[column] ?? '').length))) ?? [];
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function goalOf(goal: Goal): string {
  if ('atLeast' in goal) return `>= ${goal.atLeast}`;
  if ('atMost' in goal) return `<= ${goal.atMost}`;
  return goal.between.join(' .. ');
}

/** @returns a value with as many digits as say something. */
export function numberOf(value: number): string {
  if (Number.isNaN(value)) return '-';
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
