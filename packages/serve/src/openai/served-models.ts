import {
  ChatMessage,
  Document,
  type Pipeline,
  type PipelineInput,
  type PipelineOutput,
  type SocketType,
} from '@millrace/core'
import { fitsType, listNames, takesConversation, textInputs, typeOf } from '@millrace/core/component'
import type { Catalog, CatalogEntry } from '../catalog/catalog.ts'
import { ServeError } from '../errors.ts'

/** A pipeline that answers conversations, or completes texts. */
export interface TextModel {
  /** The name of the input for the conversation, or the text. */
  readonly input: string
  /** Whether that takes a whole conversation; else what the user said last, or the text of a completion. */
  readonly takesConversation: boolean
  readonly output: PipelineOutput
  /** The generators that write the answer. */
  readonly sources: readonly Source[]
  /** The components whose chunks are pieces of the answer. */
  readonly streams: ReadonlySet<string>
  /** Whether the answer is the reply of a generator as it is: then its calls are for the client. */
  readonly isDirect: boolean
}

/** A generator of a model, with what a request can give it. */
export interface Source {
  readonly component: string
  /** Undefined where something in the pipeline gives them. */
  readonly options: PipelineInput | undefined
  readonly tools: PipelineInput | undefined
}

/** A pipeline that gives vectors of texts. */
export interface Embedder {
  readonly input: string
  readonly output: PipelineOutput
  /** Whether it takes documents, many at once, or one text. */
  readonly takesDocuments: boolean
}

/** A pipeline that sorts documents by a query. */
export interface Ranker {
  readonly output: PipelineOutput
  /** How many come out; undefined where a request cannot say so. */
  readonly topK: PipelineInput | undefined
}

export interface Roles {
  readonly chat?: TextModel
  readonly completion?: TextModel
  readonly embedder?: Embedder
  readonly ranker?: Ranker
}

const reply = ChatMessage.assistant('…')
const document = Document.create({ content: '…' })

const known = new WeakMap<Pipeline, Roles>()

/** What a pipeline is for clients of OpenAI's protocol; nothing, for most. Read off its inputs and outputs once. */
export function rolesOf(pipeline: Pipeline): Roles {
  let roles = known.get(pipeline)
  if (roles === undefined) {
    roles = findRoles(pipeline)
    known.set(pipeline, roles)
  }
  return roles
}

/** The entries that are models of any kind. */
export function listModels(catalog: Catalog): readonly CatalogEntry[] {
  return catalog
    .list()
    .filter(({ pipeline }) => pipeline !== undefined && Object.keys(rolesOf(pipeline)).length > 0)
}

const needs: Readonly<Record<keyof Roles, string>> = {
  chat: "has no input 'messages' for a conversation, or 'question' for what was said last, with an output 'replies' or 'answer', or needs further inputs. Name them under 'inputs' and 'outputs' in the file: inputs: { messages: [llm.messages] }, outputs: { replies: llm.replies }",
  completion: "has no input 'prompt' for a text with an output 'replies', as that of a LlamaCppGenerator",
  embedder: "has no output 'embedding', or 'documents' of an embedder",
  ranker: "does not take 'query' and 'documents' and give 'documents'",
}

/**
 * The pipeline of a name in one of its roles.
 *
 * @throws ServeError `SERVE_PIPELINE_UNKNOWN` for one that is not served, or is not such a model; `SERVE_BROKEN`
 */
export function findModel<Role extends keyof Roles>(
  catalog: Catalog,
  name: string,
  role: Role,
): NonNullable<Roles[Role]> {
  const { pipeline, findings } = catalog.find(name)
  if (pipeline === undefined) {
    const message = `The pipeline '${name}' cannot be run: its file cannot be loaded. ${findings[0]?.message ?? ''}`
    throw new ServeError('SERVE_BROKEN', message.trimEnd(), { param: 'model' })
  }
  const found = rolesOf(pipeline)[role]
  if (found !== undefined) return found
  const able = listModels(catalog).filter((entry) => entry.pipeline && rolesOf(entry.pipeline)[role])
  const others = able.length === 0 ? '' : ` Pipelines that do: ${listNames(able.map((entry) => entry.name))}.`
  const message = `The pipeline '${name}' is not a model of this kind: it ${needs[role]}.${others}`
  throw new ServeError('SERVE_PIPELINE_UNKNOWN', message, { param: 'model' })
}

function findRoles(pipeline: Pipeline): Roles {
  const mandatory = new Map(
    pipeline
      .inputs()
      .filter((input) => input.mandatory)
      .map((input) => [input.name, input]),
  )
  return {
    ...defined('chat', chatModel(pipeline, mandatory)),
    ...defined('completion', completionModel(pipeline, mandatory)),
    ...defined('embedder', embedderOf(pipeline, mandatory)),
    ...defined('ranker', rankerOf(pipeline, mandatory)),
  }
}

type Inputs = ReadonlyMap<string, PipelineInput>

function chatModel(pipeline: Pipeline, mandatory: Inputs): TextModel | undefined {
  const input = conversationInput(pipeline, mandatory) ?? questionInput(pipeline, mandatory)
  if (input === undefined) return undefined
  const spoken = pipeline
    .outputs()
    .filter(
      ({ type }) => isClear(type) && [[reply], reply, '…', ['…']].some((value) => fitsType(type, value)),
    )
  const names = ['replies', 'answer', 'reply', 'lastMessage', 'messages']
  const [output] = names.flatMap((name) => spoken.filter((one) => one.name === name))
  return output === undefined ? undefined : textModel(pipeline, input, output)
}

