// 64 clients of one served model at once, of which some leave at any moment: how long equal requests take from the first to the last
// byte, and what memory does. Fair is a longest time of at most three times the median; lost is nothing.
//
//   corepack pnpm bench clients [seconds] [model.gguf]
import { setTimeout as pause } from 'node:timers/promises'
import { Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { listen } from '@millrace/serve'
import { median } from './measure.ts'

const CLIENTS = 64
const seconds = Number(process.argv[2] ?? 60)
const generationKwargs = { temperature: 0, maxTokens: 64 }
const pipeline = new Pipeline({
  llm: new LlamaCppChatGenerator({ model: process.argv[3] ?? pocketModel.chat, generationKwargs }),
})
const server = await listen({ port: 0, pipelines: { model: pipeline } })
const body = JSON.stringify({ messages: 'What is the capital of France?' })

async function ask(signal?: AbortSignal): Promise<string> {
  const response = await fetch(`${server.url}/pipelines/model`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    ...(signal === undefined ? {} : { signal }),
  })
  if (response.status !== 200) throw new Error(`status ${response.status}`)
  const answer = (await response.json()) as {
    outputs: { llm: { replies: { content: { text: string }[] }[] } }
  }
  return answer.outputs.llm.replies[0]?.content[0]?.text ?? ''
}

const alone = await ask()
const end = performance.now() + seconds * 1000
const times: number[] = []
let left = 0
let wrong = 0
let early = 0
setTimeout(() => {
  early = process.memoryUsage.rss()
}, seconds * 250).unref()

async function client(): Promise<void> {
  while (performance.now() < end) {
    const start = performance.now()
    if (Math.random() < 0.3) {
      const leaving = new AbortController()
      const asked = ask(leaving.signal).catch(() => {})
      await pause(Math.random() * 200)
      leaving.abort()
      await asked
      left++
      continue
    }
    if ((await ask()) !== alone) wrong++
    times.push(performance.now() - start)
  }
}

await Promise.all(Array.from({ length: CLIENTS }, client))
const late = process.memoryUsage.rss()
const text = await (await fetch(`${server.url}/metrics`)).text()
const running = /^millrace_runs_running (\d+)$/m.exec(text)?.[1]
await server.end()
await pipeline.close()
const middle = median(times)
const longest = Math.max(...times)
console.log(
  `${times.length} answers in ${seconds} s, ${wrong} of them not the one alone; ${left} clients left; ${running} runs go on afterwards.`,
)
console.log(
  `Median ${middle.toFixed(0)} ms, longest ${longest.toFixed(0)} ms: ${(longest / middle).toFixed(2)} times as long.`,
)
console.log(
  `Memory at the end is ${(late / early).toFixed(2)} times what it was after a quarter of the time.`,
)
