import { expect, test } from '@jest/globals'
import { type Component, type ComponentClass, defineComponent, type Socket, t } from '@millrace/core'
import { componentHelp } from '../../src/output/component-help.ts'

const page = { width: 60, style: (_: unknown, text: string) => text }

test('tells what a component takes and gives', () => {
  const component = defineComponent({
    type: 'Counter',
    description: 'Counts the words of a text.',
    parameters: t.object({
      mode: t.literal('words', 'lines'),
      options: t.optional(
        t.object({ minimum: t.integer({ default: 1, description: 'The shortest word.' }) }),
      ),
    }),
    inputs: {
      text: t.string({ description: 'The text, which may be a long one, with words in it that wrap.' }),
    },
    outputs: { count: t.integer() },
    run: () => ({ count: 0 }),
  }) as unknown as ComponentClass
  expect(componentHelp({ owner: '@acme/components', component }, page).join('\n')).toBe(
    `Counter  @acme/components
Counts the words of a text.

Parameters
  mode  'words' | 'lines', required
  options  object
  options.minimum  integer, default 1
      The shortest word.

Inputs
  text  string
      The text, which may be a long one, with words in it
      that wrap.

Outputs
  count  integer`,
  )
})

test('does without sockets where no sample can be made', () => {
  class Picky implements Component {
    static readonly type = 'Picky'
    static readonly parameters: Socket<object> = t.object({ text: t.string() })
    readonly inputs = {}
    readonly outputs = {}
    constructor() {
      throw new RangeError('Not this one.')
    }
    run() {
      return {}
    }
  }
  expect(componentHelp({ owner: 'a', component: Picky }, page).at(-1)).toBe(
    'Its inputs and outputs depend on its parameters.',
  )
})
