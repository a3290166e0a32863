// How long after an abort a slot is free again: in the queue, at a tenth of a long prompt, and in the middle of a reply,
// beside one slice of that prompt, which nothing can interrupt. On a model of 86 million random weights.
//
//   corepack pnpm bench aborts [model.gguf]
import { availableParallelism } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import type { RunContext, StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { median, table } from './measure.ts'
import { randomModel } from './random-model.ts'

const ROUNDS = 7
const generator = new LlamaCppChatGenerator({
  model: process.argv[2] ?? (await randomModel()),
  nCtx: 2048,
  modelKwargs: { nThreads: Math.min(3, availableParallelism()) },
  generationKwargs: { temperature: 0, maxTokens: 64 },
})

/** Words that no two prompts have alike, so that no slot remembers them. */
const longPrompt = (round: number) =>
  `${round} ${'one owl sat in a tree and looked at the moon '.repeat(110)}`

interface Asked {
  readonly ended: Promise<unknown>
  readonly controller: AbortController
  /** Resolves with the first chunk that is of this kind. */
  seen(kind: (chunk: StreamingChunk) => boolean): Promise<void>
}

function ask(messages: string, maxTokens = 64): Asked {
  const controller = new AbortController()
  const waiting: { kind: (chunk: StreamingChunk) => boolean; resolve: () => void }[] = []
  const context: RunContext = {
    ...aloneContext(LlamaCppChatGenerator),
    signal: controller.signal,
    emit: (chunk) => {
      for (const { kind, resolve } of waiting) if (kind(chunk)) resolve()
    },
  }
  const ended = generator.run({ messages, generationKwargs: { maxTokens } }, context).catch(() => undefined)
  return {
    ended,
    controller,
    seen: (kind) => new Promise((resolve) => waiting.push({ kind, resolve: () => resolve() })),
  }
}

/** Milliseconds from the abort to the end of the request, with which its slot is free for the one that waits. */
async function freedAfter(aborted: Asked): Promise<number> {
  const next = ask('Hi', 1)
  const start = performance.now()
  aborted.controller.abort()
  await aborted.ended
  const ms = performance.now() - start
  await next.ended
  return ms
}

const isText = (chunk: StreamingChunk) => chunk.content !== ''
const isTenth = ({ meta }: StreamingChunk) => {
  const progress = meta?.['promptProgress'] as { doneTokens: number; totalTokens: number } | undefined
  return progress !== undefined && progress.doneTokens >= progress.totalTokens / 10
}

async function inQueue(): Promise<number> {
  const holder = ask('Tell me a story.')
  await holder.seen(isText)
  const ms = await freedAfter(ask('Tell me another one.'))
  holder.controller.abort()
  await holder.ended
  return ms
}

async function inPrompt(round: number): Promise<number> {
  const asked = ask(longPrompt(round))
  await asked.seen(isTenth)
  // Not at the end of an evaluation, but somewhere in the next.
  await setTimeout(10 + 7 * round)
  return freedAfter(asked)
}

/** Milliseconds of each slice of a prompt but the last, which gives the first token. */
async function sliceTimes(): Promise<number[]> {
  const ends = [performance.now()]
  const asked = ask(longPrompt(ROUNDS), 1)
  void asked.seen((chunk) => {
    if (chunk.meta?.['promptProgress']) ends.push(performance.now())
    return false
  })
  await asked.ended
  return ends.slice(1).map((end, index) => end - (ends[index] as number))
}

async function inReply(): Promise<number> {
  const asked = ask('Tell me a story.')
  await asked.seen(isText)
  return freedAfter(asked)
}

await generator.warmUp()
await ask('Hi', 1).ended
const rows: [string, ...number[]][] = []
for (const [label, work] of [
  ['in the queue', inQueue],
  ['at a tenth of a prompt', inPrompt],
  ['in the middle of a reply', inReply],
] as const) {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) times.push(await work(round))
  rows.push([label, median(times), Math.max(...times)])
}
const slices = await sliceTimes()
rows.push(['one slice of a prompt', median(slices), Math.max(...slices)])
console.log(`the slot is free so many milliseconds after the abort, of ${ROUNDS} rounds`)
console.log(table(['', 'median', 'longest'], rows))
const [, [, inPromptMs]] = rows as [unknown, [string, number]]
console.log(`\nin a prompt: ${(inPromptMs / median(slices)).toFixed(2)} of a slice, at most one`)
await generator.close()
