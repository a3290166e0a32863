import type { StreamingChunk, ToolCallResult } from '@millrace/core'
import { shorten } from '@millrace/core/component'

export type PieceKind = 'reply' | 'reasoning' | 'call' | 'result'

/** What a chunk adds to the transcript of a run. Only the kind `reply` is the reply itself; the others show how it comes about. */
export interface Piece {
  readonly kind: PieceKind
  readonly text: string
  /** The first piece of a message, a call or a result: it begins on a new line. */
  readonly starts: boolean
}

/** A result is a sign that something came back, not the place to read it: as much as fits a line or two. */
const LONGEST_RESULT = 200

/** What there is to show of a chunk. Undefined: nothing. */
export function pieceOf(chunk: StreamingChunk): Piece | undefined {
  const { content = '', reasoning = '', toolCalls, toolCallResult, start } = chunk
  if (toolCallResult !== undefined) {
    return { kind: 'result', text: resultLine(toolCallResult), starts: true }
  }
  if (toolCalls !== undefined) return callPiece(toolCalls)
  if (reasoning !== '') return { kind: 'reasoning', text: reasoning, starts: false }
  return content === '' ? undefined : { kind: 'reply', text: content, starts: start }
}

/** Several pieces of calls in one chunk are rare: those of other APIs, that give whole calls at once. */
function callPiece(deltas: NonNullable<StreamingChunk['toolCalls']>): Piece | undefined {
  const texts = deltas.map(({ name, arguments: written = '' }) =>
    name === undefined ? written : `→ ${name}(${written}`,
  )
  const text = texts.join(')\n')
  return text === '' ? undefined : { kind: 'call', text, starts: deltas[0]?.name !== undefined }
}

function resultLine({ origin: { name }, result, error }: ToolCallResult): string {
  const text = typeof result === 'string' ? result : result.map(partText).join(' ')
  const line = text.trim().replace(/\s+/g, ' ')
  return `${error ? '✗' : '←'} ${name}: ${shorten(line, LONGEST_RESULT)}\n`
}

function partText(part: Exclude<ToolCallResult['result'], string>[number]): string {
  return part.type === 'text' ? part.text : `(${part.type === 'image' ? 'an image' : 'a file'})`
}
