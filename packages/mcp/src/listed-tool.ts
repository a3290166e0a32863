import { createHash } from 'node:crypto'
import { type Tool, type ToolContext, tool } from '@millrace/core'
import { isJsonObject, listNames, messageOf, shorten } from '@millrace/core/component'
import { modelNames } from './tool-names.ts'
import { visibleText } from './visible-text.ts'

/** Of servers whose descriptions are a book: what of it a model gets to read. */
const LONGEST_DESCRIPTION = 8000

type ToolDefinition = Parameters<typeof tool<Readonly<Record<string, unknown>>>>[0]
type Schema = Readonly<Record<string, unknown>>
type Warn = (message: string) => void

/** A tool as its server describes it. */
export interface ListedTool {
  /** What its server calls it. */
  readonly name: string
  readonly tool: Tool
}

export interface ListingOptions {
  readonly prefix: string
  /** The tools that are taken, by the names that the server gives them. Absent: all. */
  readonly toolNames: readonly string[] | undefined
  readonly run: (
    name: string,
    args: Readonly<Record<string, unknown>>,
    context: ToolContext,
  ) => Promise<unknown>
  /** Hears of what is left out or changed. */
  readonly warn: Warn
  /** The tools that were made before, by what their server said of them: checking a schema takes long. They stay the same. */
  readonly known: Map<string, ListedTool | undefined>
}

/**
 * Makes tools of what a server lists. Each is judged alone: one that cannot be used is left out with a warning, one whose
 * schema is not one is taken with what of it is, and the others stay as they are.
 */
export function listedTools(listed: readonly unknown[], options: ListingOptions): ListedTool[] {
  const { prefix, toolNames, warn, known } = options
  const usable = new Map<string, Schema>()
  for (const item of listed) {
    const { name } = Object(item) as { readonly name?: unknown }
    if (!isJsonObject(item) || typeof name !== 'string' || name === '') {
      warn('It lists a tool without a name, which is left out.')
    } else if (toolNames === undefined || toolNames.includes(name)) {
      if (usable.has(name)) warn(`It lists two tools '${shownName(name)}'. The first one counts.`)
      else if (!needsTask(item)) usable.set(name, item)
      else if (toolNames !== undefined) {
        warn(
          `Its tool '${shownName(name)}' can only be called as a task, which Millrace does not do. It is left out.`,
        )
      }
    }
  }
  const names = modelNames([...usable.keys()], prefix)
  const made = new Map<string, ListedTool | undefined>()
  for (const [name, item] of usable) {
    const key = JSON.stringify([names.get(name), item])
    made.set(key, known.has(key) ? known.get(key) : madeOf(name, item, names.get(name) as string, options))
  }
  known.clear()
  for (const [key, one] of made) known.set(key, one)
  return [...made.values()].filter((one) => one !== undefined)
}

/** Undefined for a tool that cannot be used. */
function madeOf(
  name: string,
  item: Schema,
  modelName: string,
  { run, warn }: ListingOptions,
): ListedTool | undefined {
  const say = (message: string) => warn(`Its tool '${shownName(name)}' ${message}`)
  const definition = {
    name: modelName,
    description: descriptionOf(item, say),
    run: (args: Readonly<Record<string, unknown>>, context: ToolContext) => run(name, args, context),
  }
  const made = madeTool(definition, item['inputSchema'], say)
  return made && { name, tool: made }
}

/** What a tool is for the model: a server that changes it changes what was agreed to. */
export function fingerprintOf({ tool: { description, parameters } }: ListedTool): string {
  return createHash('sha256')
    .update(JSON.stringify([description, parameters]))
    .digest('hex')
}

function shownName(name: string): string {
  return shorten(visibleText(name), 64)
}

function needsTask(item: Schema): boolean {
  return Object(item['execution']).taskSupport === 'required'
}

