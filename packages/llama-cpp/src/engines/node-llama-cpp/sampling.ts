import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import type { Constraint, Sampling } from '../engine.ts'

/** Our sampling options as the binding's, all of them said: its defaults are others. */
export function evaluateOptions(
  sampling: Sampling,
  recentTokens: () => Binding.Token[],
  binding: typeof Binding,
  model: Binding.LlamaModel,
): Binding.SequenceEvaluateOptions {
  const plain = sampling.temperature < 0
  const bias = tokenBias(sampling.logitBias, binding, model)
  return {
    temperature: plain ? 1 : sampling.temperature,
    topK: plain ? 0 : sampling.topK,
    topP: plain ? 1 : sampling.topP,
    minP: plain ? 0 : sampling.minP,
    seed: sampling.seed,
    ...(penalizes(sampling)
      ? {
          repeatPenalty: {
            punishTokens: recentTokens,
            maxPunishTokens: sampling.penaltyWindow,
            penalty: sampling.repeatPenalty,
            frequencyPenalty: sampling.frequencyPenalty,
            presencePenalty: sampling.presencePenalty,
          },
        }
      : {}),
    ...(bias ? { tokenBias: bias } : {}),
  }
}

function penalizes({ repeatPenalty, frequencyPenalty, presencePenalty }: Sampling): boolean {
  return repeatPenalty !== 1 || frequencyPenalty !== 0 || presencePenalty !== 0
}

function tokenBias(
  logitBias: Sampling['logitBias'],
  binding: typeof Binding,
  model: Binding.LlamaModel,
): Binding.TokenBias | undefined {
  const entries = Object.entries(logitBias)
  if (entries.length === 0) return undefined
  const bias = binding.TokenBias.for(model)
  for (const [key, logit] of entries) {
    const token = Number(key)
    if (!Number.isInteger(token) || token < 0) {
      throw new LlamaCppError(
        'OPTION_INVALID',
        `Option 'generationKwargs.logitBias' has the key '${key}', which is no token id.`,
        {
          option: 'generationKwargs.logitBias',
        },
      )
    }
    bias.set(token as Binding.Token, { logit })
  }
  return bias
}

/**
 * The grammar for what a reply must obey.
 *
 * @throws LlamaCppError `OPTION_INVALID` when the grammar does not parse, or the schema asks for what it cannot express
 */
export async function makeGrammar(
  constraint: Constraint,
  llama: Binding.Llama,
): Promise<Binding.LlamaGrammar> {
  try {
    if (constraint.kind === 'grammar') return await llama.createGrammar({ grammar: constraint.gbnf })
    if (constraint.schema === undefined) return await llama.getGrammarFor('json')
    refuseUnenforceable(constraint.schema, 'responseFormat.schema')
    // The binding's type of a schema is for schemas known to the compiler; this one was checked above.
    return await llama.createGrammarForJsonSchema(constraint.schema as never)
  } catch (cause) {
    if (LlamaCppError.isInstance(cause)) throw cause
    const option =
      constraint.kind === 'grammar' ? 'generationKwargs.grammar' : 'generationKwargs.responseFormat'
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new LlamaCppError('OPTION_INVALID', `Option '${option}' cannot be used: ${reason}`, {
      cause,
      option,
    })
  }
}

/** The keywords that the binding turns into a grammar, or that change nothing about what is valid. */
const ENFORCED = new Set(
  'type const enum oneOf $ref $defs properties required additionalProperties minProperties maxProperties items prefixItems minItems maxItems minLength maxLength format title description default examples $schema $comment'.split(
    ' ',
  ),
)
const FORMATS = ['date-time', 'time', 'date']

/** A keyword that the grammar would not hold the model to is an error, not a hope. */
function refuseUnenforceable(schema: unknown, path: string): void {
  if (typeof schema !== 'object' || schema === null) return
  for (const [keyword, value] of Object.entries(schema)) {
    if (!ENFORCED.has(keyword) || (keyword === 'format' && !FORMATS.includes(String(value)))) {
      throw new LlamaCppError(
        'OPTION_UNSUPPORTED',
        `Option 'generationKwargs.${path}' uses '${keyword}${keyword === 'format' ? `: ${String(value)}` : ''}', which engine 'node-llama-cpp' cannot enforce. It enforces ${[...ENFORCED].slice(0, 16).join(', ')}, and the formats ${FORMATS.join(', ')}.`,
        { option: 'generationKwargs.responseFormat', engine: 'node-llama-cpp' },
      )
    }
    if (keyword === 'properties' || keyword === '$defs') {
      for (const [name, child] of Object.entries(value as object))
        refuseUnenforceable(child, `${path}.${keyword}.${name}`)
    } else if (keyword === 'items' || keyword === 'additionalProperties') {
      refuseUnenforceable(value, `${path}.${keyword}`)
    } else if (keyword === 'oneOf' || keyword === 'prefixItems') {
      ;(value as unknown[]).forEach((child, index) => {
        refuseUnenforceable(child, `${path}.${keyword}.${index}`)
      })
    }
  }
}
