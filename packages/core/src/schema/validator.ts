import { Ajv, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { CHECK_KEYWORD, NAME_KEYWORD, type ValueCheck } from './schema.ts'
import type { JsonSchema } from './socket-type.ts'

/** Compiled schemas per instance of Ajv, which keeps all that it ever compiled: after that many it is replaced. */
const LIMIT = 1000

/**
 * Compiles each schema once, however many equal ones there are: components make their sockets anew for every instance,
 * and the schema of a message takes longer to compile than a small pipeline to run.
 */
class Compiler {
  readonly #makeAjv: () => Ajv
  #ajv: Ajv | undefined
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(makeAjv: () => Ajv) {
    this.#makeAjv = makeAjv
  }

  compile(schema: JsonSchema): ValidateFunction {
    const key = textOf(schema)
    const known = this.#compiled.get(key)
    if (known) return known
    if (this.#compiled.size >= LIMIT) {
      this.#compiled.clear()
      this.#ajv = undefined
    }
    this.#ajv ??= this.#makeAjv()
    try {
      const validate = this.#ajv.compile(schema)
      this.#compiled.set(key, validate)
      return validate
    } finally {
      // Otherwise a second schema with the same `$id` would be refused.
      this.#ajv.removeSchema(schema)
    }
  }
}

const numbers = new WeakMap<object, number>()
let lastNumber = 0

/** A text that two schemas share only if they say the same. Functions are told apart by identity. */
function textOf(schema: JsonSchema): string {
  return JSON.stringify(schema, (_, value) => {
    if (typeof value !== 'function') return value
    const known = numbers.get(value)
    if (known !== undefined) return known
    lastNumber++
    numbers.set(value, lastNumber)
    return lastNumber
  })
}

const reporting = { allErrors: true, verbose: true, ownProperties: true } satisfies Options

/** Foreign schemas may have keywords and formats that we do not know. */
const lenient = { ...reporting, strict: false, logger: false } satisfies Options

function withFormats<A extends Ajv>(ajv: A): A {
  // The published types of ajv-formats describe its CommonJS shape; under ESM the function is the default export.
  ;(addFormats as unknown as (instance: Ajv) => void)(ajv)
  return ajv
}

const own = new Compiler(() => {
  const ajv = withFormats(
    new Ajv2020({ ...reporting, strict: true, strictRequired: false, allowUnionTypes: true }),
  )
  ajv.addKeyword({ keyword: NAME_KEYWORD, schemaType: 'string' })
  ajv.addKeyword({
    keyword: CHECK_KEYWORD,
    validate: ({ check }: ValueCheck, value: unknown) => check(value),
  })
  return ajv
})

const draft2020 = new Compiler(() => withFormats(new Ajv2020(lenient)))
const draft7 = new Compiler(() => withFormats(new Ajv(lenient)))

/** For a schema made by `schemaOf` or `schemaOfType` with `checks`. */
export function compileOwn(schema: JsonSchema): ValidateFunction {
  return own.compile(schema)
}

/**
 * For a schema from elsewhere: of 2020-12, or of draft 7 if its `$schema` says so.
 *
 * @throws Error with what is wrong with the schema
 */
export function compileForeign(schema: JsonSchema): ValidateFunction {
  const draft = schema['$schema']
  const compiler = typeof draft === 'string' && draft.includes('draft-07') ? draft7 : draft2020
  return compiler.compile(schema)
}
