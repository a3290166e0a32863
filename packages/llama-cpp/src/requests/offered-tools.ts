import type { JsonSchema, Tool } from '@millrace/core'
import { listNames } from '@millrace/core/component'
import type { ChatRequest, ToolChoice, ToolDescription } from '../engines/request.ts'
import { LlamaCppError } from '../errors.ts'
import type { GenerationOptions } from '../options/generation-options.ts'

/**
 * What the model is told of the tools, those of `functions` among them, and how it has to choose.
 *
 * @throws LlamaCppError `OPTION_INVALID` for a choice that these tools leave no way to make, or a name that two share
 */
export function offeredTools(
  tools: readonly Tool[],
  choice: ToolChoice,
  functions: GenerationOptions['functions'] = [],
): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const described = [
    ...tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    ...functions.map(({ name, description = '', parameters = { type: 'object', properties: {} } }) => ({
      name,
      description,
      parameters: parameters as JsonSchema,
    })),
  ]
  checkNames(described)
  if (choice === 'none') return { tools: [], toolChoice: 'none' }
  if (choice === 'auto') return { tools: described, toolChoice: described.length === 0 ? 'none' : 'auto' }
  if (choice === 'required') {
    if (described.length > 0) return { tools: described, toolChoice: 'required' }
    throw impossible("is 'required', but there are no tools. Give some, or leave it out.")
  }
  const named = described.filter(({ name }) => name === choice.name)
  if (named.length > 0) return { tools: named, toolChoice: choice }
  const names = described.map(({ name }) => name)
  throw impossible(
    names.length === 0
      ? `names '${choice.name}', but there are no tools. Give some, or leave it out.`
      : `names '${choice.name}', which is none of the tools: ${listNames(names)}.`,
  )
}

function checkNames(described: readonly ToolDescription[]): void {
  const names = described.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice === undefined) return
  const option = 'generationKwargs.functions'
  const message = `Option '${option}' has '${twice}', which is the name of another tool too. Give each a name of its own.`
  throw new LlamaCppError('OPTION_INVALID', message, { option })
}

function impossible(problem: string): LlamaCppError {
  const option = 'generationKwargs.toolChoice'
  return new LlamaCppError('OPTION_INVALID', `Option '${option}' ${problem}`, { option })
}
