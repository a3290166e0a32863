import { resolve } from 'node:path'
import {
  type Component,
  type ComponentClass,
  Pipeline,
  type PipelineComponent,
  type PipelineMapping,
} from '@millrace/core'
import { didYouMean, listNames, typeOf } from '@millrace/core/component'
import { parseModelUri } from '@millrace/llama-cpp'
import type { ModelChoice } from '../arguments/model-choice.ts'
import { CliError } from '../errors.ts'
import { innerPipeline } from '../inner-pipeline.ts'

/** Models by the components that get them; those of pipelines in the pipeline with dots, as in `capital.llm`. */
type Models = ReadonlyMap<string, string>

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
  return withModels(pipeline, models)
}

function withModels(pipeline: Pipeline, models: Models): Pipeline {
  const components = Object.fromEntries(
    pipeline.names().map((name) => [name, withModelsOf(name, pipeline.get(name), models)]),
  )
  return rebuilt(pipeline, components)
}

function withModelsOf(name: string, component: Component, models: Models): Component {
  const model = models.get(name)
  if (model !== undefined) return withModel(component, model)
  const inner = innerPipeline(component)
  const inside = [...models].filter(([path]) => path.startsWith(`${name}.`))
  if (inner === undefined || inside.length === 0) return component
  const changed = withModels(inner, new Map(inside.map(([path, own]) => [path.slice(name.length + 1), own])))
  return asComponent(changed, (component as PipelineComponent).mapping)
}

/** The names in a mapping that was read from a file are not known to the compiler. */
function asComponent(pipeline: Pipeline, mapping: PipelineMapping): Component {
  return pipeline.asComponent(mapping as Parameters<Pipeline['asComponent']>[0])
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
  const all = allComponents(pipeline)
  const names = [...all].filter(([, candidate]) => takesModel(candidate)).map(([name]) => name)
  if (names.length === 0) throw usage('--model is of no use here: no component of the pipeline has a model.')
  if (component !== undefined) {
    if (names.includes(component)) return component
    const known = all.get(component)
    const about = known
      ? `'${component}' (${typeOf(known)}) has no model.`
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

/** The components by their names, those of pipelines in the pipeline after the one that they are in. */
function allComponents(pipeline: Pipeline): Map<string, Component> {
  const all = new Map<string, Component>()
  for (const name of pipeline.names()) {
    const component = pipeline.get(name)
    all.set(name, component)
    const inner = innerPipeline(component)
    if (inner === undefined) continue
    for (const [path, inside] of allComponents(inner)) all.set(`${name}.${path}`, inside)
  }
  return all
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
