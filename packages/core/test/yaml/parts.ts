import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ParametersOf } from '../../src/component/component.ts'
import { componentPackage } from '../../src/component/component-package.ts'
import { defineComponent } from '../../src/component/define-component.ts'
import { Registry } from '../../src/component/registry.ts'
import { t } from '../../src/component/t.ts'
import { tool } from '../../src/component/tool.ts'
import { pipelineSchema } from '../../src/yaml/pipeline-schema.ts'

export const Echo = defineComponent({
  type: 'Echo',
  description: 'Says what it hears.',
  inputs: { text: t.string() },
  outputs: { text: t.string() },
  run: ({ text }) => ({ text }),
})

export const Add = defineComponent({
  type: 'Add',
  parameters: t.object({ amount: t.optional(t.integer({ minimum: 1 }), { default: 1 }) }),
  inputs: { value: t.integer() },
  outputs: { sum: t.integer() },
  run: ({ value }, _context, { amount = 1 }) => ({ sum: value + amount }),
})

export const Join = defineComponent({
  type: 'Join',
  inputs: { texts: t.variadic(t.string()) },
  outputs: { text: t.string() },
  run: ({ texts }) => ({ text: texts.join('') }),
})

/** Takes any JSON there is. */
export const Keep = defineComponent({
  type: 'Keep',
  parameters: t.object({
    value: t.optional(t.json()),
    listeners: t.optional(t.array(t.callback())),
    byName: t.optional(t.record(t.callback())),
    inside: t.optional(t.object({ tools: t.tools() })),
  }),
  inputs: { text: t.string() },
  outputs: { text: t.string() },
  run: ({ text }) => ({ text }),
})

/** What a constructor throws that knows which of its parameters is to blame. */
class OptionError extends Error {
  readonly option: string

  constructor(option: string, message: string) {
    super(message)
    this.option = option
  }
}

export class Model {
  static readonly type: string = 'Model'
  static readonly description = 'Answers as a model would.'
  static readonly environment = ['model', 'headers']
  static readonly parameters = t.object({
    model: t.string({ minLength: 1, description: 'The file of the model.' }),
    nCtx: t.optional(t.integer({ minimum: 1 })),
    headers: t.optional(t.record(t.string())),
    stop: t.optional(t.array(t.string())),
    mode: t.optional(t.literal('fast', 'exact')),
    system: t.optional(t.array(t.message())),
    generationKwargs: t.optional(
      t.object({ temperature: t.optional(t.number()), mirostatMode: t.optional(t.integer()) }),
    ),
    onToken: t.optional(t.union(t.callback(), t.null())),
    tools: t.optional(t.tools()),
  })
  readonly inputs = { prompt: t.string(), temperature: t.number({ default: 0 }) }
  readonly outputs = { replies: t.array(t.string()), usage: t.optional(t.integer()) }
  readonly initParameters: ParametersOf<typeof Model>

  constructor(initParameters: ParametersOf<typeof Model>) {
    this.initParameters = initParameters
    if (initParameters.model === 'broken.gguf') throw new Error('broken.gguf is no model.')
    if (initParameters.generationKwargs?.mirostatMode === 3) {
      throw new OptionError('generationKwargs.mirostatMode', 'there is no mirostat 3.')
    }
    if (initParameters.stop?.[1] === '') throw new OptionError('stop[1]', 'a stop text must not be empty.')
  }

  run() {
    return { replies: [] }
  }
}

export function printToken(): void {}

export const search = tool({
  name: 'search',
  description: 'Searches.',
  parameters: t.object({ query: t.string() }),
  run: () => 'found',
})

export const acme = componentPackage({
  name: '@acme/components',
  components: [Echo, Add, Join, Keep, Model],
  tools: [search],
  callbacks: { printToken },
})

export const registry = new Registry([acme])

/** Says of the value of a file whether the schema of a registry takes it. */
export function validator(from: Registry): (file: unknown) => boolean {
  return new Ajv2020({ strict: true, strictRequired: false }).compile(pipelineSchema(from))
}
