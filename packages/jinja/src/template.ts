import { attributeOf, itemOf } from './attributes.ts'
import type { Library, VariableUse } from './compile-expression.ts'
import { compileBody } from './compile-template.ts'
import {
  builtInTags,
  functionValue,
  type OwnFunction,
  type OwnTag,
  ownFilter,
  ownFunction,
  ownTag,
  toPlain,
} from './extensions.ts'
import { filters } from './filters.ts'
import { functions } from './functions.ts'
import { Fault, JinjaError, quoted } from './jinja-error.ts'
import { normalizeSource, tokenize } from './lexer.ts'
import { parse } from './parser.ts'
import { textOf } from './print.ts'
import { defaultLimits, type Environment, type Limits, MOST_OBJECTS, Run, STEPS_PER_OBJECT } from './run.ts'
import { Frame } from './scope.ts'
import { tests } from './tests.ts'
import { Dict, entriesOf, isPlainObject, notData, TemplateObject, typeName, Undefined } from './values.ts'

export interface TemplateOptions {
  /** @defaultValue false */
  readonly trimBlocks?: boolean
  /** @defaultValue false */
  readonly lstripBlocks?: boolean
  /** @defaultValue false */
  readonly keepTrailingNewline?: boolean
  /**
   * Whether unknown filters, tests, functions and methods, and wrong arguments, are errors when the template is made, in
   * all of its branches. Otherwise they are errors where the template comes to them, as in Python.
   *
   * @defaultValue true
   */
  readonly strict?: boolean
  /**
   * The message of an error for text that stands outside of the caller's statements, in a template that has some.
   *
   * @defaultValue none: such text is printed
   */
  readonly looseText?: string
  /** Further filters, by name. */
  readonly filters?: Readonly<Record<string, OwnFunction>>
  /** Further functions, by name. */
  readonly functions?: Readonly<Record<string, OwnFunction>>
  /** Further statements, by name. */
  readonly tags?: Readonly<Record<string, OwnTag>>
}

export interface RenderOptions {
  /** Those that are not given are `defaultLimits`. */
  readonly limits?: Partial<Limits>
  /** What time `strftime_now` and `now` show. @defaultValue the clock of the machine */
  readonly now?: () => Date
}

/** A template that was read once, and renders any number of times. It has no state. */
export class Template {
  /** The names that the template reads and does not set itself, in the order of the text. */
  readonly variables: readonly string[]
  /** Those of them that it sets in some cases only, such as within an `if`. */
  readonly sometimesSet: readonly string[]
  /** Variables in front of a filter, or in a statement, of the caller. */
  readonly uses: readonly VariableUse[]
  /** The statements of the caller that it has. */
  readonly tags: ReadonlySet<string>
  readonly #source: string
  readonly #names: readonly string[]
  readonly #mutates: boolean
  readonly #slots: number
  readonly #execute: ReturnType<typeof compileBody>['execute']
  readonly #environment: Environment
  readonly #functions: Library['functions']

