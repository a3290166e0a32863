import type * as Binding from 'node-llama-cpp'
import type { CompletionRequest, Generation, RequestOptions, TokenLogprob } from '../request.ts'
import { type GenerationSetting, generate } from './generate.ts'
import type { Prompt } from './prompt/prompt.ts'
import { promptLogprobs } from './sampling/prompt-logprobs.ts'

/** Continues a prompt on a slot, after saying how likely the prompt itself was where that was asked for. */
export async function complete(
  setting: GenerationSetting,
  prompt: Prompt,
  request: CompletionRequest,
  options: RequestOptions,
): Promise<Omit<Generation, 'queueMs'>> {
  const start = performance.now()
  const likely = await likelyPrompt(setting, prompt.tokens, request, options.signal)
  const promptMs = performance.now() - start
  const generation = await generate(setting, prompt, request, options)
  if (likely === undefined) return generation
  return {
    ...generation,
    promptLogprobs: likely,
    // What the slot holds now, it holds through this request.
    cachedTokens: 0,
    promptMs: promptMs + generation.promptMs,
  }
}

async function likelyPrompt(
  { sequence, model }: GenerationSetting,
  tokens: readonly Binding.Token[],
  { promptLogprobs: wanted, logprobs }: CompletionRequest,
  signal: AbortSignal | undefined,
): Promise<TokenLogprob[] | undefined> {
  if (!wanted || logprobs === undefined) return undefined
  return promptLogprobs(sequence, tokens, { model, logprobs, signal })
}
