/** Finds the end of a JSON value in a text that comes in pieces. What stands behind it is not looked at. */
export class JsonEnd {
  #depth = 0
  #kind: 'nothing' | 'nested' | 'string' | 'scalar' = 'nothing'
  #quoted = false
  #escaped = false

  /** How much of the piece still belongs to the value; undefined while the value goes on. */
  push(piece: string): number | undefined {
    for (let place = 0; place < piece.length; place++) {
      const character = piece[place] as string
      if (this.#kind === 'scalar' && /[^-+.0-9A-Za-z]/.test(character)) return place
      if (this.#closes(character)) return place + 1
    }
    return undefined
  }

  #closes(character: string): boolean {
    if (this.#quoted) return this.#inString(character)
    if (character === '"') {
      this.#quoted = true
      if (this.#kind === 'nothing') this.#kind = 'string'
      return false
    }
    if (character === '{' || character === '[') {
      this.#depth++
      this.#kind = 'nested'
      return false
    }
    if (character === '}' || character === ']') return --this.#depth <= 0
    if (this.#kind === 'nothing' && character.trim() !== '') this.#kind = 'scalar'
    return false
  }

  #inString(character: string): boolean {
    if (this.#escaped) this.#escaped = false
    else if (character === '\\') this.#escaped = true
    else if (character === '"') {
      this.#quoted = false
      return this.#kind === 'string'
    }
    return false
  }
}
