/** At most so many characters of a text that somebody else wrote, for a message. */
export function shorten(text: string, longest: number): string {
  if (text.length <= longest) return text
  // By characters, for half of an emoji prints as an escape sequence.
  const characters = Array.from(text.slice(0, 2 * longest))
  return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text
}
