import * as library from '@huggingface/jinja'
import { type TemplateBudget, TemplateExcess } from './template-budget.ts'

// The type declarations of @huggingface/jinja 0.5.11 import their parts without file extensions, so that under
// `nodenext` everything in them is `any`. These are the parts that are used here, as they are in its source.

/** A value of a template. Lists hold values, objects a map of them. */
interface Value {
  readonly type: string
  readonly value: unknown
}

interface Scope {
  set(name: string, value: unknown): void
}

interface Interpreter {
  evaluate(node: TemplateNode | undefined, scope: Scope): Value | undefined
  run(program: Program): { readonly value: string }
}

interface TemplateNode {
  readonly type: string
}

/** A template that was read. */
export interface Program {
  readonly type: 'Program'
}

const LibraryInterpreter = library.Interpreter as unknown as new (scope: Scope) => Interpreter
const Environment = library.Environment as unknown as new () => Scope

/** Reads a template as they are written for models: the white space around statements is not meant. */
export function readProgram(text: string): Program {
  const read = library.parse as unknown as (tokens: unknown) => Program
  return read(library.tokenize(text, { trim_blocks: true, lstrip_blocks: true }))
}

/** Runs a template that was read. It sees the variables and what every template has, nothing else. */
export function runProgram(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  budget: TemplateBudget,
): string {
  const scope = new Environment()
  for (const [name, value] of Object.entries({ ...globals, ...variables })) scope.set(name, value)
  try {
    return new BoundedInterpreter(scope, budget).run(program).value
  } catch (cause) {
    // The engine has limits, too: of its stack, and of the length of texts.
    throw cause instanceof RangeError
      ? new TemplateExcess(`it has no end: ${cause.message}`, { cause })
      : cause
  }
}

const LONGEST_RANGE = 100_000

/** Those of the library, but for a range that cannot fill the memory. The library does not export its own. */
const globals: Readonly<Record<string, unknown>> = {
  true: true,
  True: true,
  false: false,
  False: false,
  none: null,
  None: null,
  range(start: number, stop?: number, step = 1) {
    const [first, last] = stop === undefined ? [0, start] : [start, stop]
    const count = Math.max(0, Math.ceil((last - first) / step))
    if (!(count <= LONGEST_RANGE)) throw new TemplateExcess(`it counts to more than ${LONGEST_RANGE}`)
    return Array.from({ length: count }, (_, index) => first + index * step)
  },
  raise_exception(message: unknown) {
    throw new Error(String(message))
  },
  strftime_now: (format: unknown) =>
    new library.Template('{{ strftime_now(format) }}').render({ format }) as string,
}

const DEEPEST = 500

/** Everything that a template evaluates passes `evaluate`: it counts the work, and how large values become. */
class BoundedInterpreter extends LibraryInterpreter {
  readonly #budget: TemplateBudget
  readonly #sizes = new WeakMap<Value, number>()
  #depth = 0

  constructor(scope: Scope, budget: TemplateBudget) {
    super(scope)
    this.#budget = budget
  }

  override evaluate(node: TemplateNode | undefined, scope: Scope): Value | undefined {
    this.#budget.spend(1)
    if (++this.#depth > DEEPEST) throw new TemplateExcess('it is nested too deeply')
    try {
      const result = super.evaluate(node, scope)
      // What a name stands for is there already.
      if (result && node?.type !== 'Identifier') this.#pay(result)
      return result
    } finally {
      this.#depth--
    }
  }

  #pay(result: Value): void {
    const { value } = result
    if (typeof value === 'string') this.#budget.spendText(value.length)
    if (typeof value !== 'object' || value === null) return
    if (Array.isArray(value)) this.#budget.spendElements(value.length)
    this.#budget.checkSize(this.#sizeOf(result))
  }

  /** How long a value would be if it was printed: one that holds another one twice prints it twice. */
  #sizeOf(of: Value): number {
    const { type, value } = of
    if (typeof value === 'string') return value.length
    if (typeof value !== 'object' || value === null) return 1
    const known = this.#sizes.get(of)
    if (known !== undefined) return known
    const parts: Iterable<Value> = Array.isArray(value) ? value : (value as Map<string, Value>).values()
    let size = 1
    for (const part of parts) size += this.#sizeOf(part)
    // Namespaces alone can change.
    if (type !== 'NamespaceValue') this.#sizes.set(of, size)
    return size
  }
}
