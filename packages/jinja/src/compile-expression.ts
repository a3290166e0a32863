import { attributeOf, callValue, itemOf } from './attributes.ts'
import type { TemplateFunction } from './functions.ts'
import { Fault, quoted, suggestion } from './jinja-error.ts'
import { LoopState } from './loop.ts'
import { dictMethods, isMutating, type Method, methodsOf, methodTables } from './methods.ts'
import { calculate, compare, isTrue, iterate, negate, sliceOf } from './operators.ts'
import { textOf } from './print.ts'
import type { Operation, Run } from './run.ts'
import type { Frame, Resolution, Scope } from './scope.ts'
import { accept, acceptAll, bind, type Parameter, type Signature } from './signature.ts'
import {
  type Arguments,
  type Attribute,
  argumentsOf,
  type Call,
  type Comparison,
  type Expression,
  type Filter,
  type Item,
  type Name,
  type Test,
} from './syntax-tree.ts'
import {
  Dict,
  entriesOf,
  isMapping,
  isMissing,
  isText,
  NO_NAME,
  Tuple,
  typeName,
  Undefined,
} from './values.ts'

export type Evaluate = (frame: Frame) => unknown

/** What templates can name besides their variables. */
export interface Library {
  readonly filters: ReadonlyMap<string, Operation>
  readonly tests: ReadonlyMap<string, Operation>
  readonly functions: ReadonlyMap<string, TemplateFunction>
}

/** A free variable that stands alone in front of a filter, or as the argument of a tag, of the caller. */
export interface VariableUse {
  readonly variable: string
  /** The name of the filter or tag. */
  readonly by: string
  /** Whether an element of the variable is used, in a loop over it. */
  readonly isElement: boolean
}

const NO_NAMES: ReadonlyMap<string, unknown> = new Map()

/** Filters whose first argument, or second for attributes, names another filter or a test. */
const APPLYING: Readonly<Record<string, { readonly kind: 'filter' | 'test'; readonly place: number }>> = {
  map: { kind: 'filter', place: 0 },
  select: { kind: 'test', place: 0 },
  reject: { kind: 'test', place: 0 },
  selectattr: { kind: 'test', place: 1 },
  rejectattr: { kind: 'test', place: 1 },
}

/** Makes functions of expressions, and collects what the template needs. */
export class ExpressionCompiler {
  /** The free variables in the order of the text, and their places in `Run.variables`. */
  readonly variables = new Map<string, number>()
  /** Those of them that the template never sets. */
  readonly free = new Set<string>()
  /** Free variables that the template sets in some cases only, as within an `if`. */
  readonly sometimesSet = new Set<string>()
  readonly uses: VariableUse[] = []
  /** Whether a method may change a value. */
  mutates = false
  /** How many nodes were compiled: statements pay for theirs. */
  nodes = 0
  readonly #library: Library
  /** The filters and tags that the caller has defined. */
  readonly #own: ReadonlySet<string>
  readonly #strict: boolean
  readonly #attributeNames: ReadonlySet<string>
  /** Names that the template asks for, as in `'markdown' is filter`: they need not exist. */
  readonly #probed = new Set<unknown>()

  constructor(
    library: Library,
    own: ReadonlySet<string>,
    strict: boolean,
    attributeNames: ReadonlySet<string>,
  ) {
    this.#library = library
    this.#own = own
    this.#strict = strict
    this.#attributeNames = attributeNames
  }

  expression(node: Expression, scope: Scope): Evaluate {
    this.nodes++
    switch (node.type) {
      case 'literal': {
        const { value } = node
        if (typeof value === 'string' && isMutating(value)) this.mutates = true
        return () => value
      }
      case 'name':
        return this.read(node.name, scope)
      case 'list':
        return this.#list(node.items, scope)
      case 'tuple': {
        const list = this.#list(node.items, scope)
        return (frame) => Tuple.fromItems(list(frame))
      }
      case 'dict':
        return this.#dict(node.pairs, scope)
      case 'attribute':
        return this.#attribute(node, scope)
      case 'item':
        return this.#item(node, scope)
      case 'call':
        return this.#call(node, scope)
      case 'filter':
        return this.filter(node, scope)
      case 'test':
        return this.#test(node, scope)
      case 'unary': {
        const value = this.expression(node.value, scope)
        const { operator, offset } = node
        if (operator === 'not') return (frame) => !isTrue(value(frame))
        return (frame) => {
          const operand = value(frame)
          frame.run.at = offset
          return negate(operand, operator)
        }
      }
      case 'binary':
        return this.#binary(node, scope)
      case 'comparison':
        return this.#comparison(node, scope)
      case 'concatenation': {
        const items = node.items.map((item) => this.expression(item, scope))
        return (frame) => {
          let joined = ''
          let longest = 0
          for (const item of items) {
            const text = textOf(item(frame), frame.run)
            joined += text
            longest = Math.max(longest, text.length)
          }
          frame.run.at = node.offset
          frame.run.spendJoining(joined.length, longest)
          return joined
        }
      }
      case 'condition': {
        if (node.test.type === 'test') this.#probe(node.test)
        const value = this.expression(node.value, scope)
        const test = this.expression(node.test, scope)
        if (!node.otherwise) {
          const missing = new Undefined("The inline 'if' was false, and it has no 'else'", NO_NAME)
          return (frame) => (isTrue(test(frame)) ? value(frame) : missing)
        }
        const otherwise = this.expression(node.otherwise, scope)
        return (frame) => (isTrue(test(frame)) ? value(frame) : otherwise(frame))
      }
    }
  }

