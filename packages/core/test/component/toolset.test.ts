import { describe, expect, test } from '@jest/globals'
import { t } from '../../src/component/t.ts'
import { asTool, invokeTool, isTool, type Tool, tool } from '../../src/component/tool.ts'
import { flattenTools, isToolset, toolset } from '../../src/component/toolset.ts'
import { thrown } from './thrown.ts'

const [add, subtract, search] = ['add', 'subtract', 'search'].map((name) =>
  tool({ name, description: name, parameters: t.object({}), run: () => name }),
) as [Tool, Tool, Tool]

describe('toolset', () => {
  test('marks the object that it is given', () => {
    const definition = { name: 'math', tools: [add, subtract] }
    const math = toolset(definition)
    expect(math).toBe(definition)
    expect([math, { name: 'math', tools: [] }, null, add].map(isToolset)).toEqual([true, false, false, false])
    expect(Object.keys(math)).toEqual(['name', 'tools'])
  })

  test('may find its tools later, with state of its own', async () => {
    class Server {
      readonly name = 'server'
      #found: Tool[] = []
      get tools() {
        return this.#found
      }
      async warmUp() {
        this.#found = [search]
      }
    }
    const server = toolset(new Server())
    expect(flattenTools([server])).toEqual([])
    await server.warmUp?.()
    expect(flattenTools([add, server])).toEqual([add, search])
  })

  test.each<[what: string, definition: unknown, message: string]>([
    ['no name', { tools: [] }, "TOOL_INVALID: A toolset has a 'name' and a list of 'tools'."],
    ['no tools', { name: 'math' }, "TOOL_INVALID: A toolset has a 'name' and a list of 'tools'."],
    [
      'a toolset inside',
      { name: 'all', tools: [toolset({ name: 'math', tools: [add] })] },
      "TOOL_INVALID: Toolset 'all' holds something that is not a tool. Make it with tool({ … }).",
    ],
    [
      'two tools of one name',
      { name: 'math', tools: [add, subtract, add] },
      "TOOL_DUPLICATE: Several tools are called 'add'. Give each another name.",
    ],
    [
      'a misspelt method',
      { name: 'math', tools: [add], warmup: () => {} },
      "TOOL_INVALID: Toolset 'math': 'warmup' is unknown. Did you mean 'warmUp'?",
    ],
    [
      'a frozen object',
      Object.freeze({ name: 'math', tools: [add] }),
      "TOOL_INVALID: Toolset 'math' is frozen. Freeze it after toolset(…) instead.",
    ],
  ])('refuses %s', (_, definition, message) => {
    expect(thrown(() => toolset(definition as never))).toBe(message)
  })
})

describe('asTool', () => {
  const made = { name: 'look', description: 'Looks.', parameters: { type: 'object' }, run: () => 'seen' }

  test('makes a tool of the object that it is given, whose getters stay its own', async () => {
    class Look {
      readonly description = 'Looks.'
      readonly parameters = { type: 'object' }
      calls = 0
      get name() {
        return 'look'
      }
      run() {
        this.calls++
        return 'seen'
      }
    }
    const look = new Look()
    expect(asTool(look)).toBe(look)
    expect(isTool(look)).toBe(true)
    expect(await invokeTool(asTool(new Look()), {})).toBe('seen')
    expect(isTool(made)).toBe(false)
  })

  test.each<[what: string, change: object, message: string]>([
    ['a bad name', { name: 'a b' }, "TOOL_INVALID: A tool cannot be called 'a b'"],
    ['no function', { run: undefined }, "TOOL_INVALID: Tool 'look' has no 'run' function."],
    ['a schema of something else', { parameters: { type: 'string' } }, "its type is not 'object'"],
  ])('refuses %s', (_, change, message) => {
    expect(thrown(() => asTool({ ...made, ...change } as never))).toContain(message)
  })
})

describe('flattenTools', () => {
  const math = toolset({ name: 'math', tools: [add, subtract] })

  test('keeps the order', () => {
    expect(flattenTools([search, math])).toEqual([search, add, subtract])
    expect(flattenTools([])).toEqual([])
    expect(flattenTools(undefined)).toEqual([])
  })

  test.each<[what: string, list: unknown, message: string]>([
    [
      'what only looks like a tool',
      [{ name: 'add', run: () => 1 }],
      'TOOL_INVALID: A list of tools holds something that is neither a tool nor a toolset. Make it with tool({ … }).',
    ],
    ['a tool outside a list', add, 'TOOL_INVALID: Tools are given as a list: [tool], not tool.'],
    [
      'names that a tool and a toolset share',
      [add, math, subtract],
      "TOOL_DUPLICATE: Several tools are called 'add' and 'subtract'. Give each another name.",
    ],
  ])('refuses %s', (_, list, message) => {
    expect(thrown(() => flattenTools(list as never))).toBe(message)
  })
})
