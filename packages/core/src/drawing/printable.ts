/**
 * Control characters (a terminal obeys some), the ones that reorder what follows, and what XML cannot hold:
 * lone surrogates and noncharacters.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF\uFFFE\uFFFF]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The text on one line, with every character that is not to be seen written as an escape: `\n`, `\u{1b}`. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT[char] ?? `\\u{${char.charCodeAt(0).toString(16)}}`)
}
