import { isArray, isObject, type RuntimeValue } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import { templateLimits, type WorkBudget } from './work-budget.ts'

const MAX_DEPTH = 1000

/**
 * A value as `{{ … }}` prints it: texts as they are, nothing for none and for what is missing, lists and objects as
 * JSON in Python's spacing. Unlike Python, `true` and `false` are in lower case.
 *
 * @throws TemplateFailure `TEMPLATE_FORBIDDEN` for functions, `TEMPLATE_FAILED` when it becomes too long
 */
export function printValue(value: RuntimeValue, budget: WorkBudget): string {
  switch (value.type) {
    case 'StringValue':
      return value.value
    case 'NullValue':
    case 'UndefinedValue':
      return ''
    case 'IntegerValue':
    case 'FloatValue':
    case 'BooleanValue':
      return String(value)
    case 'FunctionValue':
      throw new TemplateFailure('TEMPLATE_FORBIDDEN', 'A function cannot be printed.')
    default: {
      const printer = new JsonPrinter(budget)
      printer.print(value, 0)
      return printer.pieces.join('')
    }
  }
}

class JsonPrinter {
  readonly pieces: string[] = []
  readonly #budget: WorkBudget
  #length = 0

  constructor(budget: WorkBudget) {
    this.#budget = budget
  }

  print(value: RuntimeValue, depth: number): void {
    this.#budget.spend(1)
    if (depth > MAX_DEPTH) throw new TemplateFailure('TEMPLATE_FAILED', 'A value holds itself.')
    if (isArray(value)) {
      this.#list('[', value.value, ']', (item) => this.print(item, depth + 1))
    } else if (isObject(value)) {
      this.#list('{', [...value.value], '}', ([key, item]) => {
        this.#add(`${JSON.stringify(key)}: `)
        this.print(item, depth + 1)
      })
    } else if (value.type === 'FunctionValue') {
      throw new TemplateFailure('TEMPLATE_FORBIDDEN', 'A function cannot be printed.')
    } else {
      this.#add(JSON.stringify(value.value ?? null))
    }
  }

  #list<T>(opening: string, items: readonly T[], closing: string, print: (item: T) => void): void {
    this.#add(opening)
    items.forEach((item, index) => {
      if (index > 0) this.#add(', ')
      print(item)
    })
    this.#add(closing)
  }

  #add(piece: string): void {
    this.#length += piece.length
    this.#budget.checkLength(this.#length)
    this.#budget.spendCharacters(piece.length)
    this.pieces.push(piece)
  }
}

/**
 * Pays for an operation that looks at a value down to `depth` levels, such as a sort or a comparison.
 *
 * @throws TemplateFailure `TEMPLATE_FAILED` when that is more than is left
 */
export function payFor(value: RuntimeValue, budget: WorkBudget, depth: number = templateLimits.depth): void {
  budget.spend(0.25)
  if (value.type === 'StringValue') budget.spendCharacters(value.value.length)
  if (depth === 0) return
  if (isArray(value)) for (const item of value.value) payFor(item, budget, depth - 1)
  if (isObject(value)) for (const item of value.value.values()) payFor(item, budget, depth - 1)
}
