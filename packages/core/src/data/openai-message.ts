import type { ImageDetail } from './image-content.ts'

/** A message as OpenAI's chat completions take it. The names are theirs. */
export type OpenAIMessage =
  | { role: 'system'; content: string | OpenAITextPart[]; name?: string }
  | { role: 'user'; content: string | OpenAIUserPart[]; name?: string }
  | { role: 'assistant'; content?: string | OpenAITextPart[]; tool_calls?: OpenAIToolCall[]; name?: string }
  | { role: 'tool'; content: string | OpenAITextPart[]; tool_call_id?: string; name?: string }

export type OpenAITextPart = { type: 'text'; text: string }

export type OpenAIUserPart =
  | OpenAITextPart
  /** `url` is a data: URL. */
  | { type: 'image_url'; image_url: { url: string; detail?: ImageDetail } }
  /** `file_data` is a data: URL. */
  | { type: 'file'; file: { file_data: string; filename: string } }

export type OpenAIToolCall = {
  type: 'function'
  /** `arguments` is JSON text. */
  function: { name: string; arguments: string }
  id?: string
}
