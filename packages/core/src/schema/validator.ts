import type { Ajv, Options, ValidateFunction } from 'ajv'
import { loadAjv } from '#ajv'
import { isJsonValue } from '../json.ts'
import { LinearPattern } from './linear-pattern.ts'
import { CHECK_KEYWORD, JSON_KEYWORD, NAME_KEYWORD, type ValueCheck } from './schema.ts'
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

/** A text that two schemas share only if they say the same. A function is written as its number. */
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

/** No pattern may backtrack: those of schemas from elsewhere are compiled at once, which finds what cannot be matched. */
const linear = Object.assign((source: string) => new LinearPattern(source), { code: 'linear' })

/** Ours have been checked by their builders, and are compiled when a text needs them: those of messages seldom are. */
const linearLater = Object.assign(
  (source: string) => {
    let pattern: LinearPattern | undefined
    return {
      test: (text: string) => {
        pattern ??= new LinearPattern(source)
        return pattern.test(text)
      },
      toString: () => source,
    }
  },
  { code: 'linearLater' },
)

/** What a validator finds: whether something is wrong, with the first thing that is, or all that is wrong. */
export type Extent = 'first' | 'all'

function reporting(extent: Extent) {
  return { allErrors: extent === 'all', verbose: true, ownProperties: true } satisfies Options
}

/** Foreign schemas may have keywords and formats that we do not know. */
function lenient(extent: Extent) {
  return { ...reporting(extent), strict: false, logger: false, code: { regExp: linear } } satisfies Options
}

/** In characters. The expression for URLs is the one of the formats whose time grows faster than the text. */
const LONGEST_URL = 4096

function make(draft: 'Ajv' | 'Ajv2020', options: Options): Ajv {
  const { addFormats, ...drafts } = loadAjv()
  const ajv = new drafts[draft](options)
  addFormats(ajv)
  const url = ajv.formats['url'] as RegExp
  ajv.addFormat('url', (text) => text.length <= LONGEST_URL && url.test(text))
  return ajv
}

function makeOwn(extent: Extent): Ajv {
  const ajv = make('Ajv2020', {
    ...reporting(extent),
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    discriminator: true,
    // Our builders make valid schemas: checking them, and making the validators shorter, takes twice as long as the rest.
    meta: false,
    validateSchema: false,
    code: { regExp: linearLater, optimize: false },
  })
  ajv.addKeyword({ keyword: NAME_KEYWORD, schemaType: 'string' })
  ajv.addKeyword({
    keyword: JSON_KEYWORD,
    schemaType: 'boolean',
    validate: (_: boolean, value: unknown) => isJsonValue(value),
  })
  ajv.addKeyword({
    keyword: CHECK_KEYWORD,
    validate: ({ check }: ValueCheck, value: unknown) => check(value),
  })
  return ajv
}

function compilersOf(makeAjv: (extent: Extent) => Ajv): { readonly [E in Extent]: Compiler } {
  return { first: new Compiler(() => makeAjv('first')), all: new Compiler(() => makeAjv('all')) }
}

const own = compilersOf(makeOwn)
const draft2020 = compilersOf((extent) => make('Ajv2020', lenient(extent)))
const draft7 = compilersOf((extent) => make('Ajv', lenient(extent)))

/** For a schema made by `schemaOf` or `schemaOfType` with `checks`. */
export function compileOwn(schema: JsonSchema, extent: Extent): ValidateFunction {
  return own[extent].compile(schema)
}

/**
 * For a schema from elsewhere: of 2020-12, or of draft 7 if its `$schema` says so.
 *
 * @throws Error with what is wrong with the schema; a DefinitionError `PATTERN_UNSUPPORTED` where it is a pattern that needs
 * backtracking
 */
export function compileForeign(schema: JsonSchema, extent: Extent): ValidateFunction {
  const draft = schema['$schema']
  const compilers = typeof draft === 'string' && draft.includes('draft-07') ? draft7 : draft2020
  return compilers[extent].compile(schema)
}
