interface Block {
  readonly name: string
  readonly visit: number
  /** What waits until the blocks before it are complete. */
  waiting: string
  ended: boolean
}

/**
 * Prints the replies of several components as they grow. One is on the screen at a time: what others say meanwhile
 * waits until that one has ended, so that lines never mix.
 */
export class ReplyPrinter {
  readonly #write: (text: string) => void
  readonly #headings: boolean
  readonly #blocks: Block[] = []
  readonly #names = new Set<string>()
  readonly #replies = new Map<string, string>()
  #shown: Block | undefined
  #hasShown = false
  #atLineStart = true

  /** `headings`: whether more than one component may stream, so that even the first reply says whose it is. */
  constructor(write: (text: string) => void, headings: boolean) {
    this.#write = write
    this.#headings = headings
  }

  /** The components that have said something. */
  get names(): ReadonlySet<string> {
    return this.#names
  }

  /** Whether a reply of just this text was among those that were printed. */
  hasPrinted(text: string): boolean {
    return [...this.#replies.values()].some((reply) => reply.trim() === text.trim())
  }

  /** `starts` at the first piece of a message: a second message of one visit begins on a line of its own. */
  add(name: string, visit: number, text: string, starts = false): void {
    if (text === '') return
    this.#names.add(name)
    const key = `${name} ${visit}`
    this.#replies.set(key, (this.#replies.get(key) ?? '') + text)
    let block = this.#blocks.find((known) => known.name === name && known.visit === visit)
    const separator = starts && block !== undefined ? '\n' : ''
    if (block === undefined) {
      block = { name, visit, waiting: '', ended: false }
      this.#blocks.push(block)
    }
    if (this.#shown === undefined) this.#show(block)
    if (this.#shown === block) this.#print(this.#atLineStart ? text : separator + text)
    else block.waiting += (block.waiting.endsWith('\n') ? '' : separator) + text
  }

  /** A visit is over; the next reply that waits comes on the screen. */
  end(name: string, visit: number): void {
    const block = this.#blocks.find((known) => known.name === name && known.visit === visit)
    if (block === undefined) return
    block.ended = true
    while (this.#shown?.ended) {
      this.#finishLine()
      this.#blocks.splice(this.#blocks.indexOf(this.#shown), 1)
      this.#shown = undefined
      const [next] = this.#blocks
      if (next === undefined) return
      this.#show(next)
      this.#print(next.waiting)
    }
  }

  /** The run is over, one way or the other: everything that was said is printed, and the last line ended. */
  close(): void {
    for (const { name, visit } of [...this.#blocks]) this.end(name, visit)
  }

  #show(block: Block): void {
    this.#shown = block
    const first = !this.#hasShown
    this.#hasShown = true
    if (first && !this.#headings) return
    const visit = block.visit === 1 ? '' : ` (visit ${block.visit})`
    this.#write(`${first ? '' : '\n'}${block.name}${visit}:\n`)
  }

  #print(text: string): void {
    if (text === '') return
    this.#write(text)
    this.#atLineStart = text.endsWith('\n')
  }

  #finishLine(): void {
    if (!this.#atLineStart) this.#write('\n')
    this.#atLineStart = true
  }
}
