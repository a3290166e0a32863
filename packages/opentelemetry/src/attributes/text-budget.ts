/** How many characters may still be recorded. What is over is cut, and says so. */
export class TextBudget {
  #left: number

  constructor(characters: number) {
    this.#left = characters
  }

  get exhausted(): boolean {
    return this.#left <= 0
  }

  /** Pays for structure and for what is not text. */
  spend(characters: number): void {
    this.#left -= characters
  }

  /** The text, or as much of its beginning as is left, with its length. */
  take(text: string): string {
    const left = Math.max(0, this.#left)
    this.#left -= text.length
    if (text.length <= left) return text
    // Half a character would not survive the way to the backend.
    const end = isHighSurrogate(text.charCodeAt(left - 1)) ? left - 1 : left
    return `${text.slice(0, end)}… (${text.length} characters)`
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff
}
