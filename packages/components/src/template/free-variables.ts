import type { Body, FilterNode, ProgramNode, TemplateNode } from './node.ts'
import { TemplateFailure } from './template-failure.ts'
import { templateFunctions } from './template-names.ts'

/** Names that mean the same in every template. */
const constants = new Set(['true', 'false', 'none', 'True', 'False', 'None', ...templateFunctions])

/** Names that a macro finds set. */
const macroNames = ['caller', 'varargs', 'kwargs']

/** Whether a name means something of its own in templates, so that no variable can have it. */
export function isTemplateName(name: string): boolean {
  return constants.has(name)
}

/**
 * The names that a template reads and does not set itself, in the order of the text. A name that is set on some
 * ways only, such as in one branch of an `if` or within a loop, still counts when it is read afterwards.
 */
export function freeVariables(program: ProgramNode, macros: ReadonlySet<string>): string[] {
  const finder = new VariableFinder(macros)
  finder.block(program.body, new Set())
  return [...finder.found]
}

class VariableFinder {
  readonly found = new Set<string>()
  readonly #macros: ReadonlySet<string>

  constructor(macros: ReadonlySet<string>) {
    this.#macros = macros
  }

  /** Adds to `known` what the block sets for those that come after it. */
  block(body: Body, known: Set<string>): void {
    for (const node of body) this.#statement(node, known)
  }

  #statement(node: TemplateNode, known: Set<string>): void {
    switch (node.type) {
      case 'Set':
        if (node.value !== null) this.#expression(node.value, known)
        this.block(node.body, new Set(known))
        this.#target(node.assignee, known)
        break
      case 'If':
        this.#branch(node, known)
        break
      case 'For':
        this.#loop(node, known)
        break
      case 'Macro':
        this.block(node.body, this.#parameters(node.args, known))
        break
      case 'CallStatement':
        for (const argument of node.call.args) this.#expression(argument, known)
        this.block(node.body, this.#parameters(node.callerArgs ?? [], known))
        break
      case 'FilterStatement':
        for (const argument of argumentsOf(node.filter)) this.#expression(argument, known)
        this.block(node.body, new Set(known))
        break
      default:
        this.#expression(node, known)
    }
  }

  #branch(node: Extract<TemplateNode, { type: 'If' }>, known: Set<string>): void {
    this.#expression(node.test, known)
    const [then, otherwise] = [new Set(known), new Set(known)]
    this.block(node.body, then)
    this.block(node.alternate, otherwise)
    for (const name of then) if (otherwise.has(name)) known.add(name)
  }

  #loop(node: Extract<TemplateNode, { type: 'For' }>, known: ReadonlySet<string>): void {
    const { iterable } = node
    const inner = new Set([...known, 'loop'])
    this.#target(node.loopvar, inner)
    if (iterable.type === 'SelectExpression') {
      this.#expression(iterable.lhs, known)
      this.#expression(iterable.test, inner)
    } else {
      this.#expression(iterable, known)
    }
    this.block(node.body, inner)
    this.block(node.defaultBlock, new Set(known))
  }

  #target(node: TemplateNode, known: Set<string>): void {
    if (node.type === 'Identifier') known.add(node.value)
    else if (node.type === 'TupleLiteral') for (const item of node.value) this.#target(item, known)
    else this.#expression(node, known)
  }

  #parameters(parameters: readonly TemplateNode[], known: ReadonlySet<string>): Set<string> {
    const inner = new Set([...known, ...macroNames])
    for (const parameter of parameters) {
      if (parameter.type === 'Identifier') inner.add(parameter.value)
      if (parameter.type === 'KeywordArgumentExpression') inner.add(parameter.key.value)
    }
    for (const parameter of parameters) {
      if (parameter.type === 'KeywordArgumentExpression') this.#expression(parameter.value, inner)
    }
    return inner
  }

  #expression(node: TemplateNode, known: ReadonlySet<string>): void {
    if (node.type === 'Identifier') this.#read(node.value, known)
    for (const operand of operandsOf(node)) this.#expression(operand, known)
  }

  #read(name: string, known: ReadonlySet<string>): void {
    if (known.has(name) || constants.has(name) || this.#macros.has(name)) return
    if (name.startsWith('__')) {
      throw new TemplateFailure(
        'TEMPLATE_FORBIDDEN',
        `A variable cannot be called '${name}': two '_' at the start are not for variables.`,
      )
    }
    this.found.add(name)
  }
}

/** The parts of an expression that are expressions themselves, and not names of filters, tests, keys or functions. */
function operandsOf(node: TemplateNode): readonly TemplateNode[] {
  switch (node.type) {
    case 'ArrayLiteral':
    case 'TupleLiteral':
      return node.value
    case 'ObjectLiteral':
      return [...node.value].flat()
    case 'BinaryExpression':
      return [node.left, node.right]
    case 'UnaryExpression':
    case 'SpreadExpression':
    case 'KeywordSpreadExpression':
      return [node.argument]
    case 'FilterExpression':
      return [node.operand, ...argumentsOf(node.filter)]
    case 'TestExpression':
      return [node.operand]
    case 'SelectExpression':
      return [node.lhs, node.test]
    case 'Ternary':
      return [node.trueExpr, node.condition, node.falseExpr]
    case 'MemberExpression':
      return node.computed ? [node.object, node.property] : [node.object]
    case 'SliceExpression':
      return [node.start, node.stop, node.step].filter((part) => part !== undefined)
    case 'CallExpression':
      return [...(node.callee.type === 'MemberExpression' ? [node.callee.object] : []), ...node.args]
    case 'KeywordArgumentExpression':
      return [node.value]
    default:
      return []
  }
}

function argumentsOf(filter: FilterNode['filter']): readonly TemplateNode[] {
  return filter.type === 'CallExpression' ? filter.args : []
}
