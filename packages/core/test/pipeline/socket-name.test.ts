import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'
import { checkSocketNames } from '../../src/pipeline/socket-name.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { Recorder } from '../fixtures/index.ts'
import { thrownBy } from './thrown.ts'

describe('checkSocketNames', () => {
  test.each(['', '__proto__'])('refuses %p', async (name) => {
    const sockets = Object.fromEntries([[name, t.string()]])
    expect(await thrownBy(() => checkSocketNames('route', 'output', sockets))).toBe(
      `COMPONENT_INVALID: 'route' has an output called '${name}': a socket can have any name but '' and '__proto__'.`,
    )
  })

  test('is asked for inputs and outputs of every component', async () => {
    const odd = Object.fromEntries([['__proto__', t.string()]])
    const In = defineComponent({ type: 'In', inputs: odd, outputs: {}, run: () => ({}) })
    const Out = defineComponent({ type: 'Out', inputs: {}, outputs: odd, run: () => ({}) })
    expect(await thrownBy(() => new Pipeline({ a: new In() }))).toMatch(
      /^COMPONENT_INVALID: 'a' has an input/,
    )
    expect(await thrownBy(() => new Pipeline({ a: new Out() }))).toMatch(
      /^COMPONENT_INVALID: 'a' has an output/,
    )
  })
})

class Inherited implements Component {
  readonly inputs: Sockets = {
    constructor: t.optional(t.string()),
    toString: t.string(),
    valueOf: t.string({ default: 'd' }),
  }
  readonly outputs: Sockets = { constructor: t.optional(t.string()), hasOwnProperty: t.string() }

  run({ constructor: given, toString: text, valueOf: fallback }: Readonly<Record<string, unknown>>): object {
    return { hasOwnProperty: [given, text, fallback].map(String).join(' ') }
  }
}

test('sockets may be called like the properties that every object has', async () => {
  const recorder = new Recorder()
  const pipeline: Pipeline = new Pipeline({ a: new Inherited(), b: new Inherited(), c: new Inherited() })
  pipeline
    .connect('a.hasOwnProperty', 'b.toString')
    .connect('a.constructor', 'b.constructor')
    .connect('b.constructor', 'c.constructor')
    .connect('b.hasOwnProperty', 'c.toString')
  const result = await pipeline.run({ a: { toString: 'x' } }, { onEvent: recorder.onEvent })
  expect(result.outputs).toEqual({ c: { hasOwnProperty: 'undefined undefined undefined x d d d' } })
  // No value is no value, and not what every object inherits.
  expect(Object.hasOwn(recorder.inputs['b']?.[0] as object, 'constructor')).toBe(true)
  expect(recorder.inputs['b']).toEqual([{ constructor: undefined, toString: 'undefined x d', valueOf: 'd' }])
})
