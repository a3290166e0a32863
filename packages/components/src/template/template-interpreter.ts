import { type Arguments, asOperand, type Filter, ownFilters, payFilter, payMethod } from './filters.ts'
import { Interpreter } from './jinja.ts'
import { LoopControl, runLoop } from './loop.ts'
import { bindMacro } from './macro-scope.ts'
import { makeValue } from './make-value.ts'
import type {
  BinaryNode,
  Body,
  CallNode,
  FilterNode,
  IdentifierNode,
  MemberNode,
  TemplateNode,
} from './node.ts'
import { operate } from './operators.ts'
import type { ParsedTemplate } from './parse-template.ts'
import { printValue } from './print-value.ts'
import { isArray, kindOf, type RuntimeValue, type Scope } from './runtime-value.ts'
import { TemplateFailure } from './template-failure.ts'
import { templateLimits, type WorkBudget } from './work-budget.ts'

/** Keys that lead out of the data in other languages. A template that asks for one that is not there means harm. */
const FORBIDDEN_KEY = /^(?:constructor|prototype|__.*)$/

/**
 * The interpreter of `@huggingface/jinja`, bounded and closed. Everything that is evaluated passes `evaluate`: it
 * counts the work, keeps the place for errors, and lets functions stand only where they are called. Some
 * operations run here, with the library's own behaviour for the rest; each says why.
 */
export class TemplateInterpreter extends Interpreter {
  /** Where the statement starts that is being evaluated: after an error, the one that failed. */
  offset: number | undefined
  readonly #template: ParsedTemplate
  readonly #budget: WorkBudget
  readonly #filters: Readonly<Record<string, Filter>>
  #depth = 0

  constructor(
    template: ParsedTemplate,
    environment: Scope,
    budget: WorkBudget,
    filters: Readonly<Record<string, Filter>>,
  ) {
    super(environment)
    this.#template = template
    this.#budget = budget
    this.#filters = { ...ownFilters, ...filters }
  }

  override evaluate(node: TemplateNode | undefined, environment: Scope): RuntimeValue {
    // The library asks for the bounds of a slice that are not there.
    if (node === undefined) return makeValue.undefined()
    if (node.type === 'Held') return node.value
    this.#budget.spend(1)
    if (++this.#depth > templateLimits.depth) {
      throw new TemplateFailure('TEMPLATE_FAILED', 'It is nested too deeply.')
    }
    const outer = this.offset
    this.offset = this.#template.offsets.get(node) ?? outer
    try {
      // The library gives `undefined` itself for the first element of an empty list.
      const result = this.#perform(node, environment) ?? makeValue.undefined()
      this.#checkSize(result)
      if (result.type === 'FunctionValue' && !this.#template.functionPlaces.has(node)) {
        throw new TemplateFailure('TEMPLATE_FORBIDDEN', 'A function can be called, but it is no value.')
      }
      this.offset = outer
      return result
    } finally {
      this.#depth--
    }
  }

  /** Prints as `printValue` does, and keeps what was printed when `break` or `continue` end a block. */
  override evaluateBlock(body: Body, environment: Scope): RuntimeValue {
    let printed = ''
    try {
      for (const node of body) printed += printValue(this.evaluate(node, environment), this.#budget)
    } catch (error) {
      if (error instanceof LoopControl) error.printed = printed + error.printed
      throw error
    }
    const result = makeValue.string(printed)
    this.#checkSize(result)
    return result
  }

  #checkSize(result: RuntimeValue): void {
    if (result.type === 'StringValue') this.#budget.checkLength(result.value.length)
    else if (isArray(result)) this.#budget.checkItems(result.value.length)
    else return
    this.#budget.spendCharacters(result.value.length)
  }

