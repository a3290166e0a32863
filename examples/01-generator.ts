// A generator alone: one component, one model, no pipeline.
import { ChatMessage } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const generator = new LlamaCppChatGenerator({
  model: pocketModel.chat,
  generationKwargs: { temperature: 0, maxTokens: 64 },
})

const { replies } = await generator.run({
  messages: [ChatMessage.system('Be brief.'), ChatMessage.user('What is the capital of Germany?')],
})
console.log(ChatMessage.text(replies[0]))

await generator.close()
