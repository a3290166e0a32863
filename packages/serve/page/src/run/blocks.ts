import type { Chunk, Message, Part } from '../wire.ts'

/** A piece of a reply as the page shows it. */
export type Block =
  | { readonly kind: 'text'; text: string }
  | { readonly kind: 'reasoning'; text: string }
  | { readonly kind: 'call'; readonly index: number; name: string; arguments: string }
  | {
      readonly kind: 'result'
      readonly name: string
      readonly parts: readonly Part[]
      readonly isError: boolean
    }
  | { readonly kind: 'media'; readonly part: Part }

/** Adds a chunk to what was streamed before it. */
export function addChunk(blocks: Block[], chunk: Chunk): void {
  if (chunk.reasoning) addText(blocks, 'reasoning', chunk.reasoning, chunk)
  if (chunk.content) addText(blocks, 'text', chunk.content, chunk)
  for (const delta of chunk.toolCalls ?? []) {
    const last = blocks.findLast((block) => block.kind === 'call' && block.index === delta.index)
    if (last?.kind === 'call' && delta.name === undefined && delta.id === undefined) {
      last.arguments += delta.arguments ?? ''
    } else {
      blocks.push({
        kind: 'call',
        index: delta.index,
        name: delta.name ?? '',
        arguments: delta.arguments ?? '',
      })
    }
  }
  if (chunk.toolCallResult) blocks.push(...blocksOfParts([chunk.toolCallResult]))
}

/** Text goes on in its block until something else, or another message, begins. */
function addText(blocks: Block[], kind: 'text' | 'reasoning', text: string, { start }: Chunk): void {
  const last = blocks.at(-1)
  if (last?.kind === kind && !start) last.text += text
  else blocks.push({ kind, text })
}

export function blocksOfParts(parts: readonly Part[]): Block[] {
  return parts.map((part): Block => {
    switch (part.type) {
      case 'text':
      case 'reasoning':
        return { kind: part.type, text: part.text }
      case 'toolCall':
        return { kind: 'call', index: 0, name: part.name, arguments: JSON.stringify(part.arguments) }
      case 'toolCallResult':
        return {
          kind: 'result',
          name: part.origin?.name ?? '',
          parts: typeof part.result === 'string' ? [{ type: 'text', text: part.result }] : part.result,
          isError: part.error,
        }
      default:
        return { kind: 'media', part }
    }
  })
}

export function isMessage(value: unknown): value is Message {
  if (typeof value !== 'object' || value === null) return false
  const { role, content } = value as Partial<Message>
  return typeof role === 'string' && Array.isArray(content)
}

export function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('')
}
