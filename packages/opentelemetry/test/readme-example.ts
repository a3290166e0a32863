import { Pipeline } from '@millrace/core'
import { LlamaCppChatGenerator } from '@millrace/llama-cpp'
import { traceRuns } from '@millrace/opentelemetry'
import { pocketModel } from '@millrace/pocket-model'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'

const provider = new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())],
})

await using pipeline = new Pipeline({
  llm: new LlamaCppChatGenerator({ model: pocketModel.chat, generationKwargs: { temperature: 0 } }),
})

const onEvent = traceRuns({ tracer: provider.getTracer('my-app'), name: 'capitals' })
await pipeline.run({ llm: { messages: 'What is the capital of France?' } }, { onEvent })
