import { ToolError } from '../errors.ts'
import { didYouMean, listNames, nearest } from '../text/names.ts'
import type { Resource } from './holding/resource.ts'
import { isTool, type Tool } from './tool.ts'

const brand = Symbol.for('millrace.toolset')

/**
 * Tools that belong together, such as those of one server. Made by `toolset`. A pipeline warms it up with its resources,
 * before each run, so that a second call must cost nothing, and closes it after its components. Pipelines and components
 * may share it: it is closed with the last one that uses it.
 */
export interface Toolset extends Pick<Resource, 'warmUp' | 'check' | 'close'> {
  /** For the compiler alone, which thus refuses what `toolset` did not make. */
  readonly '~toolset': true
  readonly name: string
  /** Read at every request: a toolset that finds its tools in `warmUp` may have a getter here. */
  readonly tools: readonly Tool[]
}

/**
 * Groups tools under a name. Marks and returns the object that it is given, whose getters and methods stay its own: a
 * class whose instances are toolsets calls it in its constructor, as `toolset(this)`, and declares `'~toolset': true`.
 *
 * @throws ToolError `TOOL_INVALID` for what is not a list of tools under a name, and for a misspelt `warmUp` or `close`;
 * `TOOL_DUPLICATE` where two share a name
 */
export function toolset<Made extends Omit<Toolset, '~toolset'>>(definition: Made): Made & Toolset {
  const { name, tools } = definition
  if (typeof name !== 'string' || name === '' || !Array.isArray(tools)) {
    throw new ToolError('TOOL_INVALID', "A toolset has a 'name' and a list of 'tools'.")
  }
  const misspelt = Object.keys(definition).find((key) => nearest(key, missingKeys(definition)))
  if (misspelt !== undefined) {
    const hint = didYouMean(misspelt, missingKeys(definition))
    throw new ToolError('TOOL_INVALID', `Toolset '${name}': '${misspelt}' is unknown.${hint}`)
  }
  for (const item of tools) {
    if (!isTool(item)) throw notATool(`Toolset '${name}'`, 'not a tool')
  }
  flattenTools(tools)
  if (!Object.isExtensible(definition)) {
    throw new ToolError('TOOL_INVALID', `Toolset '${name}' is frozen. Freeze it after toolset(…) instead.`)
  }
  return Object.defineProperty(definition, brand, { value: true }) as Made & Toolset
}

/** A toolset may have state of its own, but nothing that is called almost like what it lacks. */
function missingKeys(definition: object): string[] {
  return ['warmUp', 'close'].filter((key) => !(key in definition))
}

export function isToolset(value: unknown): value is Toolset {
  return typeof value === 'object' && value !== null && brand in value
}

/**
 * The tools of a list of tools and toolsets, in order.
 *
 * @throws ToolError `TOOL_INVALID` for a member that is neither, `TOOL_DUPLICATE` where two share a name
 */
export function flattenTools(list: readonly (Tool | Toolset)[] | undefined): Tool[] {
  if (list !== undefined && !Array.isArray(list)) {
    throw new ToolError('TOOL_INVALID', 'Tools are given as a list: [tool], not tool.')
  }
  const flat = (list ?? []).flatMap((item) => (isToolset(item) ? item.tools : [item]))
  const names = new Set<string>()
  const twice = new Set<string>()
  for (const item of flat) {
    if (!isTool(item)) throw notATool('A list of tools', 'neither a tool nor a toolset')
    if (names.has(item.name)) twice.add(item.name)
    names.add(item.name)
  }
  if (twice.size > 0) {
    throw new ToolError(
      'TOOL_DUPLICATE',
      `Several tools are called ${listNames(twice)}. Give each another name.`,
    )
  }
  return flat
}

function notATool(holder: string, what: string): ToolError {
  return new ToolError('TOOL_INVALID', `${holder} holds something that is ${what}. Make it with tool({ … }).`)
}