  // Names

  read(name: string, scope: Scope): Evaluate {
    const found = scope.resolve(name)
    if (found.isCertain) {
      const slot = found.places[0]?.slot as number
      return (frame) => frame.slots[slot]
    }
    const context = this.#context(name, found)
    if (found.places.length === 0) return context
    const { places } = found
    return (frame) => {
      for (const { hops, slot } of places) {
        let owner: Frame | undefined = frame
        for (let hop = hops; hop > 0; hop--) owner = owner?.parent
        const value = owner?.slots[slot]
        if (value !== undefined) return value
      }
      return context(frame)
    }
  }

  /** What a name stands for that the template has not set. */
  #context(name: string, { isBound, places }: Resolution): Evaluate {
    let place = this.variables.get(name)
    if (place === undefined) {
      place = this.variables.size
      this.variables.set(name, place)
    }
    if (!isBound && !this.#library.functions.has(name)) {
      this.free.add(name)
      if (places.length > 0) this.sometimesSet.add(name)
    }
    const index = place
    return (frame) => frame.run.variables[index]
  }

  // Displays

  #list(nodes: readonly Expression[], scope: Scope): (frame: Frame) => unknown[] {
    const items = nodes.map((item) => this.expression(item, scope))
    return (frame) => {
      frame.run.spendElements(items.length)
      return items.map((item) => item(frame))
    }
  }

  #dict(nodes: readonly (readonly [Expression, Expression])[], scope: Scope): Evaluate {
    const pairs = nodes.map(
      ([key, value]) => [this.expression(key, scope), this.expression(value, scope)] as const,
    )
    return (frame) => {
      const dict = new Dict()
      frame.run.spendElements(pairs.length)
      for (const [key, value] of pairs) dict.set(key(frame), value(frame))
      return dict
    }
  }

  // Attributes and items

  #attribute({ object: node, name, offset }: Attribute, scope: Scope): Evaluate {
    const object = this.expression(node, scope)
    if (isMutating(name)) this.mutates = true
    const isEntry = !dictMethods.has(name) && name !== '__proto__'
    return (frame) => {
      const value = object(frame)
      if (
        isEntry &&
        typeof value === 'object' &&
        value !== null &&
        Object.getPrototypeOf(value) === Object.prototype
      ) {
        const entry = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
        return entry === undefined ? new Undefined(name, value) : entry
      }
      frame.run.at = offset
      if (value instanceof LoopState) {
        const found = value.attribute(name, frame.run)
        if (found !== undefined) return found
      }
      return attributeOf(value, name, frame.run)
    }
  }

  #item({ object: node, index, offset }: Item, scope: Scope): Evaluate {
    const object = this.expression(node, scope)
    if (index.type === 'slice') {
      const [start, stop, step] = [index.start, index.stop, index.step].map((bound) =>
        bound ? this.expression(bound, scope) : undefined,
      )
      return (frame) => {
        const value = object(frame)
        const bounds = [start?.(frame), stop?.(frame), step?.(frame)]
        frame.run.at = offset
        const sliced = sliceOf(value, bounds[0], bounds[1], bounds[2], frame.run)
        if (value instanceof Undefined) throw value.fault()
        if (sliced === undefined)
          throw new Fault('TYPE', `${typeName(value)} cannot be sliced: a list or string is needed here.`)
        return sliced
      }
    }
    const place = this.expression(index, scope)
    return (frame) => {
      const value = object(frame)
      const wanted = place(frame)
      frame.run.at = offset
      return itemOf(value, wanted, frame.run)
    }
  }

  // Operators

  #binary(node: Extract<Expression, { type: 'binary' }>, scope: Scope): Evaluate {
    const left = this.expression(node.left, scope)
    const right = this.expression(node.right, scope)
    const { operator, offset } = node
    if (operator === 'and' || operator === 'or') {
      const stopsAt = operator === 'or'
      return (frame) => {
        const value = left(frame)
        return isTrue(value) === stopsAt ? value : right(frame)
      }
    }
    return (frame) => {
      const [a, b] = [left(frame), right(frame)]
      frame.run.at = offset
      return calculate(operator, a, b, frame.run)
    }
  }

  #comparison({ first, rest, offset }: Comparison, scope: Scope): Evaluate {
    const start = this.expression(first, scope)
    const steps = rest.map(({ operator, value }) => ({ operator, value: this.expression(value, scope) }))
    const [only] = steps
    if (steps.length === 1 && only) {
      const { operator, value } = only
      if (operator === '==' || operator === '!=') {
        const expected = operator === '=='
        return (frame) => {
          const [a, b] = [start(frame), value(frame)]
          if (typeof a === 'string' && typeof b === 'string') {
            if (a.length === b.length && a.length > 100) frame.run.spendText(a.length)
            return (a === b) === expected
          }
          frame.run.at = offset
          return compare('==', a, b, frame.run) === expected
        }
      }
      return (frame) => {
        const [a, b] = [start(frame), value(frame)]
        frame.run.at = offset
        return compare(operator, a, b, frame.run)
      }
    }
    return (frame) => {
      let left = start(frame)
      for (const { operator, value } of steps) {
        const right = value(frame)
        frame.run.at = offset
        if (!compare(operator, left, right, frame.run)) return false
        left = right
      }
      return true
    }
  }

  // Filters and tests

  /** @param base - what is filtered, where that is the text of a block */
  filter(node: Filter, scope: Scope, base?: Evaluate): Evaluate {
    const { name, offset, arguments: given } = node
    const inner = node.value
    const value = this.#filtered(inner, scope, base)
    return this.#deferred(name, offset, () => {
      const operation = this.#library.filters.get(name)
      if (!operation) throw this.#unknown('filter', name, this.#library.filters.keys(), offset)
      if (this.#own.has(name)) this.use(inner, name, scope)
      this.#checkApplied(name, given)
      const values = this.bound(operation.signature, `the filter '${name}'`, given, scope, offset)
      return (frame) => {
        const filtered = value(frame)
        const bound = values(frame)
        const { run } = frame
        run.spend(1)
        run.at = offset
        return operation.apply(run, filtered, bound)
      }
    })
  }

  #filtered(node: Expression | undefined, scope: Scope, base: Evaluate | undefined): Evaluate {
    if (node === undefined) return base as Evaluate
    // The first filter of a block has the text of the block in front of it.
    return node.type === 'filter' && base ? this.filter(node, scope, base) : this.expression(node, scope)
  }

  #probe({ value, name }: Test): void {
    if ((name === 'filter' || name === 'test') && value.type === 'literal') this.#probed.add(value.value)
  }

  #test(test: Test, scope: Scope): Evaluate {
    const { value: node, name, arguments: given, offset } = test
    const value = this.expression(node, scope)
    if (argumentsOf(given).length === 0) {
      if (name === 'defined') return (frame) => !isMissing(value(frame))
      if (name === 'none') return (frame) => value(frame) === null
    }
    this.#probe(test)
    return this.#deferred(name, offset, () => {
      const operation = this.#library.tests.get(name)
      if (!operation) throw this.#unknown('test', name, this.#library.tests.keys(), offset)
      const values = this.bound(operation.signature, `the test '${name}'`, given, scope, offset)
      return (frame) => {
        const tested = value(frame)
        const bound = values(frame)
        frame.run.at = offset
        return operation.apply(frame.run, tested, bound)
      }
    })
  }

  #unknown(kind: string, name: string, known: Iterable<string>, offset: number): Fault {
    return new Fault('UNKNOWN_NAME', `There is no ${kind} '${name}'.${suggestion(name, known)}`, { offset })
  }

  /** What is wrong with a name or an argument: an error now, or one when it runs in a template that is not strict. */
  #deferred(name: string, offset: number, make: () => Evaluate): Evaluate {
    try {
      return make()
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault
      fault.offset ??= offset
      if (this.#strict && !this.#probed.has(name)) throw fault
      return () => {
        throw fault
      }
    }
  }

  /** Notes that a variable stands alone in front of a filter or tag of the caller. */
  use(node: Expression | undefined, by: string, scope: Scope): void {
    if (node?.type !== 'name') return
    const element = scope.sourceOf(node.name)
    if (element !== undefined) this.uses.push({ variable: element, by, isElement: true })
    else if (scope.resolve(node.name).places.length === 0) {
      this.uses.push({ variable: node.name, by, isElement: false })
    }
  }

  /** Checks the filter or test that `map`, `select` and their like apply, where it is written down. */
  #checkApplied(name: string, given: Arguments): void {
    const applying = APPLYING[name]
    const node = applying && given.positional[applying.place]
    if (node?.type !== 'literal' || typeof node.value !== 'string' || given.rest || given.namedRest) return
    const table = applying?.kind === 'filter' ? this.#library.filters : this.#library.tests
    const operation = table.get(node.value)
    if (!operation) throw this.#unknown(applying?.kind as string, node.value, table.keys(), node.offset)
    const named = new Map(given.named.map((each) => [each.name, each]))
    const rest = given.positional.slice((applying?.place ?? 0) + 1)
    bind<unknown>(operation.signature, `the ${applying?.kind} '${node.value}'`, rest, named)
  }

  // Arguments

  /** The values of a call in the order of the parameters; names, numbers and constants are checked now. */
  bound(
    signature: Signature,
    what: string,
    given: Arguments,
    scope: Scope,
    offset: number,
  ): (frame: Frame) => unknown[] {
    if (given.rest || given.namedRest) {
      const dynamic = this.#dynamicArguments(given, scope)
      return (frame) => {
        const { positional, named } = dynamic(frame)
        frame.run.at = offset
        return acceptAll(signature, what, bind(signature, what, positional, named))
      }
    }
    const named = new Map(given.named.map(({ name, value }) => [name, value]))
    const bound = bind(signature, what, given.positional, named)
    const values = bound.map((value, index) =>
      this.#argument(signature.parameters[index] as Parameter, what, value, scope),
    )
    if (values.length === 0) return () => []
    return (frame) => values.map((value) => value(frame))
  }

  #argument(
    parameter: Parameter,
    what: string,
    given: Expression | readonly Expression[] | ReadonlyMap<string, Expression> | undefined,
    scope: Scope,
  ): Evaluate {
    if (given === undefined) return () => parameter.default
    if (Array.isArray(given)) {
      const items = (given as readonly Expression[]).map((item) => this.expression(item, scope))
      return (frame) => items.map((item) => item(frame))
    }
    if (given instanceof Map) {
      const entries = Array.from(
        given as ReadonlyMap<string, Expression>,
        ([name, node]) => [name, this.expression(node, scope)] as const,
      )
      return (frame) => new Map(entries.map(([name, value]) => [name, value(frame)]))
    }
    const node = given as Expression
    const value = this.expression(node, scope)
    if (node.type === 'literal') {
      const accepted = at(node.offset, () => accept(parameter, what, node.value))
      return () => accepted
    }
    if (parameter.type === 'any') return value
    return (frame) => {
      const given = value(frame)
      frame.run.at = node.offset
      return accept(parameter, what, given)
    }
  }

  #dynamicArguments(
    given: Arguments,
    scope: Scope,
  ): (frame: Frame) => { positional: unknown[]; named: ReadonlyMap<string, unknown> } {
    const positional = given.positional.map((item) => this.expression(item, scope))
    if (given.named.length === 0 && !given.rest && !given.namedRest) {
      return (frame) => ({ positional: positional.map((item) => item(frame)), named: NO_NAMES })
    }
    const named = given.named.map(({ name, value }) => [name, this.expression(value, scope)] as const)
    const rest = given.rest && this.expression(given.rest, scope)
    const namedRest = given.namedRest && this.expression(given.namedRest, scope)
    return (frame) => {
      const values = positional.map((item) => item(frame))
      const names = new Map<string, unknown>()
      for (const [name, value] of named) names.set(name, value(frame))
      if (rest)
        for (const item of iterate(rest(frame), frame.run)) {
          frame.run.spend(1.5)
          values.push(item)
        }
      if (namedRest) addNamed(names, namedRest(frame), frame.run)
      return { positional: values, named: names }
    }
  }

  // Calls

  #call(node: Call, scope: Scope): Evaluate {
    const { callee, offset } = node
    if (callee.type === 'attribute')
      return this.#deferred(callee.name, offset, () => this.#methodCall(callee, node.arguments, scope))
    if (callee.type === 'name' && scope.resolve(callee.name).places.length === 0) {
      return this.#deferred(callee.name, offset, () => this.#functionCall(callee, node.arguments, scope))
    }
    const value = this.expression(callee, scope)
    const dynamic = this.#dynamicArguments(node.arguments, scope)
    return (frame) => {
      const called = value(frame)
      const { positional, named } = dynamic(frame)
      frame.run.at = offset
      frame.run.spend(1)
      return callValue(called, positional, named)
    }
  }

  #functionCall({ name, offset }: Name, given: Arguments, scope: Scope): Evaluate {
    const called = this.#library.functions.get(name)
    if (!called) {
      if (!this.#strict) this.read(name, scope)
      const known = [...this.#library.functions.keys()]
      throw new Fault(
        'UNKNOWN_NAME',
        `There is no function '${name}', and values cannot be called. Functions: ${quoted(known)}, and the macros above.${suggestion(name, known)}`,
        { offset },
      )
    }
    const values = this.bound(called.signature, `the function '${name}'`, given, scope, offset)
    return (frame) => {
      const bound = values(frame)
      const { run } = frame
      run.spend(1)
      run.at = offset
      return called.apply(run, bound) ?? null
    }
  }

  #methodCall({ object: node, name, offset }: Attribute, given: Arguments, scope: Scope): Evaluate {
    const object = this.expression(node, scope)
    if (isMutating(name)) this.mutates = true
    const bound = this.#methodArguments(node, name, given, scope, offset)
    const dynamic = this.#dynamicArguments(given, scope)
    return (frame) => {
      const value = object(frame)
      const { run } = frame
      const method = methodsOf(value)?.get(name)
      const values = method && bound.get(method.signature)
      run.spend(1)
      if (method && values) {
        const evaluated = values(frame)
        run.at = offset
        return method.call(run, value, evaluated) ?? null
      }
      run.at = offset
      const called = attributeOf(value, name, run)
      const { positional, named } = dynamic(frame)
      run.at = offset
      if (called instanceof Undefined) throw unknownMethod(name, value, offset)
      return callValue(called, positional, named)
    }
  }

  /** The arguments as each type of value that has such a method takes them. */
  #methodArguments(
    node: Expression,
    name: string,
    given: Arguments,
    scope: Scope,
    offset: number,
  ): Map<Signature, (frame: Frame) => unknown[]> {
    const methods = candidates(node)
      .map((table) => table.get(name))
      .filter((method): method is Method => method !== undefined)
    if (methods.length === 0) {
      if (
        this.#attributeNames.has(name) ||
        name === 'cycle' ||
        name === 'changed' ||
        name === 'next' ||
        name === 'reset'
      )
        return new Map()
      const known = candidates(node).flatMap((table) => [...table.keys()])
      throw new Fault('UNKNOWN_NAME', `There is no method '${name}'.${suggestion(name, known)}`, { offset })
    }
    const bound = new Map<Signature, (frame: Frame) => unknown[]>()
    let refused: unknown
    for (const { signature } of methods) {
      try {
        bound.set(signature, this.bound(signature, `'${name}'`, given, scope, offset))
      } catch (fault) {
        refused = fault
      }
    }
    if (bound.size === 0 && !this.#attributeNames.has(name)) throw refused
    return bound
  }
}