  #perform(node: TemplateNode, environment: Scope): RuntimeValue | undefined {
    switch (node.type) {
      case 'FilterExpression':
        return this.#filter(this.evaluate(node.operand, environment), node.filter, environment)
      case 'FilterStatement':
        return this.#filter(this.evaluateBlock(node.body, environment), node.filter, environment)
      case 'BinaryExpression':
        return this.#binary(node, environment)
      case 'For':
        return makeValue.string(runLoop(node, environment, this, this.#budget))
      case 'Break':
      case 'Continue':
        throw new LoopControl(node.type === 'Break')
      case 'Macro':
        this.#inherited(node, environment)
        bindMacro(node.name.value, environment, this.#budget)
        return makeValue.undefined()
      case 'MemberExpression':
        return this.#member(node, environment)
      case 'CallExpression':
        return this.#call(node, environment)
      case 'TupleLiteral':
        // The library can neither print tuples nor unpack them; as lists they do all that a template needs.
        return this.#inherited({ ...node, type: 'ArrayLiteral' }, environment)
      default:
        return this.#inherited(node, environment)
    }
  }

  /** What the library does with a node. */
  #inherited(node: TemplateNode, environment: Scope): RuntimeValue {
    return super.evaluate(node, environment)
  }

  #filter(value: RuntimeValue, filter: FilterNode['filter'], environment: Scope): RuntimeValue {
    const [callee, args] =
      filter.type === 'Identifier' ? [filter, []] : [filter.callee as IdentifierNode, filter.args]
    const operand = asOperand(value, callee.value)
    const held = args.map((argument) => this.#hold(argument, environment))
    const values = valuesOf(held)
    const own = Object.hasOwn(this.#filters, callee.value) ? this.#filters[callee.value] : undefined
    if (own !== undefined) return own(operand, values, this.#budget)
    payFilter(callee.value, operand, values, this.#budget)
    // These two take the arguments as they are written, and only texts.
    const written = callee.value === 'selectattr' || callee.value === 'rejectattr'
    const call: FilterNode['filter'] =
      filter.type === 'Identifier' ? filter : { ...filter, args: written ? args : held }
    return this.#inherited({ type: 'FilterExpression', operand: hold(operand), filter: call }, environment)
  }

  #binary(node: BinaryNode, environment: Scope): RuntimeValue {
    const { value: operator } = node.operator
    if (operator === 'and' || operator === 'or') return this.#inherited(node, environment)
    const left = this.evaluate(node.left, environment)
    const right = this.evaluate(node.right, environment)
    return (
      operate(operator, left, right, this.#budget) ??
      this.#inherited({ ...node, left: hold(left), right: hold(right) }, environment)
    )
  }

  #member(node: MemberNode, environment: Scope): RuntimeValue | undefined {
    const object = this.evaluate(node.object, environment)
    if (node.computed && node.property.type === 'SliceExpression') {
      return this.#inherited({ ...node, object: hold(object) }, environment)
    }
    const property = node.computed ? hold(this.evaluate(node.property, environment)) : node.property
    const value = this.#inherited({ ...node, object: hold(object), property }, environment)
    const key = property.type === 'Held' ? property.value.value : (property as IdentifierNode).value
    if (value.type === 'UndefinedValue' && typeof key === 'string' && FORBIDDEN_KEY.test(key)) {
      throw new TemplateFailure(
        'TEMPLATE_FORBIDDEN',
        `'${key}' is no key of this value, and nothing else can be reached.`,
      )
    }
    return value
  }

  #call(node: CallNode, environment: Scope): RuntimeValue {
    const { callee } = node
    const object = callee.type === 'MemberExpression' ? this.evaluate(callee.object, environment) : undefined
    const target = object === undefined ? callee : { ...(callee as MemberNode), object: hold(object) }
    const called = this.#inherited(target, environment)
    if (called.type !== 'FunctionValue') throw notCallable(callee, object, called)
    const args = node.args.map((argument) => this.#hold(argument, environment))
    if (object !== undefined) {
      payMethod(
        ((callee as MemberNode).property as IdentifierNode).value,
        object,
        valuesOf(args),
        this.#budget,
      )
    }
    return this.#inherited({ ...node, callee: hold(called), args }, environment)
  }

  #hold(argument: TemplateNode, environment: Scope): TemplateNode {
    switch (argument.type) {
      case 'KeywordArgumentExpression':
        return { ...argument, value: hold(this.evaluate(argument.value, environment)) }
      case 'SpreadExpression':
      case 'KeywordSpreadExpression':
        return { ...argument, argument: hold(this.evaluate(argument.argument, environment)) }
      default:
        return hold(this.evaluate(argument, environment))
    }
  }
}

function hold(value: RuntimeValue): TemplateNode {
  return { type: 'Held', value }
}

function valuesOf(args: readonly TemplateNode[]): Arguments {
  const named = new Map<string, RuntimeValue>()
  const positional: RuntimeValue[] = []
  for (const argument of args) {
    if (argument.type === 'Held') positional.push(argument.value)
    if (argument.type === 'KeywordArgumentExpression' && argument.value.type === 'Held') {
      named.set(argument.key.value, argument.value.value)
    }
  }
  return { positional, named }
}

function notCallable(
  callee: TemplateNode,
  object: RuntimeValue | undefined,
  found: RuntimeValue,
): TemplateFailure {
  const name = (callee.type === 'MemberExpression' ? callee.property : callee) as IdentifierNode
  const sentence =
    object !== undefined && found.type === 'UndefinedValue'
      ? `There is no method '${name.value}' of ${kindOf(object)}.`
      : `'${name.value}' is ${kindOf(found)} here, and cannot be called.`
  return new TemplateFailure('TEMPLATE_FAILED', sentence)
}
