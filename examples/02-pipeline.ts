// A prompt and a generator, connected. A misspelt socket, or two that do not fit, would not compile.
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

await using pipeline = new Pipeline({
  prompt: new ChatPromptBuilder({
    template: [ChatMessage.system('Be brief.'), ChatMessage.user('What is the capital of {{ country }}?')],
  }),
  llm: new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } }),
}).connect('prompt.prompt', 'llm.messages')

for (const country of ['France', 'Japan', 'Peru']) {
  const result = await pipeline.run({ prompt: { country } })
  const [reply] = result.get('llm.replies')
  console.log(`${country}: ${ChatMessage.text(reply)}`)
}
