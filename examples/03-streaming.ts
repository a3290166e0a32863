// The events of a run as they happen: tokens, the ends of components, times. Leaving the loop would abort the run.
import { Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

await using pipeline = new Pipeline({
  llm: new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } }),
})

const run = pipeline.stream({ llm: { messages: 'Who are you?' } })
let pieces = 0
for await (const event of run) {
  if (event.type === 'chunk') {
    process.stdout.write(event.chunk.content)
    if (event.chunk.content !== '') pieces++
  }
  if (event.type === 'componentEnd') console.log(`\n'${event.component}' sent ${pieces} pieces.`)
}

const result = await run.result
const [reply] = result.get('llm.replies')
console.log('Usage:', reply?.meta?.['usage'])
