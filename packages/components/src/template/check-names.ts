import { didYouMean, listNames } from '@millrace/core'
import { INSERT_FUNCTION, MESSAGE_FUNCTION } from './message-tags.ts'
import {
  type CallNode,
  childrenOf,
  type FilterNode,
  type FilterStatementNode,
  type IdentifierNode,
  type ProgramNode,
  type TemplateNode,
} from './node.ts'
import { TemplateFailure } from './template-failure.ts'
import {
  calledFilters,
  filterAliases,
  messageFields,
  templateFilters,
  templateFunctions,
  templateMethods,
  templateTests,
} from './template-names.ts'
import type { Token } from './token.ts'

export interface NameOptions {
  /** The filter `image` exists. */
  readonly images: boolean
  readonly offsets: ReadonlyMap<TemplateNode, number>
  readonly tokens: readonly Token[]
}

export interface CheckedNames {
  readonly macros: ReadonlySet<string>
  readonly functionPlaces: ReadonlySet<TemplateNode>
}

/**
 * Checks every filter, test and call of a template before it runs, where the library would fail at run time only or
 * pass over it. A call must name its function, so that no template can compute what it calls. Filters get the one
 * form that the library runs: `x | upper()` becomes `x | upper`.
 *
 * @throws TemplateFailure `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`
 */
export function checkNames(program: ProgramNode, options: NameOptions): CheckedNames {
  const macros = new Set<string>()
  collectMacros(program, macros)
  const checker = new NameChecker(macros, options)
  checker.visit(program)
  return { macros, functionPlaces: checker.functionPlaces }
}

function collectMacros(node: TemplateNode, macros: Set<string>): void {
  if (node.type === 'Macro') macros.add(node.name.value)
  for (const child of childrenOf(node)) collectMacros(child, macros)
}

class NameChecker {
  readonly functionPlaces = new Set<TemplateNode>()
  readonly #macros: ReadonlySet<string>
  readonly #options: NameOptions
  readonly #imagePlaces = new Set<TemplateNode>()
  #offset: number | undefined

  constructor(macros: ReadonlySet<string>, options: NameOptions) {
    this.#macros = macros
    this.#options = options
  }

  visit(node: TemplateNode): void {
    const { offsets } = this.#options
    this.#offset = offsets.get(node) ?? this.#offset
    if (offsets.has(node)) for (const place of imagePlaces(node)) this.#imagePlaces.add(place)
    this.#check(node)
    const filter = 'filter' in node ? node.filter : undefined
    for (const child of childrenOf(node)) if (child !== filter) this.visit(child)
    if (filter?.type === 'CallExpression') for (const argument of filter.args) this.visit(argument)
  }

