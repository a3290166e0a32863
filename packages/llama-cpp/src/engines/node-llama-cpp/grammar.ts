import type * as Binding from 'node-llama-cpp'
import { LlamaCppError } from '../../errors.ts'
import type { Constraint } from '../engine.ts'
import { enforceableSchema } from './enforceable-schema.ts'
import { reasonOf } from './failures.ts'

/** Any JSON object, with the white space that models like to put into it, and none behind it. */
const JSON_OBJECT = String.raw`root ::= object
object ::= "{" ws (pair (ws "," ws pair)*)? ws "}"
pair ::= string ws ":" ws value
array ::= "[" ws (value (ws "," ws value)*)? ws "]"
value ::= object | array | string | number | "true" | "false" | "null"
string ::= "\"" ([^"\\\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4}))* "\""
number ::= "-"? ("0" | [1-9] [0-9]{0,15}) ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,2})?
ws ::= | " " | "\n" [ \t]{0,20}
`

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
  try {
    return await llama.createGrammar({ grammar: await grammarText(constraint, llama) })
  } catch (cause) {
    if (LlamaCppError.isInstance(cause)) throw cause
    throw new LlamaCppError(
      'OPTION_INVALID',
      `Option '${option}' cannot be used: ${reasonOf(cause)}. llama.cpp writes to stderr where it failed.`,
      {
        cause,
        option,
      },
    )
  }
}

async function grammarText(constraint: Constraint, llama: Binding.Llama): Promise<string> {
  if (constraint.kind === 'grammar') return constraint.gbnf
  if (constraint.schema === undefined) return JSON_OBJECT
  // The binding's type of a schema is for schemas that the compiler knows.
  const { grammar } = await llama.createGrammarForJsonSchema(enforceableSchema(constraint.schema) as never)
  return tidied(grammar)
}

const ANY_DAY = '("0" [1-9] | "1" [012]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
/** The days of each month; of February those of every year. */
const REAL_DAY = `(${[
  '("01" | "03" | "05" | "07" | "08" | "10" | "12") "-" ("0" [1-9] | [12] [0-9] | "3" [01])',
  '("04" | "06" | "09" | "11") "-" ("0" [1-9] | [12] [0-9] | "30")',
  '"02-" ("0" [1-9] | "1" [0-9] | "2" [0-8])',
].join(' | ')})`

/**
 * The binding's grammar without what it has too much: four line breaks that a model must write behind the JSON, which
 * would cost four tokens of every reply; exponents of integers, for `1e-5` is none; those of numbers beyond all range;
 * and the 31st of February.
 */
function tidied(grammar: string): string {
  return grammar
    .replace(/^(root ::= .*) "\\n\\n\\n\\n" \[\\n\]\*$/m, '$1')
    .replace(/^(integer-number-rule ::= .*?) \(\[eE\].*$/m, '$1')
    .replace(/^(fractional-number-rule ::= .*?) \(\[eE\].*$/m, '$1 ([eE] [-+]? [0-9]{1,2})?')
    .replaceAll(ANY_DAY, REAL_DAY)
}
