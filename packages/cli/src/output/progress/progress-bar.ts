import type { WarmUpProgress } from '@millrace/core'
import { shortenMiddle } from '@millrace/core/component'

const verbs = { downloading: 'Downloading', loading: 'Loading' } as const
/** How far a model is with a prompt: the `promptProgress` of a chunk's meta. */
export interface PromptProgress {
  readonly doneTokens: number
  readonly totalTokens: number
}

const WIDEST_BAR = 30
const NARROWEST_BAR = 8

/** `Loading pocket.gguf`: the words for what a progress is about. */
export function progressTitle({ stage, subject }: WarmUpProgress): string {
  return `${verbs[stage]} ${subject}`
}

/**
 * The progress as one line that fits `columns`: title, bar, percent and bytes, as far as they are known. A long
 * subject loses its middle before the bar does. As long as nothing is done, the seconds that it takes stand for them.
 */
export function drawBar(progress: WarmUpProgress, columns: number, seconds = 0): string {
  const title = progressTitle(progress)
  const hasBegun = (progress.fraction ?? 0) > 0 || (progress.doneBytes ?? 0) > 0
  if (!hasBegun) return drawLine(title, undefined, seconds > 0 ? `${seconds} s` : '', columns)
  return drawLine(title, progress.fraction, numbersOf(progress), columns)
}

/** How much of a prompt a model has read, in the same form. `reader`: the component, where there are several. */
export function drawPromptBar(progress: PromptProgress, reader: string | undefined, columns: number): string {
  const { doneTokens, totalTokens } = progress
  const fraction = doneTokens / totalTokens
  const title = reader === undefined ? 'Reading the prompt' : `${reader} reads its prompt`
  const numbers = `${percentOf(fraction)}  ${doneTokens} of ${totalTokens} tokens`
  return drawLine(title, fraction, numbers, columns)
}

function drawLine(what: string, fraction: number | undefined, numbers: string, columns: number): string {
  // Terminals wrap when the last column is written to, and show Ctrl-C as ^C behind the line.
  const width = Math.max(1, columns - 3)
  const room = width - (numbers.length === 0 ? 0 : numbers.length + 2)
  const title = shortenMiddle(what, fraction === undefined ? room : room - NARROWEST_BAR - 2)
  const parts = [title]
  const barWidth = Math.min(WIDEST_BAR, room - title.length - 2)
  if (fraction !== undefined && barWidth >= NARROWEST_BAR) parts.push(bar(fraction, barWidth))
  if (numbers !== '') parts.push(numbers)
  return parts.join('  ').slice(0, width)
}

function bar(fraction: number, width: number): string {
  const done = Math.round(Math.min(1, Math.max(0, fraction)) * width)
  return '█'.repeat(done) + '░'.repeat(width - done)
}

function numbersOf({ fraction, doneBytes, totalBytes }: WarmUpProgress): string {
  const percent = fraction === undefined ? '' : percentOf(fraction)
  if (doneBytes === undefined) return percent
  if (totalBytes === undefined) return formatBytes(doneBytes)
  return `${percent}  ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}`
}

function percentOf(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)}%`.padStart(4)
}

/** Decimal units, as hosts and file managers show them: `1.6 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['kB', 'MB', 'GB', 'TB']
  if (bytes < 1000) return `${bytes} B`
  let value = bytes / 1000
  let unit = 0
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${value.toFixed(1)} ${units[unit]}`
}
