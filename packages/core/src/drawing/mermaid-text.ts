/**
 * What Mermaid could take for its own within a quoted label: a quote, an entity, HTML, Markdown (its older
 * versions read it everywhere), a directive, an icon. `:`, `_`, `]`, `.`, `-` and `+` belong to most types
 * and names, and mean something in a few places only.
 */
const SPECIAL =
  /[^\p{L}\p{N}\p{M} .,:_=?/+|'(){}[\]…-]|:(?! )|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|\](?=[(:])|(?<=^\d+)[.)]|^[-+=]/gu

/** A text that is safe within the quotes of a Mermaid label, and looks there as it does here. */
export function mermaidText(text: string): string {
  return text.replace(SPECIAL, (character) => `#${character.codePointAt(0)};`)
}
