/**
 * A text as a terminal may show it: without the control characters by which a model, or a file that it repeats, could
 * move the cursor, set colours or rename the window. Line ends and tabs stay.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for.
  return text.replace(/(?![\t\n]|\r\n)[\u0000-\u001F\u007F-\u009F]/g, '\uFFFD')
}
