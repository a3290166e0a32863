import { resolve } from 'node:path'
import { type Component, type ComponentClass, didYouMean, listNames, Pipeline, typeOf } from '@millrace/core'
import { parseModelUri } from '@millrace/llama-cpp'
import type { ModelChoice } from '../arguments/model-choice.ts'
import { CliError } from '../errors.ts'

/**
 * The pipeline with other models: every component that a choice names is made anew with it. The pipeline given loses
 * its components to the new one.
 *
 * @param cwd where relative paths start: those of the command line, not those of the file
 * @throws CliError `USAGE_INVALID`; what the component throws that refuses the model
 */
export function replaceModels(pipeline: Pipeline, choices: readonly ModelChoice[], cwd: string): Pipeline {
  if (choices.length === 0) return pipeline
  const models = new Map<string, string>()
  for (const choice of choices) {
    const name = componentOf(pipeline, choice)
    if (models.has(name)) throw usage(`--model gives '${name}' two models. Give one.`)
    models.set(name, absoluteModel(choice.model, cwd))
  }
  const components = Object.fromEntries(
    pipeline.names().map((name) => {
      const component = pipeline.get(name)
      const model = models.get(name)
      return [name, model === undefined ? component : withModel(component, model)]
    }),
  )
  return rebuilt(pipeline, components)
}

function rebuilt(pipeline: Pipeline, components: Readonly<Record<string, Component>>): Pipeline {
  const names = pipeline.names()
  const connections = pipeline.connections()
  const policies = Object.fromEntries(names.map((name) => [name, pipeline.policy(name)]))
  for (const name of names) pipeline.remove(name)
  const changed: Pipeline = new Pipeline(components, { ...pipeline.options, policies })
  for (const { sender, receiver } of connections) {
    changed.connect(`${sender.component}.${sender.socket}`, `${receiver.component}.${receiver.socket}`)
  }
  return changed
}

function componentOf(pipeline: Pipeline, { component, model }: ModelChoice): string {
  const names = pipeline.names().filter((name) => takesModel(pipeline.get(name)))
  if (names.length === 0) throw usage('--model is of no use here: no component of the pipeline has a model.')
  if (component !== undefined) {
    if (names.includes(component)) return component
    const known = pipeline.names()
    const about = known.includes(component)
      ? `'${component}' (${typeOf(pipeline.get(component))}) has no model.`
      : `The pipeline has no component '${component}'.`
    throw usage(
      `--model: ${about} Components with a model: ${listNames(names)}.${didYouMean(component, names)}`,
    )
  }
  const [only, ...others] = names
  if (only !== undefined && others.length === 0) return only
  throw usage(
    `--model must say for which component: ${listNames(names)} have one. Write --model ${only}=${model}.`,
  )
}

function takesModel(component: Component): boolean {
  const { parameters } = component.constructor as Partial<ComponentClass>
  return parameters?.type.kind === 'object' && Object.hasOwn(parameters.type.fields, 'model')
}

function withModel(component: Component, model: string): Component {
  const { modelKwargs, ...parameters } = (component.initParameters ?? {}) as Record<string, unknown>
  // This one would win over `model`.
  const { modelPath: _, ...others } = (modelKwargs ?? {}) as Record<string, unknown>
  const Class = component.constructor as ComponentClass
  return new Class({ ...parameters, ...(modelKwargs === undefined ? {} : { modelKwargs: others }), model })
}

/** Paths in the parameters would start at the folder of the pipeline file. */
function absoluteModel(model: string, cwd: string): string {
  const uri = parseModelUri(model, { baseDir: cwd })
  return uri.kind === 'path' ? resolve(cwd, uri.path) : model
}

function usage(message: string): CliError {
  return new CliError('USAGE_INVALID', message)
}
