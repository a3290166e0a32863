/** A text as a quoted literal of GBNF. */
export function gbnfLiteral(text: string): string {
  return `"${text.replace(/["\\]|[^ -~]/gu, escaped)}"`
}

function escaped(character: string): string {
  if (character === '"' || character === '\\') return `\\${character}`
  return gbnfCodePoint(character.codePointAt(0) as number)
}

/** A code point as GBNF writes it in literals and classes. What it knows of ASCII only are letters and digits as they are. */
export function gbnfCodePoint(code: number): string {
  const hex = code.toString(16).toUpperCase()
  if (code < 0x80) {
    const character = String.fromCharCode(code)
    return /[0-9A-Za-z _]/.test(character) ? character : `\\x${hex.padStart(2, '0')}`
  }
  return code > 0xffff ? `\\U${hex.padStart(8, '0')}` : `\\u${hex.padStart(4, '0')}`
}