  #check(node: TemplateNode): void {
    if (node.type === 'FilterExpression' || node.type === 'FilterStatement') this.#checkFilter(node)
    if (node.type === 'TestExpression') this.#checkTest(node.test.value)
    if (node.type === 'CallExpression') this.#checkCall(node)
    const place = functionPlace(node)
    if (place !== undefined) this.functionPlaces.add(place)
  }

  #checkFilter(node: FilterNode | FilterStatementNode): void {
    const { filter } = node
    const [callee, args] =
      filter.type === 'Identifier' ? [filter, []] : [filter.callee as IdentifierNode, filter.args]
    const name = Object.hasOwn(filterAliases, callee.value)
      ? (filterAliases[callee.value] as string)
      : callee.value
    this.#checkFilterName(name)
    if (name === 'image' && !this.#imagePlaces.has(node)) {
      throw this.#syntax(
        'An image can only be printed, as in {{ x | image }}; nothing else can be done with it.',
        name,
      )
    }
    if (args.some(isSpread))
      throw this.#syntax(`The filter '${name}' takes no '*' or '**' arguments.`, callee.value)
    if (name === 'tojson' && args.some((arg) => arg.type !== 'KeywordArgumentExpression')) {
      throw this.#syntax("The filter 'tojson' takes its arguments by name, as in tojson(indent=2).", name)
    }
    const identifier: IdentifierNode = { type: 'Identifier', value: name }
    const called = args.length > 0 || calledFilters.includes(name)
    ;(node as { filter: FilterNode['filter'] }).filter = called
      ? { type: 'CallExpression', callee: identifier, args }
      : identifier
  }

  #checkFilterName(name: string): void {
    const known = this.#options.images ? [...templateFilters, 'image'] : templateFilters
    if (known.includes(name)) return
    if (name === 'image') {
      throw this.#syntax("The filter 'image' works in the user messages of a ChatPromptBuilder only.", name)
    }
    throw this.#syntax(
      `There is no filter '${name}'. Possible: ${listNames(known, 60)}.${didYouMean(name, known)}`,
      name,
    )
  }

  #checkTest(name: string): void {
    if (templateTests.includes(name)) return
    throw this.#syntax(
      `There is no test '${name}'. Possible: ${listNames(templateTests, 60)}.${didYouMean(name, templateTests)}`,
      name,
    )
  }

  #checkCall({ callee, args }: CallNode): void {
    if (callee.type === 'Identifier') this.#checkFunction(callee.value, args)
    else this.#checkMethod(callee, args)
  }

  #checkMethod(callee: TemplateNode, args: readonly TemplateNode[]): void {
    if (callee.type !== 'MemberExpression' || callee.computed) {
      throw this.#forbidden('A call must name what it calls; a template cannot compute a function.')
    }
    const name = (callee.property as IdentifierNode).value
    if (args.some(isSpread)) throw this.#syntax(`The method '${name}' takes no '*' or '**' arguments.`, name)
    if (templateMethods.includes(name)) return
    throw this.#forbidden(
      `There is no method '${name}' that a template may call. Possible: ${listNames(templateMethods, 60)}.${didYouMean(name, templateMethods)}`,
      name,
    )
  }

  #checkFunction(name: string, args: readonly TemplateNode[]): void {
    if (name === INSERT_FUNCTION) this.#checkInsert(args)
    if (name === MESSAGE_FUNCTION) this.#checkMessage(args)
    if (this.#macros.has(name)) return
    if ([...templateFunctions, 'caller', MESSAGE_FUNCTION, INSERT_FUNCTION].includes(name)) return
    const known = [...templateFunctions, ...this.#macros]
    throw this.#forbidden(
      `There is no function '${name}' that a template may call. Possible: ${listNames(known, 60)}.${didYouMean(name, known)}`,
      name,
    )
  }

  #checkInsert(args: readonly TemplateNode[]): void {
    const [argument] = args
    if (
      args.length === 1 &&
      argument?.type !== 'KeywordArgumentExpression' &&
      !isSpread(argument as TemplateNode)
    )
      return
    throw this.#syntax('What is inserted is one value, as in {% insert messages %}.')
  }

  #checkMessage(args: readonly TemplateNode[]): void {
    const names = args.map((arg) => (arg.type === 'KeywordArgumentExpression' ? arg.key.value : undefined))
    const stranger = names.find((name) => name === undefined || !messageFields.includes(name))
    if (names.includes(undefined) || !names.includes('role')) {
      throw this.#syntax(
        `A message block starts with {% message role="user" %}; 'name' and 'meta' may follow.`,
      )
    }
    if (stranger === undefined) return
    throw this.#syntax(
      `A message has no '${stranger}'. Possible: ${listNames(messageFields)}.${didYouMean(stranger, messageFields)}`,
      stranger,
    )
  }

  #syntax(message: string, name?: string): TemplateFailure {
    return new TemplateFailure('TEMPLATE_SYNTAX', message, this.#place(name))
  }

  #forbidden(message: string, name?: string): TemplateFailure {
    return new TemplateFailure('TEMPLATE_FORBIDDEN', message, this.#place(name))
  }

  /** Where the name is in the statement that is being checked; the statement itself without one. */
  #place(name: string | undefined): number | undefined {
    const start = this.#offset ?? 0
    const isPlace = ({ type, value, offset }: Token) =>
      offset > start && type === 'Identifier' && value === name
    return this.#options.tokens.find(isPlace)?.offset ?? this.#offset
  }
}

function isSpread(node: TemplateNode): boolean {
  return node.type === 'SpreadExpression' || node.type === 'KeywordSpreadExpression'
}

/** What is printed as it is: there, and nowhere else, an image may stand. */
function imagePlaces(node: TemplateNode): readonly TemplateNode[] {
  if (node.type === 'Ternary') return [node.trueExpr, node.falseExpr].flatMap(imagePlaces)
  return node.type === 'SelectExpression' ? imagePlaces(node.lhs) : [node]
}

/** The part of a node at which a function may stand. */
function functionPlace(node: TemplateNode): TemplateNode | undefined {
  switch (node.type) {
    case 'CallExpression':
      return node.callee
    case 'TestExpression':
      return node.operand
    case 'If':
    case 'SelectExpression':
      return node.test
    case 'Ternary':
      return node.condition
    default:
      return undefined
  }
}
