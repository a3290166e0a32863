import type { Socket } from '@millrace/core'
import { checkValue, didYouMean, listNames } from '@millrace/core/component'
import { chatFormatTemplate, isEmbeddedFormat } from '../chat-formats/chat-format.ts'
import { LlamaCppError } from '../errors.ts'
import { impossibleValue } from '../gguf/hyperparameters.ts'
import { type CompletionOptions, completionOptions } from './completion-options.ts'
import { type GenerationOptions, generationOptions } from './generation-options.ts'
import {
  completionSupport,
  generationSupport,
  loadSupport,
  type OptionSupport,
  parameterSupport,
} from './option-support.ts'
import { cacheTypes, type EngineName, type LoadOptions, loadOptions } from './options.ts'

const UNQUANTIZED: readonly unknown[] = [
  'F32',
  'F16',
  'BF16',
  cacheTypes.F32,
  cacheTypes.F16,
  cacheTypes.BF16,
]

/** Who asks, and which options without effect it has been warned of already. */
export interface OptionContext {
  readonly engine: EngineName
  /** Whether it is asked for images or sound, which no other engine has. */
  readonly media?: boolean
  readonly warned: Set<string>
}

export function optionContext(engine: EngineName, modelClipPath?: string): OptionContext {
  return { engine, media: modelClipPath !== undefined, warned: new Set() }
}

/**
 * Refuses load options that are unknown, of a wrong type, contradictory, or that the engine does not honour.
 *
 * @throws LlamaCppError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_UNSUPPORTED`, with `option` set to its path
 */
export function checkLoadOptions(
  given: LoadOptions,
  context: OptionContext,
  support: typeof loadSupport = loadSupport,
): void {
  check('modelKwargs', loadOptions, support, given, context)
  checkTemplate(given)
  for (const [key, value] of Object.entries(given.kvOverrides ?? {})) {
    const problem = impossibleValue(key, value)
    if (problem !== undefined) throw invalid('modelKwargs.kvOverrides', `${problem}.`)
  }
  const { typeV, flashAttn, loraPath, loraScale = 1 } = given
  if (loraScale !== 1 && loraPath === undefined) {
    throw invalid('modelKwargs.loraScale', "it needs 'loraPath', the adapter whose strength it is.")
  }
  if (typeV === undefined || flashAttn || UNQUANTIZED.includes(typeV)) return
  throw invalid('modelKwargs.typeV', `${JSON.stringify(typeV)} needs modelKwargs.flashAttn: true.`)
}

function checkTemplate({ chatFormat, chatTemplate }: LoadOptions): void {
  if (chatFormat === undefined) return
  if (chatTemplate !== undefined) {
    throw invalid('modelKwargs.chatFormat', "it excludes 'chatTemplate'. Leave one of them out.")
  }
  // Throws for an unknown name; whether the model's file has a template is known when it is opened.
  if (!isEmbeddedFormat(chatFormat)) chatFormatTemplate(chatFormat)
}

/** The same for generation options: those of the component at construction, and with those of the run over them. */
export function checkGenerationOptions(given: GenerationOptions, context: OptionContext): void {
  check('generationKwargs', generationOptions, generationSupport, given, context)
  const { grammar, responseFormat, logprobs, topLogprobs = 0 } = given
  if (topLogprobs > 0 && logprobs === undefined) {
    throw invalid('generationKwargs.topLogprobs', "it needs 'logprobs: true', of whose tokens it is.")
  }
  if (responseFormat?.type === 'text' && responseFormat.schema !== undefined) {
    throw invalid('generationKwargs.responseFormat', 'a \'schema\' needs the type "jsonObject".')
  }
  if (typeof grammar === 'string' && responseFormat?.type === 'jsonObject') {
    throw invalid(
      'generationKwargs.grammar',
      "it excludes 'responseFormat': the reply can obey one of them. Set the other to null.",
    )
  }
}

