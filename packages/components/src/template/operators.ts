import { makeValue } from './make-value.ts'
import { payFor, printValue } from './print-value.ts'
import { isArray, isObject, kindOf, type RuntimeValue } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import type { WorkBudget } from './work-budget.ts'

/** Searching in a text costs at worst its length times that of what is searched. */
const COMPARISONS_PER_STEP = 32_768

/**
 * The operators that the library would run differently from Jinja, or without a bound: `==` compares contents and
 * not identities, `~` prints, `in` compares contents, `%` takes the sign of its divisor, and nothing is divided by
 * zero. Undefined for all others, which are the library's.
 *
 * @throws TemplateFailure `TEMPLATE_FAILED`
 */
export function operate(
  operator: string,
  left: RuntimeValue,
  right: RuntimeValue,
  budget: WorkBudget,
): RuntimeValue | undefined {
  switch (operator) {
    case '==':
      return makeValue.boolean(isEqual(left, right, budget))
    case '!=':
      return makeValue.boolean(!isEqual(left, right, budget))
    case '~':
      return makeValue.string(printValue(left, budget) + printValue(right, budget))
    case 'in':
    case 'not in':
      return contains(left, right, operator === 'in', budget)
    case '+':
      return refuseMixedSum(left, right)
    case '/':
    case '//':
    case '%':
      return divide(operator, left, right)
  }
}

/** Pays for a search before it is made. */
export function paySearch(text: string, wanted: string, budget: WorkBudget): void {
  budget.spend((text.length * wanted.length) / COMPARISONS_PER_STEP)
}

/** By contents; numbers and booleans by their numbers, as in Python. */
export function isEqual(left: RuntimeValue, right: RuntimeValue, budget: WorkBudget, depth = 0): boolean {
  if (left === right) return true
  budget.spend(0.25)
  if (depth > 100) throw new TemplateFailure('TEMPLATE_FAILED', 'Two values are too deep to be compared.')
  const numbers = [numberOf(left), numberOf(right)]
  if (numbers[0] !== undefined && numbers[1] !== undefined) return numbers[0] === numbers[1]
  if (isArray(left) && isArray(right)) {
    if (left.value.length !== right.value.length) return false
    return left.value.every((item, index) =>
      isEqual(item, right.value[index] as RuntimeValue, budget, depth + 1),
    )
  }
  if (isObject(left) && isObject(right)) {
    if (left.value.size !== right.value.size) return false
    return [...left.value].every(([key, item]) => {
      const other = right.value.get(key)
      return other !== undefined && isEqual(item, other, budget, depth + 1)
    })
  }
  if (left.type === 'StringValue') budget.spendCharacters(left.value.length)
  return left.type === right.type && left.value === right.value
}

function numberOf(value: RuntimeValue): number | undefined {
  if (value.type === 'BooleanValue') return Number(value.value)
  return value.type === 'IntegerValue' || value.type === 'FloatValue' ? value.value : undefined
}

function contains(
  wanted: RuntimeValue,
  container: RuntimeValue,
  positive: boolean,
  budget: WorkBudget,
): RuntimeValue | undefined {
  if (container.type === 'StringValue' && wanted.type === 'StringValue') {
    paySearch(container.value, wanted.value, budget)
    return undefined
  }
  if (isArray(container)) {
    return makeValue.boolean(container.value.some((item) => isEqual(item, wanted, budget)) === positive)
  }
  return undefined
}

function refuseMixedSum(left: RuntimeValue, right: RuntimeValue): undefined {
  if (left.type !== 'StringValue' && right.type !== 'StringValue') return
  const other = left.type === 'StringValue' ? right : left
  if (other.type === 'StringValue' || numberOf(other) !== undefined) return
  throw new TemplateFailure(
    'TEMPLATE_FAILED',
    `'+' cannot join a text and ${kindOf(other)}. '~' joins any two values as texts.`,
  )
}

function divide(operator: string, left: RuntimeValue, right: RuntimeValue): RuntimeValue | undefined {
  const [dividend, divisor] = [numberOf(left), numberOf(right)]
  if (dividend === undefined || divisor === undefined) return undefined
  if (divisor === 0) throw new TemplateFailure('TEMPLATE_FAILED', `Division by zero, by '${operator}'.`)
  if (operator !== '%') return undefined
  const rest = dividend - divisor * Math.floor(dividend / divisor)
  const float = left.type === 'FloatValue' || right.type === 'FloatValue'
  return float ? makeValue.float(rest) : makeValue.integer(rest)
}

/** Pays for a sort: about n·log n comparisons, each as long as the elements. */
export function paySort(list: RuntimeValue, budget: WorkBudget, depth: number): void {
  const count = isArray(list) || isObject(list) ? [...list.value].length : 0
  for (let factor = Math.ceil(Math.log2(count + 1)); factor > 0; factor--) payFor(list, budget, depth)
}
