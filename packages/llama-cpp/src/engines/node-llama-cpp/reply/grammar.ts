import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../../errors.ts'
import { checkGbnf } from '../../../gbnf/gbnf-check.ts'
import { jsonObjectGrammar, jsonSchemaGrammar } from '../../../gbnf/json-schema-grammar.ts'
import type { Constraint } from '../../request.ts'
import { reasonOf } from '../failures.ts'

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
  const grammar = grammarText(constraint)
  try {
    return await llama.createGrammar({ grammar })
  } catch (cause) {
    throw new LlamaCppError(
      'OPTION_INVALID',
      `Option '${option}' cannot be used: ${reasonOf(cause)}. llama.cpp writes to stderr where it failed.`,
      { cause, option },
    )
  }
}

function grammarText(constraint: Constraint): string {
  if (constraint.kind === 'grammar') return checkedGbnf(constraint)
  if (constraint.schema === undefined) return jsonObjectGrammar()
  return jsonSchemaGrammar(constraint.schema, 'generationKwargs.responseFormat.schema', {
    engine: 'node-llama-cpp',
    option: 'generationKwargs.responseFormat',
  })
}

/** @throws LlamaCppError `OPTION_INVALID` */
export function checkedGbnf({ gbnf }: Extract<Constraint, { readonly kind: 'grammar' }>): string {
  checkGbnf(gbnf)
  return gbnf
}
