import { ChatMessage } from '@millrace/core'
import type { Engine, ModelContext, WeightsSpec } from '../../src/engines/engine.ts'
import type { ChatRequest } from '../../src/engines/request.ts'
import type { GenerationOptions } from '../../src/options/generation-options.ts'
import { generationRequest, Seeds } from '../../src/requests/generation.ts'
import { contextSpec, weightsSpec } from '../../src/session/specs.ts'
import { pocketPath } from '../pocket.ts'

/** What a component asks an engine when a user says this; greedy, unless it is told otherwise. */
export function chatRequest(text: string, options: GenerationOptions = {}): ChatRequest {
  return {
    ...generationRequest({ temperature: 0, ...options }, {}, new Seeds(1)),
    messages: [ChatMessage.user(text)],
    tools: [],
    toolChoice: 'none',
  }
}

export const pocketWeights: WeightsSpec = weightsSpec(pocketPath, {})

/** Opens the pocket model on an engine, for as long as the work takes. */
export async function withContext(
  engine: Engine,
  work: (context: ModelContext) => Promise<void>,
): Promise<void> {
  const weights = await engine.load(pocketWeights, {})
  try {
    const context = await weights.open(contextSpec({}, {}, {}), {})
    await work(context)
    await context.dispose()
  } finally {
    await weights.dispose()
  }
}
