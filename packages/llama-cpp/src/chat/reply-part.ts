/** A piece of a reply that is certain. All pieces together are the reply, in its order. */
export type ReplyPart =
  /** `syntax`: the marks of calls and thoughts, which nobody is shown. `raw`: how many characters of the reply it stands for. */
  | { readonly kind: 'text' | 'reasoning' | 'syntax'; readonly text: string; readonly raw?: number }
  | {
      readonly kind: 'toolCall'
      readonly index: number
      readonly id?: string
      readonly name?: string
      readonly arguments: string
      readonly raw: number
    }

export function rawLength(part: ReplyPart): number {
  return part.kind === 'toolCall' ? part.raw : (part.raw ?? part.text.length)
}
