import type { Output } from '../src/terminal.ts'

/** An output that keeps what was written to it. */
export class Screen implements Output {
  text = ''
  readonly isTTY: boolean
  readonly columns: number | undefined

  constructor(isTTY = false, columns?: number) {
    this.isTTY = isTTY
    this.columns = columns
  }

  write(text: string): void {
    this.text += text
  }
}
