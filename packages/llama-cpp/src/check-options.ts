import { checkValue, didYouMean, listNames, type Socket } from '@millrace/core'
import { LlamaCppError } from './errors.ts'
import {
  type EngineName,
  generationOptions,
  generationSupport,
  loadOptions,
  loadSupport,
  type OptionSupport,
} from './options.ts'

/** The engines of this version. Another one may be named in an error, as the one that could. */
const BUILT: readonly EngineName[] = ['node-llama-cpp']

/**
 * Refuses load options that are unknown, of a wrong type, or that the engine does not honour.
 *
 * @throws LlamaCppError `OPTION_UNKNOWN`, `OPTION_INVALID`, `OPTION_UNSUPPORTED`, with `option` set to its path
 */
export function checkLoadOptions(given: object | undefined, engine: EngineName): void {
  check('modelKwargs', loadOptions, loadSupport, given, engine)
}

/** The same for generation options, at construction and at every run. */
export function checkGenerationOptions(given: object | undefined, engine: EngineName): void {
  check('generationKwargs', generationOptions, generationSupport, given, engine)
}

function check(
  group: string,
  declared: Socket,
  support: Readonly<Record<string, OptionSupport>>,
  given: object | undefined,
  engine: EngineName,
): void {
  if (given === undefined) return
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(support, name)) throw unknownOption(group, name, Object.keys(support))
    if (value !== undefined) checkSupport(group, name, support[name] as OptionSupport, engine)
  }
  const [problem] = checkValue(declared, given)
  if (!problem) return
  const option = [group, ...problem.path].join('.')
  throw new LlamaCppError('OPTION_INVALID', `Option '${option}': ${problem.message}`, { option })
}

function unknownOption(group: string, name: string, known: readonly string[]): LlamaCppError {
  const camelCased = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  const hint =
    camelCased !== name && known.includes(camelCased)
      ? ` It is written '${camelCased}' here.`
      : didYouMean(name, known)
  const option = `${group}.${name}`
  return new LlamaCppError(
    'OPTION_UNKNOWN',
    `'${option}' is unknown. Possible: ${listNames(known, 60)}.${hint}`,
    { option },
  )
}

function checkSupport(group: string, name: string, support: OptionSupport, engine: EngineName): void {
  const option = `${group}.${name}`
  if (support[engine] === 'yes') return
  if (support[engine] === 'inert') {
    process.emitWarning(
      `'${option}' has no effect. llama-cpp-python accepts and ignores it too; leave it out.`,
      {
        code: 'MILLRACE_OPTION_INERT',
      },
    )
    return
  }
  const other = (Object.keys(support) as EngineName[]).find((name) => support[name] === 'yes')
  const reason =
    other === undefined
      ? `No engine of this version honours '${option}'. Leave it out.`
      : BUILT.includes(other)
        ? `Engine '${engine}' cannot honour '${option}'; engine '${other}' can. Set engine: '${other}'.`
        : `Engine '${engine}' cannot honour '${option}'; engine '${other}' could, but this version does not have it yet. Leave the option out.`
  throw new LlamaCppError('OPTION_UNSUPPORTED', reason, { option, ...(other ? { engine: other } : {}) })
}
