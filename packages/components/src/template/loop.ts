import { Environment } from './jinja.ts'
import { makeValue } from './make-value.ts'
import type { ForNode, TemplateNode } from './node.ts'
import { isArray, kindOf, type RuntimeValue, type Scope } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import type { WorkBudget } from './work-budget.ts'

/** What an element of a loop costs, as measured in steps: it gets a scope of its own. */
const STEPS_PER_ELEMENT = 15

/** Thrown by `break` and `continue`; carries what was printed on the way to the loop. */
export class LoopControl extends Error {
  readonly isBreak: boolean
  printed = ''

  constructor(isBreak: boolean) {
    super()
    this.isBreak = isBreak
  }
}

/** What a loop needs of the interpreter that it runs in. */
export interface LoopInterpreter {
  evaluate(node: TemplateNode, scope: Scope): RuntimeValue
  evaluateBlock(body: ForNode['body'], scope: Scope): RuntimeValue
}

/**
 * Runs a `for`, and gives what it prints. Of our own, because that of the library drops what an element has printed
 * before `break` or `continue`, lets `set` reach into the next element, runs `else` after a `break`, and refuses
 * texts and what is missing.
 *
 * @throws TemplateFailure `TEMPLATE_FAILED`
 */
export function runLoop(
  node: ForNode,
  outer: Scope,
  interpreter: LoopInterpreter,
  budget: WorkBudget,
): string {
  const { iterable, loopvar } = node
  const [source, test] =
    iterable.type === 'SelectExpression' ? [iterable.lhs, iterable.test] : [iterable, undefined]
  const all = itemsOf(interpreter.evaluate(source, outer))
  budget.spend(STEPS_PER_ELEMENT * all.length)
  const items =
    test === undefined ? all : all.filter((item) => isTrue(interpreter.evaluate(test, scopeFor(item))))
  if (items.length === 0) return textOf(interpreter.evaluateBlock(node.defaultBlock, new Environment(outer)))
  let printed = ''
  for (const [index, item] of items.entries()) {
    const scope = scopeFor(item)
    scope.setVariable('loop', loopValue(items, index))
    try {
      printed += textOf(interpreter.evaluateBlock(node.body, scope))
    } catch (error) {
      if (!(error instanceof LoopControl)) throw error
      printed += error.printed
      if (error.isBreak) break
    }
  }
  return printed

  function scopeFor(item: RuntimeValue): Scope {
    const scope = new Environment(outer)
    assign(loopvar, item, scope)
    return scope
  }
}

function itemsOf(value: RuntimeValue): readonly RuntimeValue[] {
  if (isArray(value)) return value.value
  if (value.type === 'ObjectValue') return Array.from(value.value.keys(), makeValue.string)
  if (value.type === 'StringValue') return Array.from(value.value, makeValue.string)
  if (value.type === 'UndefinedValue') return []
  throw new TemplateFailure(
    'TEMPLATE_FAILED',
    `A 'for' goes over a list or the keys of an object, not over ${kindOf(value)}.`,
  )
}

function assign(target: TemplateNode, value: RuntimeValue, scope: Scope): void {
  if (target.type === 'Identifier') scope.setVariable(target.value, value)
  if (target.type !== 'TupleLiteral') return
  const found = isArray(value) ? `a list of ${value.value.length}` : kindOf(value)
  if (!isArray(value) || value.value.length !== target.value.length) {
    throw new TemplateFailure(
      'TEMPLATE_FAILED',
      `A 'for' with ${target.value.length} variables needs lists of ${target.value.length}, not ${found}.`,
    )
  }
  target.value.forEach((part, index) => {
    assign(part, value.value[index] as RuntimeValue, scope)
  })
}

function loopValue(items: readonly RuntimeValue[], index: number): RuntimeValue {
  const rest = items.length - index
  return makeValue.object(
    new Map([
      ['index', makeValue.integer(index + 1)],
      ['index0', makeValue.integer(index)],
      ['revindex', makeValue.integer(rest)],
      ['revindex0', makeValue.integer(rest - 1)],
      ['first', makeValue.boolean(index === 0)],
      ['last', makeValue.boolean(rest === 1)],
      ['length', makeValue.integer(items.length)],
      ['previtem', items[index - 1] ?? makeValue.undefined()],
      ['nextitem', items[index + 1] ?? makeValue.undefined()],
    ]),
  )
}

/** As in Python: an empty list, object or text is false. */
function isTrue(value: RuntimeValue): boolean {
  if (isArray(value)) return value.value.length > 0
  return value.type === 'ObjectValue' ? value.value.size > 0 : Boolean(value.value)
}

function textOf(value: RuntimeValue): string {
  return value.value as string
}
