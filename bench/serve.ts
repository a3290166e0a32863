// What HTTP costs in front of a model: the first token and the tokens per second of a streamed chat over a socket, beside
// `pipeline.stream` in the same process, in turns. The client is a thread of its own, as clients are. The shipped model makes a
// token in about a millisecond, beside which the server is most of what there is to see; a GGUF file of your own says what is
// left of it.
//
//   corepack pnpm bench serve [model.gguf] [rounds]
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { ChatMessage, Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { listen } from '@millrace/serve'
import { median, table } from './measure.ts'

const TOKENS = 64

interface Times {
  readonly firstMs: number
  readonly tokensPerSecond: number
}

function timesOf(start: number, first: number, pieces: number): Times {
  const end = performance.now()
  return { firstMs: first - start, tokensPerSecond: ((pieces - 1) / (end - first)) * 1000 }
}

const question = (round: number) => `${round} Tell me a story.`

async function askOverHttp(url: string, round: number): Promise<Times> {
  const start = performance.now()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'model',
      stream: true,
      messages: [{ role: 'user', content: question(round) }],
    }),
  })
  let first = 0
  let pieces = 0
  const decoder = new TextDecoder()
  for await (const bytes of response.body as AsyncIterable<Uint8Array>) {
    // A chunk has one event, or several that came at once.
    const found = decoder.decode(bytes, { stream: true }).split('"delta":{"content"').length - 1
    if (found > 0 && pieces === 0) first = performance.now()
    pieces += found
  }
  return timesOf(start, first, pieces)
}

/** The thread of the client: a round for each message. */
function serveRounds(): void {
  parentPort?.on('message', async (round: number) => {
    parentPort?.postMessage(await askOverHttp(String(workerData), round))
  })
}

async function compare(): Promise<void> {
  const [model = pocketModel.chat, rounds = '30'] = process.argv.slice(2)
  // A grammar without an end: each reply has as many tokens as the limit says.
  const generationKwargs = { temperature: 0, maxTokens: TOKENS, grammar: 'root ::= [a-z ]+ root' }
  const pipeline = new Pipeline({
    llm: new LlamaCppChatGenerator({ model, nCtx: 1024, slots: 1, generationKwargs }),
  })
  await pipeline.warmUp()
  const server = await listen({ port: 0, pipelines: { model: pipeline as never } })
  const client = new Worker(new URL(import.meta.url), { workerData: server.url })

  const fromPipeline = async (round: number): Promise<Times> => {
    const start = performance.now()
    let first = 0
    let pieces = 0
    const run = pipeline.stream({ llm: { messages: [ChatMessage.user(question(round))] } })
    for await (const event of run) {
      if (event.type !== 'chunk' || event.chunk.content === '') continue
      if (pieces++ === 0) first = performance.now()
    }
    await run.result
    return timesOf(start, first, pieces)
  }
  const overHttp = async (round: number): Promise<Times> => {
    client.postMessage(round)
    const [times] = await once(client, 'message')
    return times
  }

  const direct: Times[] = []
  const served: Times[] = []
  for (let round = -3; round < Number(rounds); round++) {
    // Each goes first in half of the rounds, and no slot remembers the prompt.
    const order = round % 2 === 0 ? [fromPipeline, overHttp] : [overHttp, fromPipeline]
    for (const work of order) {
      const times = await work(2 * round + (work === overHttp ? 1 : 0) + 100)
      if (round >= 0) (work === overHttp ? served : direct).push(times)
    }
  }
  const first = (times: readonly Times[]) => median(times.map(({ firstMs }) => firstMs))
  const speed = (times: readonly Times[]) => median(times.map(({ tokensPerSecond }) => tokensPerSecond))
  console.log(`medians of ${rounds} replies of ${TOKENS} tokens, in turns`)
  console.log(
    table(
      ['', 'first token (ms)', 'tokens/s'],
      [
        ['from the pipeline', first(direct), speed(direct)],
        ['over HTTP', first(served), speed(served)],
      ],
    ),
  )
  const later = first(served) - first(direct)
  console.log(`\nthe first token: ${later.toFixed(2)} ms later, at most 5`)
  console.log(
    `tokens/s: ${(speed(served) / speed(direct)).toFixed(3)} of those of the pipeline, at least 0.98`,
  )
  await client.terminate()
  await server.close()
  await pipeline.close()
}

if (isMainThread) await compare()
else serveRounds()
