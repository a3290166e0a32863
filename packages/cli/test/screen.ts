import { EventEmitter } from 'node:events'
import type { Output } from '../src/terminal.ts'

/** An output that keeps what was written to it. */
export class Screen extends EventEmitter implements Output {
  text = ''
  readonly isTTY: boolean
  readonly columns: number | undefined

  constructor(isTTY = false, columns?: number) {
    super()
    this.isTTY = isTTY
    this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }
}
