import type { BlockWriter, Piece, Speaker } from './block-writer.ts'

interface Block extends Speaker {
  /** What waits until the blocks before it are complete. */
  waiting: Piece[]
  ended: boolean
}

/**
 * Prints what several components say as they say it. One is on the screen at a time: what others say meanwhile waits
 * until that one has ended, so that lines never mix.
 */
export class ReplyPrinter {
  readonly #writer: Pick<BlockWriter, 'write' | 'endLines'>
  readonly #blocks: Block[] = []
  readonly #names = new Set<string>()
  readonly #replies = new Map<string, string>()
  #shown: Block | undefined

  constructor(writer: Pick<BlockWriter, 'write' | 'endLines'>) {
    this.#writer = writer
  }

  /** The components that have said something in a reply. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** Whether a reply of just this text was among those that were printed. */
  hasPrinted(text: string): boolean {
    return [...this.#replies.values()].some((reply) => reply.trim() === text.trim())
  }

  add(name: string, visit: number, piece: Piece): void {
    if (piece.text === '') return
    if (piece.kind === 'reply') {
      this.#names.add(name)
      const key = `${name} ${visit}`
      this.#replies.set(key, (this.#replies.get(key) ?? '') + piece.text)
    }
    let block = this.#blocks.find((known) => known.name === name && known.visit === visit)
    if (block === undefined) {
      block = { name, visit, waiting: [], ended: false }
      this.#blocks.push(block)
    }
    this.#shown ??= block
    if (this.#shown === block) this.#writer.write(block, piece)
    else block.waiting.push(piece)
  }

  /** A visit is over; the next one that waits comes on the screen. */
  end(name: string, visit: number): void {
    const block = this.#blocks.find((known) => known.name === name && known.visit === visit)
    if (block === undefined) return
    block.ended = true
    while (this.#shown?.ended) {
      this.#writer.endLines()
      this.#blocks.splice(this.#blocks.indexOf(this.#shown), 1)
      this.#shown = this.#blocks[0]
      if (this.#shown === undefined) return
      for (const piece of this.#shown.waiting.splice(0)) this.#writer.write(this.#shown, piece)
    }
  }

  /** The run is over, one way or the other: everything that was said is printed, and the last line ended. */
  close(): void {
    for (const { name, visit } of [...this.#blocks]) this.end(name, visit)
  }
}
