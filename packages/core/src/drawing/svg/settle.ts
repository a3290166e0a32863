export interface Placed {
  /** Where it would like to start. */
  readonly desired: number
  /** How much that matters. */
  readonly weight: number
  /** The least distance between its start and that of the next one. */
  readonly room: number
}

/**
 * The positions of things in a row, in their order and no closer than they must be, as near to where they
 * would like to be as that allows: the least sum of weighted squares. Linear (pool adjacent violators).
 */
export function settle(row: readonly Placed[]): number[] {
  const pools: { weight: number; sum: number; count: number }[] = []
  let before = 0
  for (const { desired, weight, room } of row) {
    let pool = { weight, sum: weight * (desired - before), count: 1 }
    before += room
    for (let last = pools.at(-1); last && mean(last) > mean(pool); last = pools.at(-1)) {
      pools.pop()
      pool = { weight: last.weight + pool.weight, sum: last.sum + pool.sum, count: last.count + pool.count }
    }
    pools.push(pool)
  }
  const positions: number[] = []
  let offset = 0
  for (const pool of pools) {
    for (let member = 0; member < pool.count; member++) {
      positions.push(mean(pool) + offset)
      offset += row[positions.length - 1]?.room ?? 0
    }
  }
  return positions
}

function mean(pool: { readonly weight: number; readonly sum: number }): number {
  return pool.sum / pool.weight
}
