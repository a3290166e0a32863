import { describe, expect, test } from '@jest/globals'
import type { Component } from '../../src/component/component.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import type { Sockets } from '../../src/schema/socket.ts'
import { CheckFailure } from '../../src/testing/check-failure.ts'
import { type ComponentCheckName, type ComponentTestOptions, testComponent } from '../../src/testing/index.ts'

/** A component that keeps the contract. Each test spoils one thing. */
class Sound implements Component {
  static readonly type: string = 'Sound'
  static readonly parameters = t.object({ size: t.integer({ default: 1 }) })
  readonly inputs: Sockets = { value: t.integer() }
  readonly outputs: Sockets = { value: t.integer() }
  readonly initParameters: object

  constructor(initParameters: object = {}) {
    this.initParameters = initParameters
  }

  run(inputs: Readonly<Record<string, unknown>>, _context?: RunContext): object | Promise<object> {
    return { value: inputs['value'] }
  }
}

type Options = Omit<ComponentTestOptions, 'test'>

/** The checks that fail, each with its message. */
async function failures(make: () => Component, options: Options = {}): Promise<Record<string, string>> {
  const bodies: [string, () => Promise<void>][] = []
  testComponent(make, { ...options, test: (name, body) => bodies.push([name, body]) })
  const failed: Record<string, string> = {}
  for (const [name, body] of bodies) {
    try {
      await body()
    } catch (error) {
      failed[name] = error instanceof CheckFailure ? error.message : `not by a check: ${String(error)}`
    }
  }
  return failed
}

test('registers one test per check, in the words of the contract', () => {
  const names: string[] = []
  testComponent(() => new Sound(), { test: (name) => names.push(name) })
  expect(names).toEqual([
    'declares its type',
    'has sockets for inputs and outputs',
    'touches nothing when it is made',
    'is made again from its parameters as JSON',
    'accepts the parameters it was made with, and no others',
    'gives only outputs that it declares, of their types',
    'does not change its inputs',
    'can be warmed up twice, and again after it was closed',
    'ends when its signal is aborted',
    'works in a pipeline that checks everything',
  ])
})

test('a component that keeps the contract passes', async () => {
  expect(await failures(() => new Sound({ size: 2 }))).toEqual({})
})

test('leaves out what is to be skipped', () => {
  const names: string[] = []
  testComponent(() => new Sound(), {
    test: (name) => names.push(name),
    skip: { 'declares its type': 'It is made by a function.' },
  })
  expect(names).not.toContain('declares its type')
})

