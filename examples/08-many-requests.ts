// Many requests at once: a pipeline serves several runs, and the model evaluates as many of them together as it has slots.
// The others wait for their turn, first come, first served.
import { ChatPromptBuilder } from '@millrace/components'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

await using pipeline = new Pipeline({
  prompt: new ChatPromptBuilder({ template: 'What is the capital of {{ country }}?' }),
  llm: new LlamaCppChatGenerator({
    model: pocketModel.chat,
    slots: 4,
    generationKwargs: { temperature: 0, maxTokens: 32 },
  }),
}).connect('prompt.prompt', 'llm.messages')

const countries = ['France', 'Japan', 'Canada', 'Ghana', 'Peru', 'Norway', 'Germany', 'Spain']
const answers = await Promise.all(
  countries.map(async (country) => {
    const result = await pipeline.run({ country })
    return ChatMessage.text(result.get('llm.replies')[0])
  }),
)
for (const answer of answers) console.log(answer)
