import type { RunContext, StreamingChunk } from '@millrace/core'
import { aloneContext } from '@millrace/core/component'
import { LlamaCppChatGenerator } from '../src/components/chat-generator.ts'
import { pocketPath } from './pocket.ts'
import type { ScriptedEngine } from './scripted-engine.ts'

type Parameters = ConstructorParameters<typeof LlamaCppChatGenerator>[0]

/** A component on an engine whose replies are written down. */
export const generatorOn = (engine: ScriptedEngine, parameters: Partial<Parameters> = {}) =>
  new LlamaCppChatGenerator({ model: pocketPath, ...parameters }, engine)

/** A run context that collects what is emitted. */
export function collecting(signal: AbortSignal = new AbortController().signal) {
  const chunks: StreamingChunk[] = []
  const context: RunContext = {
    ...aloneContext(LlamaCppChatGenerator),
    component: { name: 'llm', type: 'LlamaCppChatGenerator' },
    signal,
    emit: (chunk) => void chunks.push(chunk),
  }
  return { chunks, context }
}
