import type { StreamingChunk } from '@millrace/core'
import type { Output } from '../terminal.ts'
import { drawPromptBar, type PromptProgress } from './progress-bar.ts'
import { StatusLine } from './status-line.ts'
import type { Visit } from './transcript.ts'

/** Shorter waits need no explanation, and a bar that flashes up is in the way. */
const PATIENCE_MS = 300

/** Shows how far a model is with reading a prompt that takes long: until then nothing else would move. */
export class PromptStatus {
  readonly #stderr: Output
  readonly #line: StatusLine
  readonly #named: boolean
  readonly #now: () => number
  readonly #begun = new Map<string, number>()

  /** @param named whether to say which component it is: where there are several */
  constructor(stderr: Output, named: boolean, now: () => number = () => performance.now()) {
    this.#stderr = stderr
    this.#line = new StatusLine(stderr)
    this.#named = named
    this.#now = now
  }

  report({ component, visit }: Visit, progress: PromptProgress): void {
    const key = `${component} ${visit}`
    const now = this.#now()
    const begun = this.#begun.get(key) ?? now
    this.#begun.set(key, begun)
    if (progress.doneTokens >= progress.totalTokens) this.clear()
    else if (now - begun >= PATIENCE_MS) {
      const columns = this.#stderr.columns || 80
      this.#line.draw(drawPromptBar(progress, this.#named ? component : undefined, columns))
    }
  }

  /** Takes the bar away, before anything else is written. */
  clear(): void {
    this.#line.clear()
  }
}

/** The `promptProgress` of a chunk, if it has one. */
export function promptProgressOf({ meta }: StreamingChunk): PromptProgress | undefined {
  const { doneTokens, totalTokens } = Object(meta?.['promptProgress']) as Partial<PromptProgress>
  if (typeof doneTokens !== 'number' || typeof totalTokens !== 'number') return undefined
  return { doneTokens, totalTokens }
}