function descriptionOf(item: Schema, say: Warn): string {
  const written = [item['description'], item['title'], Object(item['annotations']).title].find(
    (text) => typeof text === 'string' && text.trim() !== '',
  ) as string | undefined
  const text = visibleText(written ?? '')
  if (text !== (written ?? '')) say('has characters in its description that nobody sees. They are removed.')
  if (text.length <= LONGEST_DESCRIPTION) return text
  say(`has a description of ${text.length} characters. The first ${LONGEST_DESCRIPTION} are kept.`)
  return shorten(text, LONGEST_DESCRIPTION)
}

type Definition = Omit<ToolDefinition, 'parameters'>

function madeTool(definition: Definition, written: unknown, say: Warn): Tool | undefined {
  const schema = isJsonObject(written) ? written : {}
  const shown = withVisibleTexts(schema) as Schema
  if (JSON.stringify(shown) !== JSON.stringify(schema)) {
    say('has characters in the texts of its parameters that nobody sees. They are removed.')
  }
  if (
    written !== undefined &&
    (!isJsonObject(written) || ![undefined, 'object'].includes(schema['type'] as string))
  ) {
    say('has parameters that are not a JSON Schema of an object. What can be read of them is checked.')
  }
  const whole = { ...withoutDialect(shown), type: 'object' }
  const fault = faultOf(definition, whole)
  if (fault === undefined) return tool({ ...definition, parameters: whole })
  const loose = loosened(definition, whole)
  if (loose === undefined) {
    say(`cannot be used and is left out. ${fault}`)
    return undefined
  }
  say(`has parameters that are not a JSON Schema. ${loose.what} not checked. ${fault}`)
  return tool({ ...definition, parameters: loose.schema })
}

function faultOf(definition: Definition, parameters: Schema): string | undefined {
  try {
    tool({ ...definition, parameters })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** The schema without what is wrong with it: parameters keep their names and descriptions. */
function loosened(
  definition: Definition,
  { properties, required, $defs, definitions }: Schema,
): { readonly schema: Schema; readonly what: string } | undefined {
  const shared = {
    type: 'object',
    ...(isJsonObject($defs) && { $defs }),
    ...(isJsonObject(definitions) && { definitions }),
  }
  // Definitions that are wrong themselves take everything down.
  const around = faultOf(definition, shared) === undefined ? shared : { type: 'object' }
  const wrong: string[] = []
  const kept = Object.entries(isJsonObject(properties) ? properties : {}).map(([name, property]) => {
    if (faultOf(definition, { ...around, properties: { [name]: property } }) === undefined)
      return [name, property]
    wrong.push(name)
    const { description } = Object(property) as { readonly description?: unknown }
    return [name, typeof description === 'string' ? { description } : {}]
  })
  const names = Array.isArray(required) ? required.filter((name) => typeof name === 'string') : []
  const schema = { ...around, properties: Object.fromEntries(kept), required: [...new Set(names)] }
  if (faultOf(definition, schema) !== undefined) return undefined
  const what =
    wrong.length === 0
      ? 'What goes beyond each of them is'
      : `${listNames(wrong)} ${wrong.length === 1 ? 'is' : 'are'}`
  return { schema, what }
}

/**
 * The schema without `$schema`, which small models read as a part of the tool, unless it says something else without it; and
 * without `$id`, of which there may be one in a process.
 */
function withoutDialect({ $schema, $id: _, ...schema }: Schema): Schema {
  const isOfDraft7 = /"(additionalItems|dependencies)":|"items":\[/.test(JSON.stringify(schema))
  return $schema === undefined || !isOfDraft7 ? schema : { $schema, ...schema }
}

/** A schema with what people would see of its descriptions and titles. */
function withVisibleTexts(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withVisibleTexts)
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([key, part]) => [
    key,
    (key === 'description' || key === 'title') && typeof part === 'string'
      ? visibleText(part)
      : withVisibleTexts(part),
  ])
  return Object.fromEntries(entries)
}
