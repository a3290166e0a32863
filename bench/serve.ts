// What serving costs: requests per second of a pipeline without a model, beside hono alone on the same server; then the first token
// and the tokens per second of a stream over HTTP, beside those of the pipeline itself. The client is another process, so that of two
// cores one is the server's.
//
//   corepack pnpm bench serve [seconds] [model.gguf]
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve as listenOnNode } from '@hono/node-server'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { listen } from '@millrace/serve'
import { Hono } from 'hono'
import { median, table } from './measure.ts'

const CLIENTS = 32
const ROUNDS = 3
const body = JSON.stringify({ text: 'Hello' })

async function requestsPerSecond(url: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const end = performance.now() + seconds * 1000
  let count = 0
  const client = async () => {
    while (performance.now() < end) {
      await post(url, agent)
      count++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  agent.destroy()
  return count / seconds
}

function post(url: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`status ${response.statusCode}`))
      response.resume().on('end', resolve)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function compareRequests(seconds: number): Promise<void> {
  const Echo = defineComponent({
    type: 'Echo',
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }) => ({ text }),
  })
  const app = new Hono().post('/echo', async (c) => c.json(await c.req.json()))
  const alone = listenOnNode({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' })
  await once(alone, 'listening')
  const served = await listen({
    port: 0,
    pipelines: { echo: new Pipeline({ echo: new Echo() }) },
  })
  const client = fork(new URL(import.meta.url))
  const measure = async (url: string, time = seconds): Promise<number> => {
    client.send({ url, seconds: time })
    const [perSecond] = await once(client, 'message')
    return perSecond as number
  }
  const urls = [
    `http://127.0.0.1:${(alone.address() as AddressInfo).port}/echo`,
    `${served.url}/pipelines/echo`,
  ] as const
  for (const url of urls) await measure(url, 1)
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, url] of urls.entries()) rates[index]?.push(await measure(url))
  }
  client.kill()
  alone.close()
  await served.close()
  const [ofHono, ofPipeline] = rates.map((all) => Math.max(...all)) as [number, number]
  console.log(
    table(
      [`${CLIENTS} clients`, 'requests/s'],
      [
        ['hono alone', ofHono],
        ['a pipeline, served', ofPipeline],
      ],
    ),
  )
  console.log(`A served pipeline answers ${(ofPipeline / ofHono).toFixed(2)} times as many requests.\n`)
}

async function compareTokens(model: string): Promise<void> {
  const generationKwargs = { temperature: 0, maxTokens: 200, grammar: 'root ::= [a-z ]+ "."' }
  const pipeline = new Pipeline({
    llm: new LlamaCppChatGenerator({ model, generationKwargs }),
  })
  const messages = [ChatMessage.user('Tell me a story.')]
  const server = await listen({ port: 0, pipelines: { llm: pipeline } })
  const direct = async (): Promise<Stream> => {
    const watch = new Watch()
    await pipeline.run({ messages }, { onEvent: ({ type }) => type === 'chunk' && watch.chunk() })
    return watch.end()
  }
  const client = fork(new URL(import.meta.url))
  const over = async (path: string, body: object, piece: string): Promise<Stream> => {
    client.send({ url: server.url + path, body, piece })
    const [stream] = await once(client, 'message')
    return stream as Stream
  }
  const asked = { model: 'llm', stream: true, messages: [{ role: 'user', content: 'Tell me a story.' }] }
  const ways = [
    direct,
    () => over('/pipelines/llm', { messages }, '^event: chunk$'),
    () => over('/v1/chat/completions', asked, '"delta":{"content"'),
  ]
  const streams: Stream[][] = ways.map(() => [])
  for (const way of ways) await way()
  for (let round = 0; round < 9; round++) {
    for (const [index, way] of ways.entries()) streams[index]?.push(await way())
  }
  client.kill()
  await server.close()
  await pipeline.close()
  const [here, there, asModel] = streams.map((all) => ({
    firstMs: median(all.map(({ firstMs }) => firstMs)),
    perSecond: median(all.map(({ perSecond }) => perSecond)),
  })) as [Stream, Stream, Stream]
  console.log(
    table(
      ['one stream', 'first token, ms', 'pieces/s'],
      [
        ['the pipeline', here.firstMs, here.perSecond],
        ['over HTTP', there.firstMs, there.perSecond],
        ['as a model of OpenAI', asModel.firstMs, asModel.perSecond],
      ],
    ),
  )
  for (const [name, { firstMs, perSecond }] of [
    ['Over HTTP', there],
    ['As a model of OpenAI', asModel],
  ] as const) {
    const later = (firstMs - here.firstMs).toFixed(2)
    const share = (perSecond / here.perSecond).toFixed(2)
    console.log(`${name} the first token comes ${later} ms later, and pieces at ${share} of the speed.`)
  }
}

interface Stream {
  readonly firstMs: number
  readonly perSecond: number
}

class Watch {
  readonly #start = performance.now()
  #first = 0
  #last = 0
  #count = 0

  chunk(): void {
    this.#last = performance.now()
    if (this.#count === 0) this.#first = this.#last
    this.#count++
  }

  end(): Stream {
    return {
      firstMs: this.#first - this.#start,
      perSecond: ((this.#count - 1) / (this.#last - this.#first)) * 1000,
    }
  }
}

async function readStream({ url, body, piece }: AskedStream): Promise<Stream> {
  const watch = new Watch()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify(body),
  })
  const pieces = new RegExp(piece, 'gm')
  const decoder = new TextDecoder()
  for await (const bytes of response.body ?? []) {
    const text = decoder.decode(bytes as Uint8Array)
    for (const _ of text.matchAll(pieces)) watch.chunk()
  }
  return watch.end()
}

interface AskedStream {
  readonly url: string
  readonly body: object
  /** What each piece has in it, as a regular expression. */
  readonly piece: string
}

type Asked = AskedStream | { readonly url: string; readonly seconds: number }

if (process.send !== undefined) {
  process.on('message', async (asked: Asked) => {
    process.send?.(
      'body' in asked ? await readStream(asked) : await requestsPerSecond(asked.url, asked.seconds),
    )
  })
} else {
  const [seconds = '2', model = pocketModel.chat] = process.argv.slice(2)
  await compareRequests(Number(seconds))
  await compareTokens(model)
}
