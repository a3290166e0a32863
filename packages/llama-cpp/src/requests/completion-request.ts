import type { CompletionRequest } from '../engines/request.ts'
import type { CompletionOptions } from '../options/completion-options.ts'
import type { LoadOptions } from '../options/options.ts'
import { type Seeds, sharedRequest } from './generation.ts'

/** llama-cpp-python's defaults for completions, where they are not those for chats. */
const defaults = { temperature: 0.8, maxTokens: 16 } as const

/** What a completion asks of the engine. */
export function completionRequest(
  prompt: CompletionRequest['prompt'],
  given: CompletionOptions,
  load: LoadOptions,
  seeds: Seeds,
): CompletionRequest {
  const { temperature = defaults.temperature, maxTokens = defaults.maxTokens } = given
  const logprobs = given.logprobs ?? undefined
  return {
    ...sharedRequest({ ...given, temperature, maxTokens }, load, seeds),
    constraint: typeof given.grammar === 'string' ? { kind: 'grammar', gbnf: given.grammar } : undefined,
    logprobs,
    prompt,
    suffix: given.suffix ?? undefined,
    suffixFirst: load.spmInfill ?? false,
    promptLogprobs: logprobs !== undefined && given.echo === true,
  }
}
