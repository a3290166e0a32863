import type { ChatMessage, ContentPart, FileContent, ImageContent } from '@millrace/core'
import { type Modalities, mediaUrl, type Place, refused } from './media.ts'
import { MEDIA_MARKER } from './plain-text.ts'

/** Stands for a piece of media until the conversation is rendered. Unicode leaves it to programs. */
const MARK = '\uFDEF'

/** A conversation in which a mark stands for each image, as a template can render it. */
export interface MarkedConversation {
  readonly messages: readonly ChatMessage[]
  /** One for each mark, in their order. */
  readonly media: readonly string[]
}

/** @throws LlamaCppError `MODALITY_UNSUPPORTED` */
export function markedMedia(messages: readonly ChatMessage[], modalities: Modalities): MarkedConversation {
  const media: string[] = []
  const marked = messages.map(({ role, content, ...message }) => {
    const kept = content.filter((part) => part.type !== 'text' || part.text !== '')
    const parts = kept.map((part: ContentPart, index): ContentPart => {
      const place: Place = { role, part: index }
      if (part.type === 'toolCallResult' && typeof part.result !== 'string') refuseMedia(part.result, place)
      if (part.type === 'text')
        return { ...part, text: part.text.replaceAll(MARK, '') + breakAfter(kept, index) }
      if (part.type !== 'image' && part.type !== 'file') return part
      if (role !== 'user') throw refused(part, place, 'media may only stand in messages of the user')
      media.push(mediaUrl(part, place, modalities))
      return { type: 'text', text: MARK + breakAfter(kept, index) }
    })
    return { ...message, role, content: parts } as ChatMessage
  })
  return { messages: marked, media }
}

/** Media stand on lines of their own. */
function breakAfter(content: readonly ContentPart[], index: number): string {
  const isMedium = (part: ContentPart | undefined) => part?.type === 'image' || part?.type === 'file'
  const [part, next] = [content[index], content[index + 1]]
  return next !== undefined && (isMedium(part) || isMedium(next)) ? '\n' : ''
}

/** The text of a rendered conversation, as the binding reads it. */
export function withMediaMarkers(rendered: string): string {
  return rendered.replaceAll(MARK, MEDIA_MARKER)
}

function refuseMedia(parts: readonly ContentPart[], place: Place): void {
  for (const part of parts) {
    if (part.type !== 'image' && part.type !== 'file') continue
    throw refused(part as ImageContent | FileContent, place, 'media may only stand in messages of the user')
  }
}