function unknownMethod(name: string, value: unknown, offset: number): Fault {
  const known = methodsOf(value)?.keys() ?? []
  return new Fault('UNDEFINED', `${typeName(value)} has no method '${name}'.${suggestion(name, known)}`, {
    offset,
  })
}

/** The methods that what an expression gives may have. */
function candidates(node: Expression): readonly ReadonlyMap<string, Method>[] {
  if (node.type === 'literal') return [methodsOf(node.value) ?? new Map<string, Method>()]
  if (node.type === 'list') return [methodsOf([]) as ReadonlyMap<string, Method>]
  if (node.type === 'dict') return [dictMethods]
  return methodTables
}

function addNamed(names: Map<string, unknown>, value: unknown, run: Run): void {
  if (!isMapping(value)) {
    throw value instanceof Undefined
      ? value.fault()
      : new Fault('TYPE', `'**' takes a dict, not ${typeName(value)}.`)
  }
  for (const [key, item] of entriesOf(value)) {
    run.spend(1)
    if (!isText(key)) throw new Fault('ARGUMENTS', `'**' takes a dict whose keys are strings.`)
    names.set(textOf(key, run), item)
  }
}

/** Gives faults of a check the place of what was checked. */
export function at<Result>(offset: number, check: () => Result): Result {
  try {
    return check()
  } catch (fault) {
    if (fault instanceof Fault) fault.offset ??= offset
    throw fault
  }
}