  /** @throws JinjaError for what is wrong with the source */
  constructor(source: string, options: TemplateOptions = {}) {
    const {
      trimBlocks = false,
      lstripBlocks = false,
      keepTrailingNewline = false,
      strict = true,
      looseText,
    } = options
    if (typeof source !== 'string') {
      throw new JinjaError('', new Fault('SYNTAX', `A template is a string, not ${typeName(source)}.`), 0)
    }
    this.#source = normalizeSource(source, keepTrailingNewline)
    const library: Library = {
      filters: extended(filters, options.filters, ownFilter),
      tests,
      functions: extended(functions, options.functions, ownFunction),
    }
    const tags = extended(builtInTags, options.tags, ownTag)
    const own = new Set([...Object.keys(options.filters ?? {}), ...Object.keys(options.tags ?? {})])
    this.#environment = environmentOf(library)
    this.#functions = library.functions
    try {
      const tokens = tokenize(this.#source, { trimBlocks, lstripBlocks, keepTrailingNewline })
      const compiled = compileBody(parse(tokens, tags), { library, tags, own, strict })
      this.variables = compiled.free
      this.sometimesSet = compiled.sometimesSet
      this.uses = compiled.uses
      this.tags = compiled.tags
      if (looseText !== undefined && this.tags.size > 0 && compiled.looseText !== undefined) {
        throw new Fault('SYNTAX', looseText, { offset: compiled.looseText })
      }
      this.#names = compiled.variables
      this.#mutates = compiled.mutates
      this.#slots = compiled.slots
      this.#execute = compiled.execute
    } catch (cause) {
      throw new JinjaError(this.#source, asFault(cause), 0)
    }
  }

  /**
   * The text of the template with the values in it. Values are plain data, as in JSON, or `TemplateObject`s; they are
   * never changed, nor read as templates. `undefined` counts as missing, `null` is none.
   *
   * @throws JinjaError
   */
  render(values: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}): string {
    return this.#run(values, options, false, ({ printed }) => printed)
  }

  /**
   * What the template stands for: where it prints a single `{{ … }}` and nothing else but white space, the value of that,
   * such as a list or a number; otherwise its text. The value is plain data, a `TemplateObject` is what its `toJSON` gives;
   * `undefined` for something undefined. No text is read as a number or a list.
   *
   * @throws JinjaError
   */
  evaluate(values: Readonly<Record<string, unknown>> = {}, options: RenderOptions = {}): unknown {
    return this.#run(values, options, true, valueIn)
  }

  #run<Result>(
    values: Readonly<Record<string, unknown>>,
    { limits = {}, now = () => new Date() }: RenderOptions,
    keepsValue: boolean,
    read: (run: Run) => Result,
  ): Result {
    const variables: unknown[] = []
    let run: Run | undefined
    try {
      if (typeof values !== 'object' || values === null) {
        throw new Fault('ARGUMENTS', 'The values of a template are an object with their names.')
      }
      run = new Run(this.#environment, limitsFor(values, limits), now, variables, this.#mutates, keepsValue)
      for (const name of this.#names) variables.push(this.#variable(name, values, run))
      this.#execute(new Frame(run, this.#slots))
      return read(run)
    } catch (cause) {
      throw new JinjaError(this.#source, asFault(cause), run?.at ?? 0)
    }
  }

  #variable(name: string, values: Readonly<Record<string, unknown>>, run: Run): unknown {
    const value = Object.hasOwn(values, name) ? values[name] : undefined
    if (value === undefined) {
      const called = this.#functions.get(name)
      return called ? functionValue(name, called, run) : new Undefined(name)
    }
    return this.#mutates ? ownCopy(value, run) : value
  }
}

/** What a run that keeps a value has come to. */
function valueIn(run: Run): unknown {
  const { kept, printed } = run
  if (!kept) return printed
  run.at = kept.at
  if (kept.isAlone && printed.trim() === '') return toPlain(kept.value, run, asData)
  run.printed = printed.slice(0, kept.offset)
  run.print(textOf(kept.value, run))
  return run.printed + printed.slice(kept.offset)
}

/** What of a value is neither a list nor a dict, as data. @throws Fault `FORBIDDEN` for what has none */
function asData(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof TemplateObject) return value.toJSON()
  if (
    typeof value === 'function' ||
    typeof value === 'symbol' ||
    (typeof value === 'object' && value !== null)
  ) {
    throw notData(value)
  }
  return value
}

/** @throws Fault `ARGUMENTS` for a limit that is not a number */
function limitsFor(values: Readonly<Record<string, unknown>>, given: Partial<Limits>): Limits {
  const lists = Object.values(values).filter((value) => Array.isArray(value) && isPlainObject(value[0]))
  const objects = lists.reduce((sum: number, list) => sum + (list as unknown[]).length, 0)
  const steps = defaultLimits.steps + STEPS_PER_OBJECT * Math.min(objects, MOST_OBJECTS)
  const limits: Record<string, number> = { ...defaultLimits, steps }
  for (const [name, limit] of Object.entries(given)) {
    if (limit === undefined) continue
    if (!Object.hasOwn(defaultLimits, name) || typeof limit !== 'number' || !(limit >= 0)) {
      const known = quoted(Object.keys(defaultLimits))
      throw new Fault(
        'ARGUMENTS',
        `Limits are numbers from 0, named ${known}; '${name}' is ${String(limit)}.`,
      )
    }
    limits[name] = limit
  }
  return limits as unknown as Limits
}

function extended<Entry, Own>(
  table: ReadonlyMap<string, Entry>,
  own: Readonly<Record<string, Own>> | undefined,
  make: (own: Own) => Entry,
): ReadonlyMap<string, Entry> {
  if (!own) return table
  const made = Object.entries(own).map(([name, each]) => {
    const { parameters, apply } = (each ?? {}) as { readonly parameters?: unknown; readonly apply?: unknown }
    if (typeof parameters === 'string' && typeof apply === 'function') return [name, make(each)] as const
    const reason = `'${name}' of the caller must have its 'parameters' as a text, and 'apply' as a function.`
    throw new JinjaError('', new Fault('ARGUMENTS', reason), 0)
  })
  return new Map([...table, ...made])
}

/** Lists and dicts that a template may change without changing those of the caller. */
function ownCopy(value: unknown, run: Run): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value) && !isPlainObject(value)) return value
  run.enter()
  let copy: unknown
  if (Array.isArray(value)) {
    run.spendElements(value.length)
    copy = value.map((item) => ownCopy(item, run))
  } else {
    const dict = new Dict()
    for (const [key, item] of entriesOf(value)) {
      run.spend(0.25)
      dict.set(key, ownCopy(item, run))
    }
    copy = dict
  }
  run.leave()
  return copy
}

function environmentOf(library: Library): Environment {
  return {
    filter: (name) => library.filters.get(name),
    test: (name) => library.tests.get(name),
    attribute: attributeOf,
    item: itemOf,
  }
}

function asFault(cause: unknown): Fault {
  if (cause instanceof Fault) return cause
  // The engine has limits, too: of its stack, and of the length of strings.
  if (cause instanceof RangeError) {
    return new Fault('LIMIT', 'The template goes deeper than the engine can follow.', {
      limit: 'depth',
      cause,
    })
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new Fault('TYPE', `A value cannot be read: ${reason}`, { cause })
}
