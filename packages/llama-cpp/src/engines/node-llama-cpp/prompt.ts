import { ChatMessage } from '@millrace/core'
import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'

/** A conversation as the model sees it, and what ends its answer. */
export interface Prompt {
  readonly tokens: readonly Binding.Token[]
  /** Token sequences that the template ends an answer with. They are not part of it. */
  readonly stopSequences: readonly (readonly Binding.Token[])[]
  /** Texts that the template ends an answer with. */
  readonly stopTexts: readonly string[]
}

/**
 * Renders a conversation with the model's own template. What people wrote is tokenized as plain text: a `<|im_end|>`
 * in a message is eight characters, never a control token.
 */
export function renderPrompt(
  messages: readonly ChatMessage[],
  model: Binding.LlamaModel,
  wrapper: Binding.ChatWrapper,
): Prompt {
  const chatHistory: Binding.ChatHistoryItem[] = [
    ...messages.map(historyItem),
    { type: 'model', response: [] },
  ]
  const { contextText, stopGenerationTriggers } = wrapper.generateContextState({
    chatHistory: mergeTrailingModelItems(chatHistory),
  })
  const tokens = contextText.tokenize(model.tokenizer)
  const { bos } = model.tokens
  if (model.tokens.shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos)
  const triggers = stopGenerationTriggers.map((trigger) => ({
    plain: trigger.values.every((value) => typeof value === 'string'),
    text: trigger.toString(),
    // A template often writes a line break after its end mark; the mark alone has ended the answer.
    tokens: trigger.trimEnd().tokenize(model.tokenizer),
  }))
  return {
    tokens,
    stopSequences: triggers
      .filter(({ plain, tokens }) => !plain && tokens.length > 0)
      .map(({ tokens }) => tokens),
    stopTexts: triggers.filter(({ plain }) => plain).map(({ text }) => text),
  }
}

function historyItem(message: ChatMessage): Binding.ChatHistoryItem {
  refuseParts(message)
  const text = ChatMessage.texts(message).join('')
  switch (message.role) {
    case 'system':
      return { type: 'system', text }
    case 'assistant':
      return { type: 'model', response: [text] }
    default:
      return { type: 'user', text }
  }
}

function refuseParts(message: ChatMessage): void {
  for (const part of message.content) {
    if (part.type === 'text' || part.type === 'reasoning') continue
    const what =
      part.type === 'toolCall' || part.type === 'toolCallResult' ? 'tool calls' : `${part.type} parts`
    throw new LlamaCppError(
      'MODALITY_UNSUPPORTED',
      `A message of role '${message.role}' holds a part of type '${part.type}'. Engine 'node-llama-cpp' takes text in this version; ${what} are not supported yet.`,
      { engine: 'node-llama-cpp' },
    )
  }
}

/** A conversation that ends with the assistant's words is continued there: the open answer begins with them. */
function mergeTrailingModelItems(history: readonly Binding.ChatHistoryItem[]): Binding.ChatHistoryItem[] {
  const last = history.at(-1)
  const before = history.at(-2)
  if (last?.type !== 'model' || before?.type !== 'model') return [...history]
  return [...history.slice(0, -2), before]
}