function completionModel(pipeline: Pipeline, mandatory: Inputs): TextModel | undefined {
  const input = onlyInput(pipeline, mandatory, 'prompt')
  if (input === undefined || input.name !== 'prompt' || !isClear(input.type) || !fitsType(input.type, '…'))
    return undefined
  const output = pipeline
    .outputs()
    .find(({ name, type }) => name === 'replies' && isClear(type) && fitsType(type, ['…']))
  return output === undefined ? undefined : textModel(pipeline, input, output)
}

function embedderOf(pipeline: Pipeline, mandatory: Inputs): Embedder | undefined {
  const [input, ...others] = mandatory.values()
  if (input === undefined || others.length > 0 || !isClear(input.type)) return undefined
  const outputs = pipeline.outputs().filter(({ type }) => isClear(type))
  const vector = outputs.find(({ name, type }) => name === 'embedding' && fitsType(type, [0.5]))
  if (vector !== undefined && fitsType(input.type, '…')) {
    return { input: input.name, output: vector, takesDocuments: false }
  }
  const documents = outputs.find(
    ({ name, component, type }) =>
      name === 'documents' &&
      fitsType(type, [document]) &&
      typeOf(pipeline.get(component)).endsWith('Embedder'),
  )
  return documents !== undefined && fitsType(input.type, [document])
    ? { input: input.name, output: documents, takesDocuments: true }
    : undefined
}

function rankerOf(pipeline: Pipeline, mandatory: Inputs): Ranker | undefined {
  const names = [...mandatory.keys()].sort()
  if (names.join() !== 'documents,query') return undefined
  const output = pipeline
    .outputs()
    .find(({ name, type }) => name === 'documents' && fitsType(type, [document]))
  if (output === undefined) return undefined
  const topK = pipeline
    .inputs()
    .find(({ component, socket }) => component === output.component && socket === 'topK')
  return { output, topK }
}

function conversationInput(pipeline: Pipeline, mandatory: Inputs): PipelineInput | undefined {
  const input = onlyInput(pipeline, mandatory, 'messages')
  return input !== undefined && takesConversation(input) ? input : undefined
}

const QUESTIONS = ['question', 'query']

/**
 * The input for what the user said last, where that is all that a run needs: one that the file names, or whose name says that
 * it is a question. Other texts, such as the country of a template, are not what one says to a model.
 */
function questionInput(pipeline: Pipeline, mandatory: Inputs): PipelineInput | undefined {
  if (completionModel(pipeline, mandatory) !== undefined) return undefined
  const [input, ...others] = textInputs(pipeline)
  if (input === undefined || others.length > 0) return undefined
  const isNamed = Object.hasOwn(pipeline.options.inputs ?? {}, input.name)
  const isEnough = [...mandatory.keys()].every((name) => name === input.name)
  return isEnough && (isNamed || QUESTIONS.includes(input.name)) ? input : undefined
}

/** The one that has to be given, or of several the one of this name where nothing else has to be given. */
function onlyInput(pipeline: Pipeline, mandatory: Inputs, name: string): PipelineInput | undefined {
  const named = pipeline.inputs().find((input) => input.name === name)
  const others = [...mandatory.keys()].filter((other) => other !== named?.name)
  if (named !== undefined) return others.length === 0 ? named : undefined
  return others.length === 1 ? mandatory.get(others[0] as string) : undefined
}

function textModel(pipeline: Pipeline, input: PipelineInput, output: PipelineOutput): TextModel {
  const inputs = pipeline.inputs()
  const inputOf = (component: string, socket: string) =>
    inputs.find((one) => one.component === component && one.socket === socket)
  const { sources, streams } = writersOf(pipeline, output.component)
  const isDirect = output.socket === 'replies' && sources.includes(output.component)
  return {
    input: input.name,
    takesConversation: takesConversation(input),
    output,
    streams,
    isDirect,
    sources: sources.map((component) => ({
      component,
      options: inputOf(component, 'generationKwargs'),
      tools: inputOf(component, 'tools'),
    })),
  }
}

/** Components through which a reply goes as it is. What others pass on may not be what they got: it does not stream. */
const PASSING = ['BranchJoiner', 'ToolInvoker']

/** The generators from which an answer comes, and those whose chunks are surely pieces of it. */
function writersOf(pipeline: Pipeline, last: string) {
  const sources = new Set<string>()
  const streams = new Set<string>()
  const seen = new Map<string, boolean>()
  const visit = (name: string, isPassed: boolean) => {
    if (seen.get(name) === true || seen.get(name) === isPassed) return
    seen.set(name, isPassed)
    const component = pipeline.get(name)
    if (Object.hasOwn(component.inputs, 'generationKwargs') || typeOf(component) === 'Pipeline') {
      sources.add(name)
      if (isPassed) streams.add(name)
      return
    }
    const goesOn = isPassed && PASSING.includes(typeOf(component))
    for (const { sender, receiver } of pipeline.connections()) {
      if (receiver.component === name) visit(sender.component, goesOn)
    }
  }
  visit(last, true)
  return { sources: [...sources], streams }
}

/** Whether a type says anything. */
function isClear({ kind }: SocketType): boolean {
  return kind !== 'unknown' && kind !== 'json'
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined) {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value })
}
