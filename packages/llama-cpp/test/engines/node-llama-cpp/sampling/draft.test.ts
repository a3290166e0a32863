// Speculative decoding by options: a draft model and prompt lookup, on the pocket model. Guesses cost or save time;
// what a reply says is the same.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from '@jest/globals'
import { Registry } from '@millrace/core'
import { loadPipeline } from '@millrace/core/yaml'
import { LlamaCppChatGenerator } from '../../../../src/components/chat-generator.ts'
import { llamaCppComponents } from '../../../../src/llama-cpp-components.ts'
import { ask } from '../../../asking.ts'
import { failureOf } from '../../../failure-of.ts'
import { pocketPath, pocketVisionPath } from '../../../pocket.ts'
import { inTemporaryFolder } from '../../../temporary-folder.ts'

type Parameters = ConstructorParameters<typeof LlamaCppChatGenerator>[0]
type Draft = NonNullable<NonNullable<Parameters['modelKwargs']>['draftModel']>

const opened: LlamaCppChatGenerator[] = []

function generatorWith(draftModel?: Draft, parameters: Partial<Parameters> = {}): LlamaCppChatGenerator {
  const generator = new LlamaCppChatGenerator({
    model: pocketPath,
    generationKwargs: { temperature: 0 },
    ...(draftModel === undefined ? {} : { modelKwargs: { draftModel } }),
    ...parameters,
  })
  opened.push(generator)
  return generator
}

afterAll(async () => {
  for (const each of opened) await each.close()
})

const plain = generatorWith()
const story = 'Tell me a story.'
const extract = 'Extract name, age and city as JSON: Nina is 42 years old and lives in Oslo.'
const drafts: Readonly<Record<string, Draft>> = {
  'a draft model': pocketPath,
  'a draft model that guesses three tokens': { type: 'model', model: pocketPath, numPredTokens: 3 },
  'prompt lookup': 'promptLookup',
  'prompt lookup of three tokens by one': { type: 'promptLookup', maxNgramSize: 1, numPredTokens: 3 },
}

describe.each(Object.keys(drafts))('with %s', (name) => {
  const generator = generatorWith(drafts[name])

  test.each([story, 'What is the capital of France?', extract])(
    'the answer is the same: %s',
    async (question) => {
      const { text, meta, chunks } = await ask(generator, question)
      const expected = await ask(plain, question)
      expect(text).toBe(expected.text)
      expect(meta.usage.completionTokens).toBe(expected.meta.usage.completionTokens)
      expect(chunks.map(({ content }) => content).join('')).toBe(text)
    },
  )

  test.each([
    { repeatPenalty: 1.5 },
    { grammar: 'root ::= "Paris" | "Rome and " [a-z]{3,9}' },
    { responseFormat: { type: 'jsonObject' } },
    { logitBias: { '300': 3 } },
    { maxTokens: 5 },
    { stop: 'named' },
    { logprobs: true, topLogprobs: 2, maxTokens: 8 },
  ] as const)('%j is honoured as without it', async (options) => {
    const { text, meta } = await ask(generator, story, { maxTokens: 40, ...options })
    const expected = await ask(plain, story, { maxTokens: 40, ...options })
    expect([text, meta.finishReason]).toEqual([expected.text, expected.meta.finishReason])
  })

  test('requests on several slots at once are answered as alone', async () => {
    const several = generatorWith(drafts[name], { slots: 3 })
    const questions = [story, extract, 'What is the capital of Japan?', story]
    const answers = await Promise.all(questions.map((question) => ask(several, question)))
    for (const [index, { text }] of answers.entries()) {
      expect(text).toBe((await ask(plain, questions[index] ?? '')).text)
    }
    await several.close()
  })

  test('an aborted reply keeps what there is, and the next one is whole', async () => {
    const controller = new AbortController()
    const { text, meta } = await ask(
      generator,
      story,
      {},
      {
        signal: controller.signal,
        onChunk: ({ index }) => index === 5 && controller.abort(),
      },
    )
    expect(meta.finishReason).toBe('aborted')
    const expected = (await ask(plain, story)).text
    expect(expected.startsWith(text)).toBe(true)
    expect((await ask(generator, story)).text).toBe(expected)
  })
})

describe('a draft model', () => {
  test('with another vocabulary is an error before it is used', async () => {
    await inTemporaryFolder(async (dir) => {
      const other = join(dir, 'other.gguf')
      const bytes = await readFile(pocketPath)
      bytes.write('<other>', bytes.indexOf('<tools>', bytes.indexOf('tokenizer.ggml.tokens')))
      await writeFile(other, bytes)
      const generator = generatorWith(other)
      const error = await failureOf(generator.warmUp())
      expect(error).toMatchObject({
        code: 'MODEL_UNSUPPORTED',
        path: other,
        option: 'modelKwargs.draftModel',
      })
      expect(error.message.replace(other, 'other.gguf')).toMatchInlineSnapshot(
        `"The draft model 'other.gguf' cannot guess for this model: its vocabulary has "<other>" as token 3, not "<tools>". Use a smaller model of the same family, or modelKwargs.draftModel: 'promptLookup'."`,
      )
      await generator.close()
      expect((await ask(plain, 'Hello')).text).toBe('Hello! How can I help you?')
    })
  })

  test('that is none is refused, and found by check', async () => {
    const mmproj = generatorWith(pocketVisionPath)
    expect(await failureOf(mmproj.warmUp())).toMatchObject({ code: 'MODEL_UNSUPPORTED' })
    expect(await mmproj.check()).toMatchObject([
      { level: 'error', code: 'MODEL_UNSUPPORTED', option: 'modelKwargs.draftModel' },
    ])
    expect(await generatorWith('missing.gguf').check()).toMatchObject([
      { level: 'error', code: 'MISSING_FILE', option: 'modelKwargs.draftModel' },
    ])
  })

  test('may be named in a pipeline', async () => {
    const pipeline = loadPipeline(
      `components:
  llm:
    type: LlamaCppChatGenerator
    initParameters:
      model: ${JSON.stringify(pocketPath)}
      modelKwargs:
        draftModel: { type: promptLookup, maxNgramSize: 2, numPredTokens: 6 }
      generationKwargs: { temperature: 0 }
  draft:
    type: LlamaCppGenerator
    initParameters:
      model: ${JSON.stringify(pocketPath)}
      modelKwargs: { draftModel: { type: model, model: ${JSON.stringify(pocketPath)} } }
      generationKwargs: { temperature: 0, maxTokens: 8 }
`,
      { registry: new Registry([llamaCppComponents]) },
    )
    const { outputs } = await pipeline.run({
      llm: { messages: extract },
      draft: { prompt: 'Once upon a time there was' },
    })
    expect(outputs).toMatchObject({
      llm: { replies: [{ content: [{ text: '{"name": "Nina", "age": 42, "city": "Oslo"}' }] }] },
      draft: { meta: [{ usage: { completionTokens: 8 } }] },
    })
    await pipeline.close()
  })
})
