import { type ObjectOf, type Socket, t } from '@millrace/core'
import { samplingFields } from './generation-options.ts'

const completionFields = {
  /** 0 always takes the likeliest token; below 0 samples from the plain distribution. */
  temperature: t.number({
    default: 0.8,
    description: '0 always takes the likeliest token; below 0 samples from the plain distribution.',
  }),
  /**
   * The most tokens to generate. null or below 1: as many as fit the context; with contextShift, until the model
   * ends.
   */
  maxTokens: t.optional(t.union(t.integer(), t.null()), {
    default: 16,
    description:
      'The most tokens to generate. null or below 1: as many as fit the context; with contextShift, until the model ends.',
  }),
  /**
   * A text that the completion goes in front of. Needs a model with infill tokens; modelKwargs.spmInfill lets it read
   * the suffix first.
   */
  suffix: t.optional(t.union(t.string(), t.null()), {
    description:
      'A text that the completion goes in front of. Needs a model with infill tokens; modelKwargs.spmInfill lets it read the suffix first.',
  }),
  /** Puts the prompt in front of the reply. */
  echo: t.optional(t.boolean(), { description: 'Puts the prompt in front of the reply.' }),
  /** Log probabilities of the tokens, each with those of this many alternatives. With echo, of the prompt too. */
  logprobs: t.optional(t.union(t.integer({ minimum: 0 }), t.null()), {
    description:
      'Log probabilities of the tokens, each with those of this many alternatives. With echo, of the prompt too.',
  }),
  /** A function that decides where the reply ends. */
  stoppingCriteria: t.optional(t.unknown(), { description: 'A function that decides where the reply ends.' }),
}

/** The `generationKwargs` of `LlamaCppGenerator`, as `GenerationOptions` for chats. */
export interface CompletionOptions
  extends ObjectOf<Omit<typeof samplingFields, 'maxTokens'> & typeof completionFields> {}

const { temperature, ...others } = completionFields

/** The options of llama-cpp-python's `create_completion`, camelCased: what `generationKwargs` of a completion takes. */
export const completionOptions: Socket<CompletionOptions> = t.object({
  temperature,
  ...samplingFields,
  ...others,
})
