// An agent: a model that calls tools until it has an answer. First alone, in a few lines; then in a pipeline, where its calls and results
// stream, and where it asks a person before it calls.
import { Agent } from '@millrace/components'
import { ChatMessage, Pipeline, t, tool } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const getWeather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => ({ temperature: city === 'Paris' ? 19 : 7 }),
})
const chatGenerator = new LlamaCppChatGenerator({
  model: pocketModel.chat,
  generationKwargs: { temperature: 0 },
})
const question = 'What is the weather in Paris?'

const agent = new Agent({ chatGenerator, tools: [getWeather] })
const { lastMessage, exitReason, steps, usage } = await agent.run({ messages: question })
console.log(ChatMessage.text(lastMessage))
console.log(`It ended with '${exitReason}' after ${steps} steps and ${usage.completionTokens} tokens.`)
await agent.close()

await using pipeline = new Pipeline({
  agent: new Agent({ chatGenerator, tools: [getWeather], approve: { tools: ['get_weather'] } }),
})
const paused = await pipeline.run({ messages: question })
const answers = Object.fromEntries(paused.questions.map(({ id }) => [id, 'approve']))
for (const { prompt } of paused.questions) console.log(prompt)
if (paused.snapshot === undefined) throw new Error('It did not ask.')

const result = await pipeline.resume(paused.snapshot, {
  answers,
  onEvent: (event) => {
    if (event.type === 'toolCall') console.log(`${event.call.call.name} = ${event.call.result}`)
    if (event.type === 'chunk') process.stdout.write(event.chunk.content)
  },
})
console.log(`\n${result.status}: ${result.get('agent.exitReason')}`)
