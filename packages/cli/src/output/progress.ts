import type { WarmUpProgress } from '@millrace/core'
import { canRedraw, type Output, type Terminal } from '../terminal.ts'
import { printable } from './printable.ts'
import { drawBar, progressTitle } from './progress-bar.ts'
import { StatusLine } from './status-line.ts'

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

function redrawn(stderr: Output): Progress {
  const status = new StatusLine(stderr)
  return {
    report: (progress) => status.draw(drawBar(progress, stderr.columns || 80)),
    clear: () => status.clear(),
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
