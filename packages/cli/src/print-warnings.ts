import type { EventEmitter } from 'node:events'
import { canRedraw, type Terminal } from './terminal.ts'

/** Shows what libraries warn of as a person would say it, without the number of the process and advice on Node.js. */
export function printWarnings(process: Terminal & Pick<EventEmitter, 'on' | 'removeAllListeners'>): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning: Error) => {
    if (warning.name === 'ExperimentalWarning') return
    // A progress bar may be on this line.
    const start = canRedraw(process.stderr, process) ? '\r\u001B[K' : ''
    process.stderr.write(`${start}Warning: ${warning.message}\n`)
  })
}
