import { Fault, quoted, suggestion } from './jinja-error.ts'
import type { Token } from './lexer.ts'
import type {
  Arguments,
  BinaryOperator,
  Body,
  Call,
  Comparison,
  ComparisonOperator,
  Expression,
  Filter,
  Parameters,
  Slice,
  Statement,
  Target,
} from './syntax-tree.ts'

/** The tags that a caller adds, with whether they have a body. */
export type TagForms = ReadonlyMap<string, { readonly block: boolean }>

const NESTING = 200
const COMPARISONS = new Set(['==', '!=', '<', '<=', '>', '>='])
const STATEMENTS = [
  'if',
  'for',
  'set',
  'macro',
  'call',
  'filter',
  'with',
  'raw',
  'do',
  'print',
  'break',
  'continue',
  'block',
  'autoescape',
  'generation',
]
const LOADERS = ['include', 'import', 'from', 'extends']
const WORDS_AFTER_TEST = new Set(['else', 'or', 'and'])

/** @throws Fault `SYNTAX` */
export function parse(tokens: readonly Token[], tags: TagForms): Body {
  return new Parser(tokens, tags).template()
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #tags: TagForms
  readonly #blocks = new Set<string>()
  /** The open blocks, innermost last: their name, place, and the tags that they wait for. */
  readonly #open: { readonly name: string; readonly offset: number; readonly ends: readonly string[] }[] = []
  #at = 0
  #nesting = 0
  #loops = 0

  constructor(tokens: readonly Token[], tags: TagForms) {
    this.#tokens = tokens
    this.#tags = tags
  }

  template(): Body {
    return this.#statements()
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #advance(): Token {
    const token = this.#token
    if (token.type !== 'eof') this.#at++
    return token
  }

  #is(text: string, type: Token['type'] = 'operator', ahead = 0): boolean {
    const token = this.#tokens[this.#at + ahead]
    return token?.type === type && token.text === text
  }

  #isWord(text: string, ahead = 0): boolean {
    return this.#is(text, 'name', ahead)
  }

  #skip(text: string): boolean {
    const found = this.#is(text)
    if (found) this.#at++
    return found
  }

  #skipWord(text: string): boolean {
    const found = this.#isWord(text)
    if (found) this.#at++
    return found
  }

  #expect(text: string): Token {
    if (!this.#is(text)) throw this.#unexpected(`'${text}'`)
    return this.#advance()
  }

  #expectName(what: string): Token {
    if (this.#token.type !== 'name') throw this.#unexpected(what)
    return this.#advance()
  }

  #unexpected(expected: string): Fault {
    return this.#fault(`Expected ${expected}, not ${describe(this.#token)}.`)
  }

  #fault(message: string, offset = this.#token.offset): Fault {
    return new Fault('SYNTAX', message, { offset })
  }

  // Statements

  /** Up to the end of the source, or to a tag that the innermost open block waits for. */
  #statements(): Body {
    const body: Statement[] = []
    for (;;) {
      const token = this.#token
      if (token.type === 'eof') {
        const open = this.#open.at(-1)
        if (!open) return body
        throw this.#fault(
          `'{% ${open.name} %}' is never closed: '{% ${open.ends.at(-1)} %}' is missing.`,
          open.offset,
        )
      }
      this.#advance()
      if (token.type === 'data') body.push({ type: 'text', text: token.text, offset: token.offset })
      else if (token.type === 'variableBegin') body.push(this.#print(token.offset))
      else {
        const word = this.#token
        if (word.type === 'name' && this.#open.at(-1)?.ends.includes(word.text)) return body
        body.push(...this.#statement(token.offset))
      }
    }
  }

  #print(offset: number): Statement {
    const value = this.#tuple()
    if (this.#token.type !== 'variableEnd') throw this.#unexpected("an operator or '}}'")
    this.#advance()
    return { type: 'print', value, offset }
  }

  #closeTag(): void {
    if (this.#token.type !== 'blockEnd') throw this.#unexpected("'%}'")
    this.#advance()
  }

  /** The body of a block, and the tag that ended it, which is still open for what may follow its name. */
  #body(name: string, offset: number, ends: readonly string[]): { body: Body; end: string } {
    this.#skip(':')
    this.#closeTag()
    this.#open.push({ name, offset, ends })
    const body = this.#statements()
    this.#open.pop()
    return { body, end: this.#advance().text }
  }

  #blockBody(name: string, offset: number): Body {
    const loops = this.#loops
    this.#loops = 0
    const { body } = this.#body(name, offset, [`end${name}`])
    this.#loops = loops
    return body
  }

  #statement(offset: number): Statement[] {
    const word = this.#expectName('the name of a statement')
    const name = word.text
    if (name === 'print') return this.#printStatement(offset)
    const statement = this.#namedStatement(name, word.offset)
    this.#closeTag()
    return [statement]
  }

  #printStatement(offset: number): Statement[] {
    const printed: Statement[] = []
    while (this.#token.type !== 'blockEnd') {
      if (printed.length > 0) this.#expect(',')
      printed.push({ type: 'print', value: this.#expression(), offset })
    }
    this.#closeTag()
    return printed
  }

  #namedStatement(name: string, offset: number): Statement {
    switch (name) {
      case 'if':
        return this.#if(offset)
      case 'for':
        return this.#for(offset)
      case 'set':
        return this.#set(offset)
      case 'macro':
        return this.#macro(offset)
      case 'call':
        return this.#callBlock(offset)
      case 'filter':
        return {
          type: 'filterBlock',
          filter: this.#filters(undefined, true),
          body: this.#blockBody(name, offset),
          offset,
        }
      case 'with':
        return this.#with(offset)
      case 'do':
        return { type: 'do', value: this.#tuple(), offset }
      case 'autoescape':
        this.#expression()
        return { type: 'scope', body: this.#blockBody(name, offset), isBlock: false, offset }
      case 'generation':
        return { type: 'scope', body: this.#blockBody(name, offset), isBlock: false, offset }
      case 'block':
        return this.#block(offset)
      case 'break':
      case 'continue':
        if (this.#loops === 0) throw this.#fault(`'{% ${name} %}' is not in a '{% for %}'.`, offset)
        return { type: name, offset }
      default:
        return this.#tag(name, offset)
    }
  }

  #if(offset: number): Statement {
    const branches: { test: Expression; body: Body }[] = []
    for (;;) {
      const test = this.#tuple(false)
      const { body, end } = this.#body('if', offset, ['elif', 'else', 'endif'])
      branches.push({ test, body })
      if (end === 'elif') continue
      const otherwise = end === 'else' ? this.#body('if', offset, ['endif']).body : undefined
      return { type: 'if', branches, otherwise, offset }
    }
  }

  #for(offset: number): Statement {
    const target = this.#target()
    if (target.type === 'name' && target.name === 'loop')
      throw this.#fault("A loop cannot have 'loop' as its variable.", target.offset)
    if (!this.#skipWord('in')) throw this.#unexpected("'in'")
    const iterable = this.#tuple(false, ['recursive'])
    const test = this.#skipWord('if') ? this.#expression() : undefined
    const isRecursive = this.#skipWord('recursive')
    this.#loops++
    const { body, end } = this.#body('for', offset, ['else', 'endfor'])
    this.#loops--
    const otherwise = end === 'else' ? this.#body('for', offset, ['endfor']).body : []
    return { type: 'for', target, iterable, test, isRecursive, body, otherwise, offset }
  }

  #set(offset: number): Statement {
    const target = this.#target(true)
    if (this.#skip('=')) return { type: 'set', target, value: this.#tuple(), offset }
    const filter = this.#is('|') ? this.#filters(undefined, false) : undefined
    return { type: 'setBlock', target, filter, body: this.#blockBody('set', offset), offset }
  }

  #macro(offset: number): Statement {
    const { text: name, offset: place } = this.#expectName('the name of the macro')
    if (isConstant(name)) throw this.#fault(`'${name}' cannot be the name of a macro.`, place)
    const parameters = this.#parameters()
    return { type: 'macro', name, parameters, body: this.#blockBody('macro', offset), offset }
  }

  #callBlock(offset: number): Statement {
    const parameters = this.#is('(') ? this.#parameters() : { names: [], defaults: [] }
    const call = this.#expression()
    if (call.type !== 'call') {
      throw this.#fault("'{% call %}' is followed by a call, as in '{% call box() %}'.", call.offset)
    }
    return { type: 'callBlock', call, parameters, body: this.#blockBody('call', offset), offset }
  }

  #with(offset: number): Statement {
    const targets: Target[] = []
    const values: Expression[] = []
    while (this.#token.type !== 'blockEnd') {
      if (targets.length > 0) this.#expect(',')
      targets.push(this.#target())
      this.#expect('=')
      values.push(this.#expression())
    }
    const { body } = this.#body('with', offset, ['endwith'])
    return { type: 'with', targets, values, body, offset }
  }

  /** Without inheritance a block is its own text. */
  #block(offset: number): Statement {
    const { text: name } = this.#expectName('the name of the block')
    if (this.#blocks.has(name)) throw this.#fault(`There are two blocks named '${name}'.`, offset)
    this.#blocks.add(name)
    const isScoped = this.#skipWord('scoped')
    const body = this.#blockBody('block', offset)
    this.#skipWord(name)
    return { type: 'scope', body, isBlock: !isScoped, offset }
  }

  #tag(name: string, offset: number): Statement {
    const form = this.#tags.get(name)
    if (!form) throw this.#unknownStatement(name, offset)
    const given = this.#argumentList(() => this.#token.type === 'blockEnd')
    const body = form.block ? this.#blockBody(name, offset) : undefined
    return { type: 'tag', name, arguments: given, body, offset }
  }

  #unknownStatement(name: string, offset: number): Fault {
    const open = this.#open.at(-1)
    if (/^(end|else$|elif$)/.test(name)) {
      const inner = open ? `the open block is '{% ${open.name} %}'` : 'no block is open'
      return this.#fault(`'{% ${name} %}' closes nothing: ${inner}.`, offset)
    }
    if (LOADERS.includes(name)) {
      return this.#fault(
        `'{% ${name} %}' reads other templates, which is not supported: a template stands alone.`,
        offset,
      )
    }
    const known = [...STATEMENTS, ...this.#tags.keys()]
    return this.#fault(
      `There is no statement '${name}'.${suggestion(name, known) || ` Possible: ${quoted(known)}.`}`,
      offset,
    )
  }

  #parameters(): Parameters {
    const names: string[] = []
    const defaults: Expression[] = []
    this.#expect('(')
    while (!this.#is(')')) {
      if (names.length > 0) this.#expect(',')
      const { text: name, offset } = this.#expectName('the name of a parameter')
      if (names.includes(name)) throw this.#fault(`There are two parameters named '${name}'.`, offset)
      names.push(name)
      if (this.#skip('=')) defaults.push(this.#expression())
      else if (defaults.length > 0) {
        throw this.#fault(`The parameter '${name}' needs a default: one before it has one.`, offset)
      } else if (name === 'caller') throw this.#fault("The parameter 'caller' needs a default.", offset)
    }
    this.#expect(')')
    return { names, defaults }
  }

  #target(namespaces = false): Target {
    const { offset } = this.#token
    const first = this.#singleTarget(namespaces)
    const items = [first]
    while (this.#skip(',')) items.push(this.#singleTarget(namespaces))
    return items.length > 1 ? { type: 'tuple', items, offset } : first
  }

  #singleTarget(namespaces: boolean): Target {
    const { offset } = this.#token
    if (this.#skip('(')) {
      const inner = this.#target(namespaces)
      this.#expect(')')
      return inner
    }
    const { text: name } = this.#expectName('a name to assign to')
    if (isConstant(name)) throw this.#fault(`'${name}' cannot be assigned to.`, offset)
    if (!namespaces || !this.#skip('.')) return { type: 'name', name, offset }
    return { type: 'namespace', name, attribute: this.#expectName('the name of an attribute').text, offset }
  }

  // Expressions

  #endsTuple(words: readonly string[]): boolean {
    const { type, text } = this.#token
    if (
      type === 'variableEnd' ||
      type === 'blockEnd' ||
      (type === 'operator' && (text === ')' || text === '='))
    )
      return true
    return type === 'name' && words.includes(text)
  }

  /** An expression, or several with commas between, which are a tuple. */
  #tuple(conditions = true, ends: readonly string[] = [], inParentheses = false): Expression {
    const { offset } = this.#token
    const items: Expression[] = []
    let isTuple = false
    for (;;) {
      if (this.#endsTuple(ends)) break
      items.push(conditions ? this.#expression() : this.#or())
      if (!this.#skip(',')) break
      isTuple = true
    }
    if (isTuple || (items.length === 0 && inParentheses)) return { type: 'tuple', items, offset }
    const [single] = items
    if (single === undefined) throw this.#unexpected('an expression')
    return single
  }

  #expression(): Expression {
    let value = this.#or()
    while (this.#isWord('if')) {
      const { offset } = this.#advance()
      const test = this.#or()
      const otherwise = this.#skipWord('else') ? this.#expression() : undefined
      value = { type: 'condition', test, value, otherwise, offset }
    }
    return value
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#isWord('or')) {
      const { offset } = this.#advance()
      left = { type: 'binary', operator: 'or', left, right: this.#and(), offset }
    }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.#isWord('and')) {
      const { offset } = this.#advance()
      left = { type: 'binary', operator: 'and', left, right: this.#not(), offset }
    }
    return left
  }

  #not(): Expression {
    if (!this.#isWord('not')) return this.#comparison()
    const { offset } = this.#advance()
    return this.#nested(() => ({ type: 'unary', operator: 'not', value: this.#not(), offset }))
  }

  #comparison(): Expression {
    const first = this.#sum()
    const rest: Comparison['rest'][number][] = []
    const { offset } = this.#token
    for (;;) {
      const operator = this.#comparisonOperator()
      if (operator === undefined) break
      rest.push({ operator, value: this.#sum() })
    }
    return rest.length === 0 ? first : { type: 'comparison', first, rest, offset }
  }

  #comparisonOperator(): ComparisonOperator | undefined {
    const { type, text } = this.#token
    if (type === 'operator' && COMPARISONS.has(text)) return this.#advance().text as ComparisonOperator
    if (this.#skipWord('in')) return 'in'
    if (!this.#isWord('not') || !this.#isWord('in', 1)) return undefined
    this.#at += 2
    return 'not in'
  }

  #sum(): Expression {
    return this.#leftToRight(['+', '-'], () => this.#concatenation())
  }

  #concatenation(): Expression {
    const first = this.#product()
    const { offset } = this.#token
    const items = [first]
    while (this.#skip('~')) items.push(this.#product())
    return items.length === 1 ? first : { type: 'concatenation', items, offset }
  }

  #product(): Expression {
    return this.#leftToRight(['*', '/', '//', '%'], () => this.#power())
  }

  /** Unlike Python's, Jinja's powers are worked out from left to right, and `-2 ** 2` is 4. */
  #power(): Expression {
    return this.#leftToRight(['**'], () => this.#unary())
  }

  #leftToRight(operators: readonly string[], operand: () => Expression): Expression {
    let left = operand()
    while (this.#token.type === 'operator' && operators.includes(this.#token.text)) {
      const { text, offset } = this.#advance()
      left = { type: 'binary', operator: text as BinaryOperator, left, right: operand(), offset }
    }
    return left
  }

  #unary(filters = true): Expression {
    const { offset } = this.#token
    let value: Expression
    if (this.#is('-') || this.#is('+')) {
      const operator = this.#advance().text as '-' | '+'
      value = this.#nested(() => ({ type: 'unary', operator, value: this.#unary(false), offset }))
    } else value = this.#primary()
    value = this.#postfix(value)
    return filters ? this.#filtersAndTests(value) : value
  }

  #nested<Result>(read: () => Result): Result {
    if (++this.#nesting > NESTING) throw this.#fault(`An expression is nested more than ${NESTING} times.`)
    try {
      return read()
    } finally {
      this.#nesting--
    }
  }

  #primary(): Expression {
    const token = this.#token
    const { type, text, offset } = token
    if (type === 'name') {
      this.#advance()
      return isConstant(text)
        ? { type: 'literal', value: constantOf(text), offset }
        : { type: 'name', name: text, offset }
    }
    if (type === 'number') {
      this.#advance()
      return { type: 'literal', value: token.value, offset }
    }
    if (type === 'string') return this.#strings(offset)
    if (this.#is('(')) return this.#nested(() => this.#parentheses())
    if (this.#is('[')) return this.#nested(() => this.#list())
    if (this.#is('{')) return this.#nested(() => this.#dict())
    throw this.#unexpected('an expression')
  }

  #strings(offset: number): Expression {
    let value = ''
    while (this.#token.type === 'string') value += this.#advance().text
    return { type: 'literal', value, offset }
  }

  #parentheses(): Expression {
    this.#expect('(')
    const inner = this.#tuple(true, [], true)
    this.#expect(')')
    return inner
  }

  #list(): Expression {
    const { offset } = this.#expect('[')
    const items: Expression[] = []
    while (!this.#is(']')) {
      if (items.length > 0) this.#expect(',')
      if (this.#is(']')) break
      items.push(this.#expression())
    }
    this.#expect(']')
    return { type: 'list', items, offset }
  }

  #dict(): Expression {
    const { offset } = this.#expect('{')
    const pairs: [Expression, Expression][] = []
    while (!this.#is('}')) {
      if (pairs.length > 0) this.#expect(',')
      if (this.#is('}')) break
      const key = this.#expression()
      this.#expect(':')
      pairs.push([key, this.#expression()])
    }
    this.#expect('}')
    return { type: 'dict', pairs, offset }
  }

  #postfix(operand: Expression): Expression {
    let value = operand
    for (;;) {
      if (this.#is('.')) value = this.#attribute(value)
      else if (this.#is('[')) value = this.#nested(() => this.#item(value))
      else if (this.#is('(')) value = this.#call(value)
      else return value
    }
  }

  #attribute(object: Expression): Expression {
    this.#expect('.')
    const token = this.#token
    const { type, text, offset } = token
    if (type === 'name') {
      this.#advance()
      return { type: 'attribute', object, name: text, offset }
    }
    if (type !== 'number' || !/^\d+$/.test(text)) throw this.#unexpected("a name or a number behind '.'")
    this.#advance()
    return { type: 'item', object, index: { type: 'literal', value: token.value, offset }, offset }
  }

  #item(object: Expression): Expression {
    const { offset } = this.#expect('[')
    const items: (Expression | Slice)[] = []
    while (!this.#is(']')) {
      if (items.length > 0) this.#expect(',')
      items.push(this.#subscript())
    }
    this.#expect(']')
    const [index] = items
    if (items.length === 1 && index) return { type: 'item', object, index, offset }
    if (items.some((item) => item.type === 'slice')) {
      throw this.#fault('Several slices in one pair of brackets select nothing.', offset)
    }
    return { type: 'item', object, index: { type: 'tuple', items: items as Expression[], offset }, offset }
  }

  #subscript(): Expression | Slice {
    const { offset } = this.#token
    const ends = () => this.#is(']') || this.#is(',') || this.#is(':')
    const start = ends() ? undefined : this.#expression()
    if (!this.#skip(':')) {
      if (start === undefined) throw this.#unexpected('an index or a slice')
      return start
    }
    const stop = ends() ? undefined : this.#expression()
    const step = this.#skip(':') && !ends() ? this.#expression() : undefined
    return { type: 'slice', start, stop, step, offset }
  }

  #call(callee: Expression): Call {
    const { offset } = callee
    return { type: 'call', callee, arguments: this.#arguments(), offset }
  }

  #arguments(): Arguments {
    this.#expect('(')
    const given = this.#nested(() => this.#argumentList(() => this.#is(')')))
    this.#expect(')')
    return given
  }

  #argumentList(isEnd: () => boolean): Arguments {
    const positional: Expression[] = []
    const named: Arguments['named'][number][] = []
    let rest: Expression | undefined
    let namedRest: Expression | undefined
    let isFirst = true
    while (!isEnd()) {
      // Tags have their arguments with or without commas between them.
      const separated = isFirst || this.#skip(',')
      if (!separated && this.#token.type !== 'name') throw this.#unexpected("',' or the end of the arguments")
      if (isEnd()) break
      isFirst = false
      const { offset, text } = this.#token
      if (this.#skip('**')) namedRest = this.#once(namedRest, '**', offset)
      else if (this.#skip('*')) rest = this.#once(rest, '*', offset)
      else if (this.#token.type === 'name' && this.#is('=', 'operator', 1)) {
        this.#at += 2
        if (named.some(({ name }) => name === text)) throw this.#fault(`'${text}' is given twice.`, offset)
        named.push({ name: text, value: this.#expression(), offset })
      } else {
        if (!separated) throw this.#unexpected("',' or the end of the arguments")
        if (named.length > 0 || rest || namedRest) {
          throw this.#fault('Arguments without a name stand before those with one.', offset)
        }
        positional.push(this.#expression())
      }
    }
    return { positional, named, rest, namedRest }
  }

  #once(before: Expression | undefined, mark: string, offset: number): Expression {
    if (before) throw this.#fault(`'${mark}' is given twice.`, offset)
    return this.#expression()
  }

  #filtersAndTests(operand: Expression): Expression {
    let value = operand
    for (;;) {
      if (this.#is('|')) value = this.#filters(value, false)
      else if (this.#isWord('is')) value = this.#test(value)
      else if (this.#is('(')) value = this.#call(value)
      else return value
    }
  }

  /** One or more filters; the first one without its `|` in a filter block. */
  #filters(operand: Expression | undefined, isInline: boolean): Filter {
    let value = operand
    let bare = isInline
    while (bare || this.#is('|')) {
      if (!bare) this.#advance()
      bare = false
      const { text, offset } = this.#expectName('the name of a filter')
      const given = this.#is('(') ? this.#arguments() : { positional: [], named: [] }
      value = { type: 'filter', value, name: text, arguments: given, offset }
    }
    return value as Filter
  }

  #test(value: Expression): Expression {
    this.#advance()
    const isNegated = this.#skipWord('not')
    const { text: name, offset } = this.#expectName('the name of a test')
    const given = this.#testArguments()
    const test: Expression = { type: 'test', value, name, arguments: given, offset }
    return isNegated ? { type: 'unary', operator: 'not', value: test, offset } : test
  }

  #testArguments(): Arguments {
    if (this.#is('(')) return this.#arguments()
    const { type, text } = this.#token
    const begins = type === 'string' || type === 'number' || this.#is('[') || this.#is('{')
    if (!begins && (type !== 'name' || WORDS_AFTER_TEST.has(text))) return { positional: [], named: [] }
    if (this.#isWord('is')) throw this.#fault("Tests cannot be chained: write '(x is a) and (x is b)'.")
    return { positional: [this.#postfix(this.#primary())], named: [] }
  }
}

function isConstant(name: string): boolean {
  return ['true', 'True', 'false', 'False', 'none', 'None'].includes(name)
}

function constantOf(name: string): boolean | null {
  return name.toLowerCase() === 'none' ? null : name.toLowerCase() === 'true'
}

function describe({ type, text }: Token): string {
  switch (type) {
    case 'eof':
      return 'the end of the template'
    case 'variableEnd':
      return "'}}'"
    case 'blockEnd':
      return "'%}'"
    case 'string':
      return 'a string'
    default:
      return `'${text}'`
  }
}
