/** A piece of a reply that is certain. All pieces together are the reply, in its order. */
export type ReplyPart =
  | { readonly kind: 'text' | 'reasoning'; readonly text: string }
  /** The marks of calls and thoughts, which nobody is shown. */
  | { readonly kind: 'syntax'; readonly text: string; readonly raw?: number }
  /** `raw`: how many characters of the reply it stands for. */
  | {
      readonly kind: 'toolCall'
      readonly index: number
      readonly id?: string
      readonly name?: string
      readonly arguments: string
      readonly raw: number
    }

export function rawLength(part: ReplyPart): number {
  if (part.kind === 'toolCall') return part.raw
  return part.kind === 'syntax' ? (part.raw ?? part.text.length) : part.text.length
}
