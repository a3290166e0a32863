import type { Socket } from '@millrace/core'
import { checkValue, didYouMean, listNames } from '@millrace/core/component'
import { OpenAIError } from '../errors.ts'
import { type GenerationOptions, generationOptions } from './generation-options.ts'

/** Where an option is that other programs, or other components, have under a name of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  maxCompletionTokens: "Write 'maxTokens': it is sent under the name that the server knows.",
  grammar:
    "llama-server takes it as extraBody: { grammar: '…' }, vLLM as extraBody: { structured_outputs: { grammar: '…' } }.",
  repeatPenalty:
    'llama-server and LM Studio take it as extraBody: { repeat_penalty: 1.1 }, vLLM as extraBody: { repetition_penalty: 1.1 }.',
  typicalP: 'llama-server takes it as extraBody: { typical_p: 0.9 }.',
  mirostatMode: 'llama-server takes it as extraBody: { mirostat: 2 }.',
  reasoningBudget: 'llama-server takes it as extraBody: { thinking_budget_tokens: 512 }.',
  model: "Write it as the parameter 'model' of the component.",
  tools: "Write them as the parameter 'tools' of the component.",
  user: "Send it with extraBody: { user: '…' }.",
}

/**
 * Refuses options that are unknown, of a wrong type, or contradictory.
 *
 * @throws OpenAIError `OPENAI_OPTION_UNKNOWN`, `OPENAI_OPTION_INVALID`, with `option` set to the path
 */
export function checkGenerationOptions(given: GenerationOptions): void {
  checkFields('generationKwargs', generationOptions, given)
  const { responseFormat, logprobs, topLogprobs = 0 } = given
  if (topLogprobs > 0 && !logprobs) {
    throw invalidOption('generationKwargs.topLogprobs', "it needs 'logprobs: true', of whose tokens it is.")
  }
  if (responseFormat?.type === 'text' && responseFormat.schema !== undefined) {
    throw invalidOption('generationKwargs.responseFormat', 'a \'schema\' needs the type "jsonObject".')
  }
}

/** The same for the parameters of a component. */
export function checkParameters(declared: Socket, given: object): void {
  checkFields(undefined, declared, given)
}

export function invalidOption(option: string, problem: string): OpenAIError {
  return new OpenAIError('OPENAI_OPTION_INVALID', `Option '${option}': ${problem}`, { option })
}

function checkFields(group: string | undefined, declared: Socket, given: object): void {
  const known = declared.type.kind === 'object' ? Object.keys(declared.type.fields) : []
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownOption(group, unknown, known)
  const [problem] = checkValue(declared, given)
  if (problem === undefined) return
  const path = [...(group === undefined ? [] : [group]), ...problem.path].join('.')
  throw invalidOption(path, problem.message)
}

function unknownOption(group: string | undefined, name: string, known: readonly string[]): OpenAIError {
  const option = group === undefined ? name : `${group}.${name}`
  const camelCased = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const inGroup = group !== undefined && Object.hasOwn(elsewhere, camelCased)
  const hint = inGroup
    ? ` ${elsewhere[camelCased]}`
    : camelCased !== name && known.includes(camelCased)
      ? ` It is written '${camelCased}' here.`
      : didYouMean(name, known)
  const extra = group === undefined || inGroup ? '' : " What only one server knows goes in 'extraBody'."
  return new OpenAIError(
    'OPENAI_OPTION_UNKNOWN',
    `'${option}' is unknown. Possible: ${listNames(known, 60)}.${hint}${extra}`,
    { option },
  )
}
