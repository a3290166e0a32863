import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { ComponentClass } from '@millrace/core'
import { didYouMean, listNames } from '@millrace/core/component'
import type { LoadOptions, Overrides } from '@millrace/core/yaml'
import { hubHint, parseModelUri } from '@millrace/llama-cpp'
import type { ModelChoice } from '../arguments/model-choice.ts'
import { CliError } from '../errors.ts'

/**
 * The overrides by which a pipeline file loads with other models: each choice goes to the component that it names, or to
 * the only one that has a model.
 *
 * @param cwd where relative paths start: those of the command line, not those of the file
 * @returns a function that throws CliError `USAGE_INVALID` for choices that do not suit the file
 */
export function modelOverrides(
  choices: readonly ModelChoice[],
  cwd: string,
): NonNullable<LoadOptions['overrides']> {
  if (choices.length === 0) return {}
  return (components) => {
    const takers = components.filter((component) => takesModel(component.class))
    const names = takers.map(({ name }) => name)
    const overrides = new Map<string, Overrides>()
    for (const choice of choices) {
      const name = componentOf(choice, names)
      if (overrides.has(name)) throw usage(`--model gives '${name}' two models. Give one.`)
      const isOnServer = takers.some((taker) => taker.name === name && taker.class.servers !== undefined)
      // A server has names for its models.
      overrides.set(
        name,
        isOnServer
          ? { [`${name}.model`]: choice.model }
          : overridesOf(name, absoluteModel(choice.model, cwd)),
      )
    }
    return Object.assign({}, ...overrides.values()) as Overrides
  }
}

function overridesOf(name: string, model: string): Overrides {
  // The modelPath would win over the model.
  return { [`${name}.model`]: model, [`${name}.modelKwargs.modelPath`]: undefined }
}

function componentOf({ component, model }: ModelChoice, names: readonly string[]): string {
  const [only, ...others] = names
  if (only === undefined) throw usage('--model is of no use here: no component of the pipeline has a model.')
  if (component !== undefined) {
    if (names.includes(component)) return component
    throw usage(
      `--model: '${component}' is not a component with a model. Components with a model: ${listNames(names)}.${didYouMean(component, names)}`,
    )
  }
  if (others.length === 0) return only
  throw usage(
    `--model must say for which component: ${listNames(names)} have one. Write --model ${only}=${model}.`,
  )
}

function takesModel({ parameters }: Pick<ComponentClass, 'parameters'>): boolean {
  return parameters?.type.kind === 'object' && Object.hasOwn(parameters.type.fields, 'model')
}

/**
 * A model of the command line as a parameter. Paths in those would start at the folder of the pipeline file.
 *
 * @throws CliError `USAGE_INVALID` for a path that is rather a name of the Hugging Face hub
 */
export function absoluteModel(model: string, cwd: string): string {
  const uri = parseModelUri(model, { baseDir: cwd })
  if (uri.kind !== 'path') return model
  const path = resolve(cwd, uri.path)
  const hint = existsSync(dirname(path)) ? '' : hubHint(model)
  if (hint !== '') throw usage(`There is no file '${path}', and no such folder.${hint}`)
  return path
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
