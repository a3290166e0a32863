// Timing that stands on a noisy machine: several rounds, the best of which is what the work itself costs.

const ROUNDS = 7

/** Microseconds of one call: the best mean of several rounds of `calls` calls each, after a warm-up. */
export async function bestOf(work: () => Promise<unknown>, calls: number): Promise<number> {
  for (let call = 0; call < Math.min(calls, 500); call++) await work()
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now()
    for (let call = 0; call < calls; call++) await work()
    best = Math.min(best, ((performance.now() - start) / calls) * 1000)
  }
  return best
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Rows of a label and numbers, aligned. */
export function table(header: readonly string[], rows: readonly (readonly [string, ...number[]])[]): string {
  const lines = [
    header,
    ...rows.map(([label, ...values]) => [label, ...values.map((value) => value.toFixed(2))]),
  ]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? '').length)))
  return lines
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n')
}
