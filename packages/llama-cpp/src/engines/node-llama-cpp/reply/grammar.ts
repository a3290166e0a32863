import { messageOf } from '@millrace/core/component'
import type * as Binding from 'node-llama-cpp'
import { answerGrammar } from '../../../chat/call-grammar.ts'
import { LlamaCppError } from '../../../errors.ts'
import type { Constraint } from '../../request.ts'

/**
 * The grammar for what a reply must obey. A reply that is complete can only end: nothing may follow it.
 *
 * @throws LlamaCppError `OPTION_INVALID` when the grammar does not parse, `OPTION_UNSUPPORTED` for a schema that
 * cannot be expressed
 */
export async function makeGrammar(
  constraint: Constraint,
  llama: Binding.Llama,
): Promise<Binding.LlamaGrammar> {
  const option =
    constraint.kind === 'grammar' ? 'generationKwargs.grammar' : 'generationKwargs.responseFormat'
  const grammar = answerGrammar(constraint, 'node-llama-cpp')
  try {
    return await llama.createGrammar({ grammar })
  } catch (cause) {
    throw new LlamaCppError(
      'OPTION_INVALID',
      `Option '${option}' cannot be used: ${messageOf(cause)}. llama.cpp writes to stderr where it failed.`,
      { cause, option },
    )
  }
}