/** The same for the options of completions. */
export function checkCompletionOptions(given: CompletionOptions, context: OptionContext): void {
  check('generationKwargs', completionOptions, completionSupport, given, context)
}

/**
 * Refuses parameters that the engine does not honour.
 *
 * @throws LlamaCppError `OPTION_UNSUPPORTED`
 */
export function checkParameterSupport(given: object, context: OptionContext): void {
  const values = given as Readonly<Record<string, unknown>>
  for (const [name, support] of Object.entries(parameterSupport)) {
    if (values[name] !== undefined) checkSupport(name, values[name], support, context)
  }
}

/** Refuses parameters of a component that are unknown or of a wrong type. */
export function checkParameters(declared: Socket, given: object, component: string): void {
  const known = fieldsOf(declared)
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined) throw unknownOption(unknown, unknown, known)
  const [problem] = checkValue(declared, given)
  if (!problem) return
  if (problem.path.length > 0) throw invalid(problem.path.join('.'), problem.message)
  throw new LlamaCppError('OPTION_INVALID', `${component}: ${problem.message}`)
}

function fieldsOf({ type }: Socket): readonly string[] {
  return type.kind === 'object' ? Object.keys(type.fields) : []
}

function check(
  group: string,
  declared: Socket,
  support: Readonly<Record<string, OptionSupport>>,
  given: object,
  context: OptionContext,
): void {
  for (const [name, value] of Object.entries(given)) {
    const option = `${group}.${name}`
    if (!Object.hasOwn(support, name)) throw unknownOption(option, name, Object.keys(support))
    if (value !== undefined) checkSupport(option, value, support[name] as OptionSupport, context)
  }
  const [problem] = checkValue(declared, given)
  if (problem) throw invalid([group, ...problem.path].join('.'), problem.message)
}

function invalid(option: string, problem: string): LlamaCppError {
  return new LlamaCppError('OPTION_INVALID', `Option '${option}': ${problem}`, { option })
}

function unknownOption(option: string, name: string, known: readonly string[]): LlamaCppError {
  const camelCased = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const hint =
    camelCased !== name && known.includes(camelCased)
      ? ` It is written '${camelCased}' here.`
      : didYouMean(name, known)
  return new LlamaCppError(
    'OPTION_UNKNOWN',
    `'${option}' is unknown. Possible: ${listNames(known, 60)}.${hint}`,
    { option },
  )
}

function checkSupport(option: string, value: unknown, support: OptionSupport, context: OptionContext): void {
  if (support.inert !== undefined) {
    warnInert(option, support.inert, context.warned)
    return
  }
  if (support.engines.includes(context.engine) || support.neutral?.includes(value)) return
  const [other] = support.engines
  throw new LlamaCppError('OPTION_UNSUPPORTED', refusal(option, context, support), {
    option,
    ...(other ? { engine: other } : {}),
  })
}

/** What is given up with the engine that is chosen for images and sound only. */
const PRICE =
  ', which evaluates every prompt as a whole and has no log probabilities, drafts, contextShift or stateFolder'

function refusal(
  option: string,
  { engine, media }: OptionContext,
  { engines: [other], instead }: OptionSupport,
): string {
  if (other === undefined) {
    return `No engine honours '${option}'. Leave it out${instead === undefined ? '' : `: ${instead}`}.`
  }
  const can = `Engine '${engine}' cannot honour '${option}'; engine '${other}' can`
  if (media && engine === 'llama.node') {
    return `${can}, but not 'modelClipPath': no engine honours both. Leave one of them out.`
  }
  return `${can}. Set engine: '${other}'${other === 'llama.node' ? PRICE : ''}.`
}

function warnInert(option: string, reason: string, warned: Set<string>): void {
  if (warned.has(option)) return
  warned.add(option)
  process.emitWarning(`'${option}' has no effect: ${reason}. Leave it out.`, {
    code: 'MILLRACE_OPTION_INERT',
  })
}
