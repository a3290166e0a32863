// Pipelines over HTTP, in a server of your own: `serve` makes a handler, which stands beside your own addresses here. Without any of
// your own, `listen` is the whole server, and `millrace serve FILE` that without code.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ChatPromptBuilder } from '@millrace/components'
import { Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { nodeListener, serve } from '@millrace/serve'

await using pipeline = new Pipeline(
  {
    prompt: new ChatPromptBuilder({ template: 'What is the capital of {{ country }}?' }),
    llm: new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } }),
  },
  { outputs: { replies: 'llm.replies' } },
).connect('prompt.prompt', 'llm.messages')

const served = await serve({ pipelines: { capital: pipeline }, maxQueue: 100, timeoutMs: 60_000 })
const pipelines = nodeListener(served)
const server = createServer((request, response) => {
  if (request.url === '/welcome') response.end('Welcome.')
  else pipelines(request, response)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

const ask = (body: object, accept = 'application/json') =>
  fetch(`${address}/pipelines/capital`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify(body),
  })

// The answer as JSON.
const response = await ask({ country: 'France' })
const { outputs } = (await response.json()) as { outputs: { replies: { content: { text: string }[] }[] } }
console.log(response.status, outputs.replies[0]?.content[0]?.text)

// What happens as it happens: server-sent events, the tokens among them.
const events = await (await ask({ country: 'Japan' }, 'text/event-stream')).text()
const types = [...events.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)
console.log(types.filter((type, index) => type !== types[index - 1]).join(', '))

// What is wrong with a request, before anything runs.
const refused = await ask({ contry: 'France' })
const { error } = (await refused.json()) as { error: { message: string } }
console.log(refused.status, error.message)

console.log(await (await fetch(`${address}/welcome`)).text())

// What was accepted ends before the server does.
await served.drain()
server.closeAllConnections()
server.close()
await served.close()
