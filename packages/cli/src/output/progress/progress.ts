import type { StreamingChunk, WarmUpProgress } from '@millrace/core'
import { printable } from '@millrace/core/component'
import { canRedraw, type Output, type Terminal } from '../../terminal.ts'
import type { Visit } from '../transcript/transcript.ts'
import { drawBar, drawPromptBar, type PromptProgress, progressTitle } from './progress-bar.ts'

/** A line of a terminal that can redraw, which comes and goes. The cursor must be at the beginning of a line. */
class StatusLine {
  readonly #output: Output
  #drawn = ''

  constructor(output: Output) {
    this.#output = output
  }

  draw(text: string): void {
    const line = printable(text)
    if (line === this.#drawn) return
    this.#output.write(`\r${line}\u001B[K`)
    this.#drawn = line
  }

  /** Takes it away, before anything else is written. */
  clear(): void {
    if (this.#drawn !== '') this.#output.write('\r\u001B[K')
    this.#drawn = ''
  }
}

export interface Progress {
  report(progress: WarmUpProgress): void
  /** Takes the bar away, before anything else is written. */
  clear(): void
}

/** On a terminal one line that is redrawn; elsewhere one line for each thing that is downloaded or loaded. */
export function progressOn(stderr: Output, terminal: Pick<Terminal, 'env'>, quiet: boolean): Progress {
  if (quiet) return { report: () => {}, clear: () => {} }
  return canRedraw(stderr, terminal) ? redrawn(stderr) : announced(stderr)
}

/** Until there is a fraction above 0, how long it takes already: engines start and read without saying how far they are. */
const TICK_MS = 1000

function redrawn(stderr: Output, now = () => performance.now()): Progress {
  const status = new StatusLine(stderr)
  let begun: { readonly title: string; readonly at: number } | undefined
  let shown: WarmUpProgress | undefined
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (shown === undefined || begun === undefined) return
    status.draw(drawBar(shown, stderr.columns || 80, Math.floor((now() - begun.at) / 1000)))
  }
  return {
    report(progress) {
      const title = progressTitle(progress)
      if (begun?.title !== title) begun = { title, at: now() }
      shown = progress
      timer ??= setInterval(draw, TICK_MS).unref()
      draw()
    },
    clear() {
      clearInterval(timer)
      timer = undefined
      shown = undefined
      status.clear()
    },
  }
}

function announced(stderr: Output): Progress {
  const printed = new Set<string>()
  return {
    report(progress) {
      const title = progressTitle(progress)
      if (printed.has(title)) return
      printed.add(title)
      stderr.write(`${printable(title)}\n`)
    },
    clear: () => {},
  }
}

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
