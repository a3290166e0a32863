import { ToolError } from '../errors.ts'
import { listNames } from '../suggest.ts'
import { isTool, type Tool } from './tool.ts'

const brand = Symbol.for('millrace.toolset')

/** Tools that belong together, such as those of one server. Made by `toolset`. */
export interface Toolset {
  readonly [brand]: true
  readonly name: string
  /** Read at every request: a toolset that finds its tools in `warmUp` may have a getter here. */
  readonly tools: readonly Tool[]
  warmUp?(): void | Promise<void>
  close?(): void | Promise<void>
}

/** Groups tools under a name. Two tools of one name are refused with `TOOL_DUPLICATE`. */
export function toolset(definition: Omit<Toolset, typeof brand>): Toolset {
  flattenTools(definition.tools)
  return Object.defineProperty(definition, brand, { value: true }) as Toolset
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
  const flat = (list ?? []).flatMap((item) => (isToolset(item) ? item.tools : [item]))
  const names = new Set<string>()
  const twice = new Set<string>()
  for (const item of flat) {
    if (!isTool(item)) {
      throw new ToolError(
        'TOOL_INVALID',
        'A list of tools holds something that is neither a tool nor a toolset. Make it with tool({ … }).',
      )
    }
    if (names.has(item.name)) twice.add(item.name)
    names.add(item.name)
  }
  if (twice.size > 0) {
    throw new ToolError(
      'TOOL_DUPLICATE',
      `Several tools are called ${listNames(twice)}. Give each a name of its own.`,
    )
  }
  return flat
}
