import { describe, expect, test } from '@jest/globals'
import { type Tool, t, tool } from '@millrace/core'
import { argumentsWith, inOrderOfState, LooseState, writeState } from '../../src/tools/tool-state.ts'

const none = {
  parameters: t.object({ value: t.optional(t.unknown()) }),
  run: () => null,
  description: 'For tests.',
}
const reads = (name: string, ...keys: string[]): Tool =>
  tool({ ...none, name, inputsFromState: Object.fromEntries(keys.map((key) => [key, 'value'])) })
const writes = (name: string, ...keys: string[]): Tool =>
  tool({ ...none, name, outputsToState: Object.fromEntries(keys.map((key) => [key, {}])) })
const namesOf = (tools: readonly Tool[]) =>
  inOrderOfState(tools, (one) => one).map((group) => group.map(({ name }) => name))

describe('the order of calls', () => {
  test('is one group where nothing is read', () => {
    expect(namesOf([writes('a', 'x'), writes('b', 'x')])).toEqual([['a', 'b']])
    expect(namesOf([])).toEqual([])
  })

  test('puts a call that reads behind all that write what it reads, wherever they stand', () => {
    expect(namesOf([reads('r', 'x'), writes('a', 'x'), reads('other', 'y'), writes('b', 'x')])).toEqual([
      ['a', 'other', 'b'],
      ['r'],
    ])
  })

  test('is that of the calls where they wait for each other', () => {
    const both = (name: string) =>
      tool({ ...none, name, inputsFromState: { x: 'value' }, outputsToState: { x: {} } })
    expect(namesOf([both('a'), both('b'), both('c')])).toEqual([['a'], ['b'], ['c']])
  })
})

describe('the state of a ToolInvoker', () => {
  test('adds to lists and replaces all else', () => {
    const state = new LooseState({ found: [1], best: 'a' })
    writeState(state, writes('w', 'found', 'best', 'new'), [2, 3])
    expect(state.values).toEqual({ found: [1, 2, 3], best: [2, 3], new: [2, 3] })
  })

  test('gets a field of the result, if the result has it', () => {
    const state = new LooseState({})
    const one = tool({
      ...none,
      name: 'w',
      outputsToState: { a: { source: 'a' }, b: { source: 'toString' } },
    })
    writeState(state, one, { a: 1 })
    writeState(state, one, 'text')
    expect(state.values).toEqual({ a: 1 })
  })

  test('gives arguments that the model cannot forge', () => {
    const state = new LooseState({ x: 1 })
    expect(argumentsWith(state, reads('r', 'x'), {})).toEqual({ value: 1 })
    expect(argumentsWith(state, reads('r', 'x'), { value: 2 })).toEqual({ value: 1 })
    expect(argumentsWith(state, reads('r', 'y'), { value: 2 })).toEqual({})
    expect(argumentsWith(undefined, reads('r', 'x'), { value: 2 })).toEqual({})
  })
})

test('a model does not see what a tool gets from the state', () => {
  const one = tool({
    name: 'cite',
    description: 'Cites.',
    parameters: t.object({ documents: t.array(t.string()), number: t.integer() }),
    inputsFromState: { found: 'documents' },
    run: ({ documents, number }) => documents[number],
  })
  expect(Object.keys(Object(one.parameters['properties']))).toEqual(['number'])
  expect(one.parameters['required']).toEqual(['number'])
  expect(() => reads('r', 'x') && tool({ ...none, name: 'r', inputsFromState: { x: 'valeu' } })).toThrow(
    "Tool 'r': inputsFromState gives 'x' to 'valeu', which is not one of its parameters. Did you mean 'value'?",
  )
})
