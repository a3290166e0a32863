import { expect, test } from '@jest/globals'
import { providerOf } from '../../src/attributes/provider.ts'

test.each([
  ['LlamaCppChatGenerator', 'llama_cpp'],
  ['LlamaCppGenerator', 'llama_cpp'],
  ['OpenAIChatGenerator', 'openai'],
  ['MistralAIGenerator', 'mistral_ai'],
  ['AnthropicChatGenerator', 'anthropic'],
  ['Acme.HTTPChatGenerator', 'acme_http'],
  ['ChatGenerator', 'chat_generator'],
])('%s is of %s', (type, provider) => {
  expect(providerOf(type)).toBe(provider)
})
