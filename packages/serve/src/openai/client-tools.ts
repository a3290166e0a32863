import { type Tool, tool } from '@millrace/core'
import { flattenTools, messageOf } from '@millrace/core/component'
import { Fields, isObject } from './fields.ts'
import type { Option } from './options.ts'

/** What a model may call, and the client runs. */
export interface ClientTools {
  readonly tools: readonly Tool[]
  /** `toolChoice` and `parallelToolCalls`, where they say anything. */
  readonly options: readonly Option[]
}

/** @throws ServeError `SERVE_INVALID_VALUE`, `SERVE_UNSUPPORTED` */
export function readTools(fields: Fields): ClientTools {
  const tools = (fields.list('tools') ?? []).map((value, index) => readTool(fields, value, index))
  try {
    flattenTools(tools)
  } catch (error) {
    throw fields.wrong('tools', `cannot be used: ${sentence(error)}`)
  }
  const single = fields.boolean('parallel_tool_calls') === false && tools.length > 0
  // A hint, for calls beyond the first are left out of the answer in any case.
  const parallel = single
    ? [{ name: 'parallelToolCalls', value: false, field: 'parallel_tool_calls', isHint: true }]
    : []
  return { tools, options: [...readToolChoice(fields, tools), ...parallel] }
}

function readTool(fields: Fields, value: unknown, index: number): Tool {
  const place = `tools[${index}]`
  if (!isObject(value)) throw fields.wrong(place, 'must be an object')
  const own = new Fields(value, `${place}.`)
  if (value['type'] !== undefined && value['type'] !== 'function') {
    throw own.unsupported('type', "can only be 'function'")
  }
  const called = own.within('function')
  if (called === undefined) throw own.wrong('function', 'must be an object')
  const name = called.text('name')
  const parameters = called.object('parameters')
  called.boolean('strict')
  try {
    return tool({
      name,
      description: called.string('description') ?? '',
      ...(parameters === undefined ? {} : { parameters: withType(parameters) }),
      run: () => {
        throw new Error(`The tool '${name}' is the client's: the server does not run it.`)
      },
    })
  } catch (error) {
    throw own.wrong('function', `cannot be used: ${sentence(error)}`)
  }
}

/** Some clients send no type for a tool without parameters. */
function withType(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.keys(parameters).length === 0 ? { type: 'object', properties: {} } : parameters
}

function readToolChoice(fields: Fields, tools: readonly Tool[]): Option[] {
  const given = fields.get('tool_choice')
  if (given === undefined) return []
  const names = tools.map(({ name }) => name)
  const field = 'tool_choice'
  if (isObject(given)) {
    const within = fields.within(field)
    if (given['type'] !== 'function') {
      throw fields.unsupported(`${field}.type`, "can only be 'function'")
    }
    const name = within?.within('function')?.text('name')
    if (name === undefined || !names.includes(name)) {
      throw fields.wrong(`${field}.function.name`, `must be the name of one of 'tools'`)
    }
    return [{ name: 'toolChoice', field, value: { name } }]
  }
  const choice = fields.choice(field, ['none', 'auto', 'required'])
  if (choice === 'required' && tools.length === 0) {
    throw fields.wrong(field, "is 'required', and there are no 'tools'")
  }
  return tools.length === 0 ? [] : [{ name: 'toolChoice', field, value: choice }]
}

function sentence(error: unknown): string {
  return messageOf(error).replace(/\.$/, '')
}
