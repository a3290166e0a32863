import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { defineComponent } from '../../src/component/define-component.ts'
import { resolveEnvironment } from '../../src/component/environment.ts'
import { HiddenValues } from '../../src/component/hidden-values.ts'
import type { RunContext } from '../../src/component/run-context.ts'
import { t } from '../../src/component/t.ts'
import { Pipeline } from '../../src/pipeline/pipeline.ts'

const variables = {
  MILLRACE_HIDDEN_PLACE: '/models of mine/s3cr3t-value',
  MILLRACE_HIDDEN_KEY: 's3cr3tKey\nOfMine',
}
beforeAll(() => void Object.assign(process.env, variables))
afterAll(() => {
  for (const name of Object.keys(variables)) delete process.env[name]
})

describe('what the environment holds', () => {
  test('is shown as the reference that stands for it', () => {
    const hidden = new HiddenValues({ model: '${env:MILLRACE_HIDDEN_PLACE}/m.gguf' })
    expect(hidden.hide("There is no '/models of mine/s3cr3t-value/m.gguf'.")).toBe(
      "There is no '${env:MILLRACE_HIDDEN_PLACE}/m.gguf'.",
    )
    expect(hidden.hide('https://a/models%20of%20mine/s3cr3t-value')).toBe(
      'https://a${env:MILLRACE_HIDDEN_PLACE}',
    )
    expect(hidden.hide("There is 'S3cr3t-value.gguf'.")).toBe("There is '…-value.gguf'.")
    expect(new HiddenValues({ model: 'm.gguf' }).hide('s3cr3t-value')).toBe('s3cr3t-value')
  })

  test('and what is secret without a reference, as three stars', () => {
    expect(new HiddenValues({}, ['sk-1', undefined, '']).hide('no key sk-1')).toBe('no key ***')
  })

  test('is in no text of an error, its stack, its details and its causes, and the error stays the same', () => {
    const hidden = new HiddenValues({ headers: { key: '${env:MILLRACE_HIDDEN_KEY}' } })
    const cause = new TypeError('Bearer s3cr3tKey\nOfMine', { cause: new Error('s3cr3tKey\\nOfMine') })
    const error = Object.assign(new Error('s3cr3tKey is refused', { cause }), {
      url: 'https://a/s3cr3tkey',
      given: [{ key: 's3cr3tKey' }],
      status: 404,
    })
    cause.cause = error
    expect(hidden.hideIn(error)).toBe(error)
    expect(error).toMatchObject({ message: '… is refused', url: 'https://a/…', status: 404 })
    const all = [error.message, error.stack, cause.message, cause.stack, JSON.stringify(error.given)].join()
    expect(all).not.toMatch(/s3cr3t|OfMine/i)
  })

  test('is not in an error that cannot be changed either', () => {
    const hidden = new HiddenValues('${env:MILLRACE_HIDDEN_KEY}')
    const shown = hidden.hideIn(Object.freeze(new Error('s3cr3tKey is refused')))
    expect(String(shown)).toBe('Error: … is refused')
  })
})

describe('a pipeline', () => {
  class Careless {
    static readonly type = 'Careless'
    static readonly parameters = t.object({ key: t.string(), fails: t.optional(t.string()) })
    static readonly environment = ['key']
    readonly inputs = { text: t.string() }
    readonly outputs = { text: t.string() }
    readonly initParameters: { key: string; fails?: string }
    constructor(parameters: { key: string; fails?: string }) {
      this.initParameters = parameters
    }
    #fail(when: string): void {
      const key = resolveEnvironment(this.initParameters.key)
      if (this.initParameters.fails === when)
        throw new Error(`'${key}' is refused`, { cause: new Error(key) })
    }
    check() {
      this.#fail('check')
      return [{ level: 'warning' as const, code: 'X', message: resolveEnvironment(this.initParameters.key) }]
    }
    warmUp() {
      this.#fail('warmUp')
    }
    run({ text }: { text: string }, context?: RunContext) {
      this.#fail('run')
      context?.warn('X', resolveEnvironment(this.initParameters.key))
      return { text }
    }
    close() {
      this.#fail('close')
    }
  }
  const Holder = defineComponent({
    type: 'Holder',
    parameters: t.object({ held: t.component() }),
    inputs: { text: t.string() },
    outputs: { text: t.string() },
    run: ({ text }, context, { held }) => held.run({ text }, context) as { text: string },
  })
  const key = '${env:MILLRACE_HIDDEN_KEY}'
  const parts = (fails?: string) => {
    const careless = () => new Careless({ key, ...(fails === undefined ? {} : { fails }) })
    return [new Pipeline({ one: careless() }), new Pipeline({ one: new Holder({ held: careless() }) })]
  }

  test.each(['run', 'warmUp', 'close'])('shows it in no error of %s', async (fails) => {
    for (const pipeline of parts(fails)) {
      const error = await pipeline
        .run({ text: 'x' })
        .then(() => pipeline.close())
        .then(
          () => undefined,
          (thrown: Error) => thrown,
        )
      expect(error?.message).toContain(`'${key}' is refused`)
      const cause = error?.cause as Error
      expect([error?.message, error?.stack, cause.message, cause.stack, `${cause.cause}`].join()).not.toMatch(
        /s3cr3t/i,
      )
    }
  })

  test('shows it in no warning and no finding', async () => {
    for (const pipeline of parts()) {
      const { warnings } = await pipeline.run({ text: 'x' })
      expect(warnings[0]?.message).toMatch(/^'one' \((Careless|Holder)\): \$\{env:MILLRACE_HIDDEN_KEY\}$/)
      expect((await pipeline.check()).map(({ message }) => message).join()).toContain(key)
    }
    for (const pipeline of parts('check')) {
      expect((await pipeline.check()).map(({ message }) => message).join()).toContain(`'${key}' is refused`)
    }
  })
})
