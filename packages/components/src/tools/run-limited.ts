/**
 * Runs `work` on every item, at most `limit` at once, and gives the results in the order of the items.
 *
 * @param onResult called in the order of the items, each as soon as it and all before it are done
 * @throws what the first `work` that fails throws; nothing new starts then
 */
export async function runLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
  onResult: (result: Result, index: number) => void,
): Promise<readonly Result[]> {
  const results: { readonly value: Result }[] = []
  let started = 0
  let told = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (started < items.length && !failed) {
      const index = started++
      results[index] = { value: await work(items[index] as Item) }
      if (failed) return
      for (let next = results[told]; next !== undefined; next = results[++told]) onResult(next.value, told)
    }
  }
  try {
    await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane))
  } catch (error) {
    failed = true
    throw error
  }
  return results.map(({ value }) => value)
}
