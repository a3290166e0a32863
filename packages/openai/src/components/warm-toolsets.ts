import type { Tool, Toolset } from '@millrace/core'
import { isToolset } from '@millrace/core/component'

/** Warms up the toolsets that a component is given, each once: before that they may not know their tools. */
export class WarmToolsets {
  readonly #warm = new WeakMap<Toolset, Promise<void>>()

  /** Rejects with what a toolset throws; the next call tries that one again. */
  async warmUp(tools: readonly (Tool | Toolset)[] = []): Promise<void> {
    await Promise.all(tools.filter((item) => isToolset(item)).map((toolset) => this.#once(toolset)))
  }

  #once(toolset: Toolset): Promise<void> {
    const present = this.#warm.get(toolset)
    if (present !== undefined) return present
    const warming = (async () => toolset.warmUp?.())()
    this.#warm.set(toolset, warming)
    warming.catch(() => this.#warm.delete(toolset))
    return warming
  }
}
