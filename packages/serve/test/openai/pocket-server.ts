import { Agent, BranchJoiner, JsonSchemaValidator, ToolInvoker } from '@millrace/components'
import { defineComponent, Pipeline, t, tool } from '@millrace/core'
import { LlamaCppChatGenerator, LlamaCppGenerator, LlamaCppTextEmbedder } from '@millrace/llama-cpp'
import { pocketModel } from '@millrace/pocket-model'
import { type Listening, listen } from '../../src/index.ts'

const model = pocketModel.chat
const generationKwargs = { temperature: 0, maxTokens: 64 }

const ownTools = [
  tool({
    name: 'get_weather',
    description: 'Get the current weather in a city.',
    parameters: t.object({ city: t.string() }),
    run: () => ({ temperature: 22 }),
  }),
  tool({
    name: 'add',
    description: 'Add two numbers.',
    parameters: t.object({ a: t.number(), b: t.number() }),
    run: ({ a, b }) => a + b,
  }),
]

/** A component that fails, in one way or another, as soon as its turn comes. */
const Failing = defineComponent({
  type: 'Failing',
  inputs: { messages: t.array(t.message()), generationKwargs: t.optional(t.record(t.json())) },
  outputs: { replies: t.array(t.message()) },
  run: () => {
    throw new Error('The disk is on fire.')
  },
})

/** Says a word, and fails then. */
const FailingLate = defineComponent({
  type: 'FailingLate',
  inputs: { messages: t.array(t.message()), generationKwargs: t.optional(t.record(t.json())) },
  outputs: { replies: t.array(t.message()) },
  run: async (_inputs, { emit }) => {
    emit({ content: 'Well', index: 0, start: true })
    await new Promise((resolve) => setTimeout(resolve, 20))
    throw new Error('The disk is on fire.')
  },
})

/** Scores documents by the words that they share with the query. */
const WordRanker = defineComponent({
  type: 'WordRanker',
  inputs: {
    query: t.string(),
    documents: t.array(t.document()),
    topK: t.integer({ default: 1 }),
  },
  outputs: { documents: t.array(t.document()) },
  run: ({ query, documents, topK }) => {
    const words = query.split(' ')
    const scored = documents.map((document) => ({
      ...document,
      score: words.filter((word) => document.content?.includes(word)).length / words.length,
    }))
    return { documents: scored.sort((a, b) => b.score - a.score).slice(0, topK) }
  },
})

export function chatPipeline(slots = 4): Pipeline {
  return new Pipeline({ llm: new LlamaCppChatGenerator({ model, slots, generationKwargs }) }) as never
}

function toolLoop(): Pipeline {
  const llm = new LlamaCppChatGenerator({ model, tools: ownTools, generationKwargs })
  return new Pipeline(
    { conversation: new BranchJoiner({ of: 'messages' }), llm, tools: new ToolInvoker({}) },
    { inputs: { messages: ['conversation.value'] }, outputs: { answer: 'tools.replies' } },
  )
    .connect('conversation.value', 'llm.messages')
    .connect('conversation.value', 'tools.conversation')
    .connect('llm.replies', 'tools.messages')
    .connect('tools.messages', 'conversation.value') as never
}

/** Asks again until the reply is JSON: what it says before that is not its answer. */
function repairLoop(): Pipeline {
  return new Pipeline(
    {
      conversation: new BranchJoiner({ of: 'messages' }),
      llm: new LlamaCppChatGenerator({ model, generationKwargs }),
      validator: new JsonSchemaValidator({
        jsonSchema: { type: 'object', required: ['name'] },
        errorTemplate: 'Extract name, age and city as JSON: {{ conversation[0] }}',
        maxAttempts: 3,
      }),
    },
    { inputs: { messages: ['conversation.value'] }, outputs: { answer: 'validator.validated' } },
  )
    .connect('conversation.value', 'llm.messages')
    .connect('conversation.value', 'validator.conversation')
    .connect('llm.replies', 'validator.messages')
    .connect('validator.errors', 'conversation.value') as never
}

function agent(approve: boolean): Pipeline {
  const chatGenerator = new LlamaCppChatGenerator({ model, generationKwargs })
  const parts = { chatGenerator, tools: ownTools, maxSteps: 5 }
  return new Pipeline({
    agent: new Agent(approve ? { ...parts, approve: { tools: ['get_weather'] } } : parts),
  }) as never
}

export interface PocketServer extends Listening {
  /** What went to the log. */
  readonly lines: string[]
  post(path: string, body: object, signal?: AbortSignal): Promise<Response>
  stop(): Promise<void>
}

/** The shipped model as each kind of model that there is, over a real socket. */
export async function pocketServer(): Promise<PocketServer> {
  const pipelines: Record<string, Pipeline> = {
    pocket: chatPipeline(),
    eyes: new Pipeline({
      llm: new LlamaCppChatGenerator({ model, modelClipPath: pocketModel.vision, generationKwargs }),
    }) as never,
    loop: toolLoop(),
    repair: repairLoop(),
    agent: agent(false),
    careful: agent(true),
    failing: new Pipeline({ llm: new Failing() }) as never,
    'failing-late': new Pipeline({ llm: new FailingLate() }) as never,
    writer: new Pipeline({
      llm: new LlamaCppGenerator({ model, generationKwargs: { temperature: 0 } }),
    }) as never,
    vectors: new Pipeline({
      embedder: new LlamaCppTextEmbedder({ model, nCtx: 64, modelKwargs: { poolingType: 1 } }),
    }) as never,
    ranker: new Pipeline({ ranker: new WordRanker() }) as never,
  }
  const lines: string[] = []
  const listening = await listen({ port: 0, pipelines, log: (line) => lines.push(line) })
  return {
    ...listening,
    lines,
    post: (path, body, signal) =>
      fetch(listening.url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        ...(signal === undefined ? {} : { signal }),
      }),
    async stop() {
      await listening.close()
      for (const pipeline of Object.values(pipelines)) await pipeline.close()
    },
  }
}

export const getWeather = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'Get the current weather in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
} as const