const spoiled: [flaw: string, check: ComponentCheckName, message: string, make: () => Component][] = [
  [
    'has no type',
    'declares its type',
    'The class has no static type: static readonly type = "MyComponent".',
    () =>
      new (class extends Sound {
        static override readonly type = ''
      })(),
  ],
  [
    'has something else for a socket',
    'has sockets for inputs and outputs',
    'not by a check: DefinitionError: The output \'the component.value\' is "integer", not a socket. Make it with t, as in t.string().',
    () =>
      new (class extends Sound {
        override readonly outputs = { value: 'integer' } as unknown as Sockets
      })(),
  ],
  [
    'has a variadic output',
    'has sockets for inputs and outputs',
    "not by a check: DefinitionError: The output 'the component.value' is t.variadic: only an input has many senders. Use t.array for a list.",
    () =>
      new (class extends Sound {
        override readonly outputs = { value: t.variadic(t.integer()) }
      })(),
  ],
  [
    'starts something in its constructor',
    'touches nothing when it is made',
    'Its constructor started something (Timeout). Loading is for warmUp.',
    () =>
      new (class extends Sound {
        constructor() {
          super()
          clearTimeout(setTimeout(() => {}, 1000))
        }
      })(),
  ],
  [
    'is the same each time',
    'touches nothing when it is made',
    'The function given to testComponent must make a new component each time.',
    (
      (sound) => () =>
        sound
    )(new Sound()),
  ],
  [
    'has a function for a parameter',
    'is made again from its parameters as JSON',
    'Its parameters are not JSON: a file could not hold them.',
    () => new Sound({ size: () => 1 }),
  ],
  [
    'forgets its parameters',
    'is made again from its parameters as JSON',
    'Made again from its parameters, it has others. Keep them in initParameters exactly as given.',
    () =>
      new (class extends Sound {
        toJSON() {
          return {
            ...this.initParameters,
            size: Number((this.initParameters as { size?: number }).size ?? 0) + 1,
          }
        }
      })(),
  ],
  [
    'has sockets that do not follow from its parameters',
    'is made again from its parameters as JSON',
    'Made again from its parameters, its inputs are { value: one integer }, not { value: one integer, extra?: one string }.',
    () =>
      Object.assign(new Sound(), {
        inputs: { value: t.integer(), extra: t.optional(t.string()) },
      }) as Component,
  ],
  [
    'was made with parameters that it refuses',
    'accepts the parameters it was made with, and no others',
    'It refuses its own parameters: size expected integer, got "big".',
    () => new Sound({ size: 'big' }),
  ],
  [
    'accepts any parameter',
    'accepts the parameters it was made with, and no others',
    'It accepts a parameter that it does not have. Declare them with t.object.',
    () =>
      new (class extends Sound {
        static override readonly parameters = t.record(t.integer()) as unknown as typeof Sound.parameters
      })(),
  ],
  [
    'returns no object',
    'gives only outputs that it declares, of their types',
    'run must return an object, or a promise of one.',
    () =>
      new (class extends Sound {
        override run() {
          return null as unknown as object
        }
      })(),
  ],
  [
    'returns an output of another type',
    'gives only outputs that it declares, of their types',
    'run returned \'value\' (integer): expected integer, got "1".',
    () =>
      new (class extends Sound {
        override run() {
          return { value: '1' }
        }
      })(),
  ],
  [
    'returns an output that it does not declare',
    'gives only outputs that it declares, of their types',
    "run returned 'other', which is not among its outputs.",
    () =>
      new (class extends Sound {
        override run() {
          return { value: 1, other: 2 }
        }
      })(),
  ],
  [
    'leaves out an output without saying so',
    'gives only outputs that it declares, of their types',
    "run left out 'value'. An output that is not always given is declared with t.optional.",
    () =>
      new (class extends Sound {
        override run() {
          return {}
        }
      })(),
  ],
  [
    'changes its inputs',
    'does not change its inputs',
    "With inputs that cannot be changed, run threw: Cannot assign to read only property 'value' of object '#<Object>'",
    () =>
      new (class extends Sound {
        override run(inputs: Record<string, unknown>) {
          inputs['value'] = 2
          return { value: 2 }
        }
      })(),
  ],
  [
    'rejects with something else when it is aborted',
    'ends when its signal is aborted',
    "Aborted before its run, it rejected with Error: stopped. It must give its outputs or the signal's reason, untouched.",
    () =>
      new (class extends Sound {
        override run(inputs: Record<string, unknown>, context?: RunContext) {
          if (context?.signal.aborted) throw new Error('stopped')
          return { value: inputs['value'] }
        }
      })(),
  ],
]

describe('finds a component that', () => {
  test.each(spoiled)('%s', async (_, check, message, make) => {
    expect(await failures(make)).toMatchObject({ [check]: message })
  })

  test('cannot be warmed up again after it was closed', async () => {
    class Fragile extends Sound {
      #closed = false
      warmUp() {
        if (this.#closed) throw new CheckFailure('gone')
      }
      close() {
        this.#closed = true
      }
    }
    expect(await failures(() => new Fragile())).toEqual({
      'can be warmed up twice, and again after it was closed': 'gone',
    })
  })

  test('fails in a pipeline alone', async () => {
    class Alone extends Sound {
      override run(inputs: Record<string, unknown>, context?: RunContext) {
        if (context?.runId !== 'alone') throw new CheckFailure('not alone')
        return { value: inputs['value'] }
      }
    }
    expect(await failures(() => new Alone())).toEqual({
      'works in a pipeline that checks everything':
        "not by a check: RunError: 'component' (Sound) failed: not alone",
    })
  })
})

test('runs with the inputs it is given, variadic ones as lists', async () => {
  const seen: unknown[] = []
  class Joiner extends Sound {
    override readonly inputs = { value: t.variadic(t.integer()), list: t.array(t.integer()) }
    override run(inputs: Readonly<Record<string, unknown>>) {
      seen.push({ ...inputs })
      return { value: 1 }
    }
  }
  const inputs = [{ value: [1, 2, 3], list: [4] }]
  expect(await failures(() => new Joiner(), { inputs })).toEqual({})
  expect(seen).toContainEqual({ value: [1, 2, 3], list: [4] })
  expect(new Set(seen.map((each) => JSON.stringify(each))).size).toBe(1)
})

test('says so when it cannot make inputs', async () => {
  class Odd extends Sound {
    override readonly inputs = { value: t.string({ pattern: '^x+$' }) }
  }
  expect(await failures(() => new Odd())).toMatchObject({
    'does not change its inputs':
      "No example can be made for input 'value' (string). Give testComponent inputs of your own.",
  })
})
