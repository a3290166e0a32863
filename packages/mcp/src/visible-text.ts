/**
 * Characters that people do not see and models read: controls other than line breaks and tabs, marks that turn the
 * direction of writing, spaces without width, and the tags of U+E0000 and the selectors after them, in which whole texts
 * can be hidden. Joiners stay: words of several scripts, and emoji, are made with them.
 */
const INVISIBLE =
  /(?![\t\n\r])[\p{Cc}\u00AD\u061C\u180E\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E01EF}]/gu

/** The text as a person would see it. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, '')
}
