import type { Finding, Tool, Toolset } from '@millrace/core'
import { flattenTools, isToolset } from '@millrace/core/component'
import type { Engine } from '../engines/engine.ts'
import { LlamaCppError } from '../errors.ts'
import { jsonSchemaGrammar } from '../gbnf/json-schema-grammar.ts'
import type { GenerationOptions } from '../options/generation-options.ts'
import { offeredTools } from './offered-tools.ts'

/**
 * What every request with these options would fail with, as far as it can be told before there is one: a schema that no
 * grammar can hold a reply to, and a choice that the tools leave no way to make. Runs may bring others: a choice is a
 * warning.
 */
export function checkGeneration(
  { generationKwargs = {}, tools = [] }: CheckedGeneration,
  engine: Engine['name'],
): Finding[] {
  const { responseFormat, toolChoice, functions } = generationKwargs
  const option = 'generationKwargs.responseFormat'
  const schema = responseFormat?.type === 'jsonObject' ? responseFormat.schema : undefined
  const findings =
    schema === undefined
      ? []
      : findingsOf('error', option, () => jsonSchemaGrammar(schema, `${option}.schema`, { engine, option }))
  // What a toolset holds is known when it is ready.
  if (toolChoice === undefined || tools.some(isToolset)) return findings
  const choose = () => offeredTools(flattenTools(tools), toolChoice, functions)
  return [...findings, ...findingsOf('warning', 'generationKwargs.toolChoice', choose)]
}

export interface CheckedGeneration {
  readonly generationKwargs?: GenerationOptions
  readonly tools?: readonly (Tool | Toolset)[]
}

function findingsOf(level: Finding['level'], option: string, check: () => unknown): Finding[] {
  try {
    check()
    return []
  } catch (error) {
    if (!LlamaCppError.isInstance(error)) throw error
    return [{ level, code: error.code, message: error.message, option }]
  }
}
