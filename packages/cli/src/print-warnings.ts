import type { EventEmitter } from 'node:events'
import { canRedraw, type Terminal } from './terminal.ts'

/** Shows what libraries warn of as a person would say it, without the number of the process and advice on Node.js. */
export function printWarnings(process: Terminal & Pick<EventEmitter, 'on' | 'removeAllListeners'>): void {
  process.removeAllListeners('warning')
  process.on('warning', (warning: Error & { readonly code?: string }) => {
    // The second is about the milliseconds that a module takes to load whose package.json does not say what it is.
    if (warning.name === 'ExperimentalWarning' || warning.code === 'MODULE_TYPELESS_PACKAGE_JSON') return
    // A progress bar may be on this line.
    const start = canRedraw(process.stderr, process) ? '\r\u001B[K' : ''
    process.stderr.write(`${start}Warning: ${warning.message}\n`)
  })
}
