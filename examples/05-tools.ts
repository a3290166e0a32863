// A model that calls tools: the calls as they are streamed, the results, the reply. The connections form a loop, which
// the invoker leaves when a reply calls nothing.
import { BranchJoiner, ToolInvoker } from '@millrace/components'
import { ChatMessage, Pipeline, t, tool } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'

const add = tool({
  name: 'add',
  description: 'Add two numbers.',
  parameters: t.object({ a: t.number(), b: t.number() }),
  run: ({ a, b }) => a + b,
})
const getWeather = tool({
  name: 'get_weather',
  description: 'Get the current weather in a city.',
  parameters: t.object({ city: t.string() }),
  run: ({ city }) => ({ temperature: city === 'Rome' ? 22 : 7 }),
})
const tools = [getWeather, add]

await using pipeline = new Pipeline({
  conversation: new BranchJoiner({ of: 'messages' }),
  llm: new LlamaCppChatGenerator({ model: pocketModel.chat, tools, generationKwargs: { temperature: 0 } }),
  tools: new ToolInvoker({ tools }),
})
  .connect('conversation.value', 'llm.messages')
  .connect('conversation.value', 'tools.conversation')
  .connect('llm.replies', 'tools.messages')
  .connect('tools.messages', 'conversation.value')

const run = pipeline.stream({ conversation: { value: [ChatMessage.user('What is 123 plus 456?')] } })
for await (const event of run) {
  if (event.type !== 'chunk') continue
  const { content, toolCalls = [], toolCallResult } = event.chunk
  for (const { name, arguments: json = '' } of toolCalls) {
    process.stdout.write(`${name === undefined ? '' : `${name} `}${json}`)
  }
  if (toolCallResult) console.log(` = ${toolCallResult.result}`)
  process.stdout.write(content)
}
const result = await run.result
const [reply] = result.get('tools.replies') ?? []
console.log(`\nThe reply: ${ChatMessage.text(reply)}`)

// Without a loop: one turn with two calls, and the conversation that the model would go on with.
const generator = pipeline.get('llm')
const { replies } = await generator.run({ messages: 'What is the weather in Rome and in Oslo?' })
const { toolMessages = [], messages = [] } = await pipeline.get('tools').run({ messages: replies })
for (const { origin, result } of toolMessages.flatMap(ChatMessage.toolCallResults)) {
  console.log(`${origin.name}(${JSON.stringify(origin.arguments)}) = ${result}`)
}
console.log(messages.map(({ role }) => role).join(', '))
