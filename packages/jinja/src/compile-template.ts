import { type Evaluate, ExpressionCompiler, type Library, type VariableUse } from './compile-expression.ts'
import { Fault } from './jinja-error.ts'
import { LoopState } from './loop.ts'
import { isTrue, iterate, listOf } from './operators.ts'
import { textOf } from './print.ts'
import type { Run } from './run.ts'
import { addNames, assignedNames, Frame, Scope } from './scope.ts'
import type { Signature } from './signature.ts'
import type {
  Arguments,
  Body,
  CallBlock,
  For,
  If,
  Macro,
  Parameters,
  Statement,
  Tag,
  Target,
} from './syntax-tree.ts'
import { Callable, isText, Namespace, Tuple, typeName, Undefined } from './values.ts'

/** How a statement ended: in order, by `break`, or by `continue`. */
type Completion = 0 | 1 | 2
const DONE = 0
const BREAK = 1
const CONTINUE = 2

export type Execute = (frame: Frame) => Completion
type Assign = (frame: Frame, value: unknown) => void

/** A statement of the caller. */
export interface TagOperation {
  readonly signature: Signature
  readonly block: boolean
  /** Whether `a + b` or `a - b` as the first argument are three: `a`, the rest of the arguments, `b`, and the operator. */
  readonly splitsSum?: boolean
  /** What the statement prints. */
  apply(run: Run, values: readonly unknown[], body: () => string): string
}

export type TagTable = ReadonlyMap<string, TagOperation>

export interface CompiledBody {
  readonly execute: Execute
  readonly slots: number
  /** All names that are looked up in the values of a rendering, in their order there. */
  readonly variables: readonly string[]
  /** Those of them that the template does not set itself, in the order of the text. */
  readonly free: readonly string[]
  readonly sometimesSet: readonly string[]
  readonly uses: readonly VariableUse[]
  /** The statements of the caller that the template has. */
  readonly tags: ReadonlySet<string>
  /** Where the first visible text is that no block of the caller collects. */
  readonly looseText: number | undefined
  readonly mutates: boolean
}

export interface CompileOptions {
  readonly library: Library
  readonly tags: TagTable
  /** Filters and tags of the caller. */
  readonly own: ReadonlySet<string>
  readonly strict: boolean
}

/** @throws Fault */
export function compileBody(body: Body, options: CompileOptions): CompiledBody {
  const scope = Scope.root()
  const compiler = new StatementCompiler(options, namespaceAttributes(body), scope)
  const execute = compiler.block(body, scope)
  const { expressions } = compiler
  return {
    execute,
    slots: scope.layout.size,
    variables: [...expressions.variables.keys()],
    free: [...expressions.free],
    sometimesSet: [...expressions.sometimesSet],
    uses: expressions.uses,
    tags: compiler.usedTags,
    looseText: findLooseText(body),
    mutates: expressions.mutates,
  }
}

class StatementCompiler {
  readonly expressions: ExpressionCompiler
  readonly usedTags = new Set<string>()
  readonly #tags: TagTable
  readonly #own: ReadonlySet<string>
  readonly #root: Scope

  constructor({ library, tags, own, strict }: CompileOptions, attributes: ReadonlySet<string>, root: Scope) {
    this.#root = root
    this.expressions = new ExpressionCompiler(library, own, strict, attributes)
    this.#tags = tags
    this.#own = own
  }

  /** A body in a scope that is its own: what it sets is known from the begin. */
  block(body: Body, scope: Scope): Execute {
    scope.declareAll(assignedNames(body))
    return this.#sequence(body, scope)
  }

  #sequence(body: Body, scope: Scope): Execute {
    const steps = body.map((statement) => this.#statement(statement, scope))
    const [first, second] = steps
    if (!first) return () => DONE
    if (!second) return first
    return (frame) => {
      for (const step of steps) {
        const completion = step(frame)
        if (completion !== DONE) return completion
      }
      return DONE
    }
  }

  #statement(node: Statement, scope: Scope): Execute {
    switch (node.type) {
      case 'text': {
        const { text } = node
        return (frame) => {
          frame.run.print(text)
          return DONE
        }
      }
      case 'print': {
        const [value, cost] = this.#priced(() => this.expressions.expression(node.value, scope))
        return (frame) => {
          const printed = value(frame)
          const { run } = frame
          run.spend(cost)
          if (!run.keep(printed)) run.print(typeof printed === 'string' ? printed : textOf(printed, run))
          return DONE
        }
      }
      case 'do': {
        const [value, cost] = this.#priced(() => this.expressions.expression(node.value, scope))
        return (frame) => {
          value(frame)
          frame.run.spend(cost)
          return DONE
        }
      }
      case 'if':
        return this.#if(node, scope)
      case 'for':
        return this.#for(node, scope)
      case 'set': {
        const [value, cost] = this.#priced(() => this.expressions.expression(node.value, scope))
        const assign = this.#target(node.target, scope)
        return (frame) => {
          const result = value(frame)
          frame.run.spend(cost)
          assign(frame, result)
          return DONE
        }
      }
      case 'setBlock':
        return this.#setBlock(node, scope)
      case 'filterBlock': {
        const body = this.#captured(node.body, scope.block())
        const filter = this.expressions.filter(node.filter, scope, body)
        return (frame) => {
          const text = filter(frame)
          if (!isText(text)) {
            throw new Fault(
              'TYPE',
              `The filters of a filter block must give a string, not ${typeName(text)}.`,
            )
          }
          frame.run.print(textOf(text, frame.run))
          return DONE
        }
      }
      case 'macro':
        return this.#macroStatement(node, scope)
      case 'callBlock':
        return this.#callBlock(node, scope)
      case 'with':
        return this.#with(node, scope)
      case 'scope': {
        // A block sees what the template sets, not the loop that it stands in.
        const outer = node.isBlock && scope.layout.level === 0 ? this.#root : scope
        return this.#cleared(outer.block(), (inner) => this.block(node.body, inner))
      }
      case 'break':
        return () => BREAK
      case 'continue':
        return () => CONTINUE
      case 'tag':
        return this.#tag(node, scope)
    }
  }

  /** What `make` compiles, and the steps that running it costs. */
  #priced<Result>(make: () => Result): [Result, number] {
    const before = this.expressions.nodes
    const result = make()
    return [result, 0.5 + (this.expressions.nodes - before) / 4]
  }

  /** A block that begins with all that it sets unset, each time it runs. */
  #cleared(scope: Scope, make: (scope: Scope) => Execute): Execute {
    const run = make(scope)
    const slots = scope.slotsBeside(new Set())
    if (slots.length === 0) return run
    return (frame) => {
      for (const slot of slots) frame.slots[slot] = undefined
      return run(frame)
    }
  }

  #captured(body: Body, scope: Scope): Evaluate {
    const execute = this.#cleared(scope, (inner) => this.block(body, inner))
    return (frame) => frame.run.capture(() => void execute(frame))
  }

  #target(target: Target, scope: Scope): Assign {
    if (target.type === 'name') {
      const slot = scope.assign(target.name)
      return (frame, value) => {
        frame.slots[slot] = value === undefined ? new Undefined(target.name) : value
      }
    }
    if (target.type === 'tuple') {
      const parts = target.items.map((item) => this.#target(item, scope))
      return (frame, value) => {
        frame.run.at = target.offset
        const items = listOf(value, frame.run)
        if (items.length !== parts.length) {
          throw new Fault('TYPE', `${parts.length} values are needed here, not ${items.length}.`)
        }
        for (const [index, part] of parts.entries()) part(frame, items[index])
      }
    }
    const owner = this.expressions.read(target.name, scope)
    return (frame, value) => {
      const namespace = owner(frame)
      if (!(namespace instanceof Namespace)) {
        const what = namespace instanceof Undefined ? 'undefined' : typeName(namespace)
        frame.run.at = target.offset
        throw new Fault('TYPE', `Only attributes of a namespace can be set, and '${target.name}' is ${what}.`)
      }
      namespace.attributes.set(target.attribute, value)
    }
  }

  #if(node: If, scope: Scope): Execute {
    const before = scope.certain
    const after: ReadonlySet<string>[] = []
    const branches = node.branches.map(({ test, body }) => {
      const [condition, cost] = this.#priced(() => this.expressions.expression(test, scope))
      const execute = this.#sequence(body, scope)
      after.push(scope.certain)
      scope.certain = before
      return { condition, cost, execute }
    })
    const otherwise = node.otherwise && this.#sequence(node.otherwise, scope)
    after.push(scope.certain)
    scope.certain = new Set([...(after[0] ?? [])].filter((name) => after.every((names) => names.has(name))))
    return (frame) => {
      for (const { condition, cost, execute } of branches) {
        frame.run.spend(cost)
        if (isTrue(condition(frame))) return execute(frame)
      }
      return otherwise ? otherwise(frame) : DONE
    }
  }

  // Loops

  #for(node: For, scope: Scope): Execute {
    const [iterable, cost] = this.#priced(() => this.expressions.expression(node.iterable, scope))
    const inner = node.isRecursive ? scope.frame() : scope.block()
    const names = new Set<string>()
    addNames(node.target, names)
    const assign = this.#target(node.target, inner)
    if (
      node.target.type === 'name' &&
      node.iterable.type === 'name' &&
      scope.resolve(node.iterable.name).places.length === 0
    ) {
      inner.elementsOf.set(node.target.name, node.iterable.name)
    }
    // The condition has its own variables: `loop.length` looks ahead while the body runs.
    const candidate = inner.block()
    const assignCandidate = this.#target(node.target, candidate)
    const test = node.test && this.expressions.expression(node.test, candidate)
    const loopSlot = inner.declareImplicit('loop')
    const body = this.block(node.body, inner)
    const usesLoop = inner.usedImplicit.has('loop') || node.isRecursive
    const cleared = inner.slotsBeside(new Set([...names, 'loop']))
    const otherwise = this.#cleared(scope.block(), (empty) => this.block(node.otherwise, empty))

    const itemsOf = (frame: Frame, source: unknown): readonly unknown[] => {
      const { run } = frame
      const values = Array.isArray(source) ? (source as unknown[]) : Array.from(iterate(source, run))
      if (!test) return values
      return values.filter((value) => {
        run.spend(1)
        assignCandidate(frame, value)
        return isTrue(test(frame))
      })
    }

    /** Whether an element came to the end of the body: otherwise `else` runs, as in Jinja2 also after `break`. */
    const runItems = (frame: Frame, items: readonly unknown[], loop: LoopState | undefined): boolean => {
      const { run, slots } = frame
      let isComplete = false
      for (let index = 0; index < items.length; index++) {
        run.spend(1)
        for (const slot of cleared) slots[slot] = undefined
        if (loop) {
          loop.index0 = index
          slots[loopSlot] = loop
        }
        assign(frame, items[index])
        const completion = body(frame)
        if (completion === DONE) isComplete = true
        else if (completion === BREAK) break
      }
      return isComplete
    }

    if (node.isRecursive) {
      const runLevel = (outer: Frame, source: unknown, depth0: number): string => {
        const { run } = outer
        run.enter()
        const text = run.capture(() => {
          const frame = new Frame(run, inner.layout.size, outer)
          const items = itemsOf(frame, source)
          const loop = new LoopState(items, depth0, (children, depth) => runLevel(outer, children, depth))
          if (!runItems(frame, items, loop)) otherwise(outer)
        })
        run.leave()
        return text
      }
      return (frame) => {
        const values = iterable(frame)
        frame.run.spend(cost)
        frame.run.at = node.iterable.offset
        frame.run.print(runLevel(frame, values, 0))
        return DONE
      }
    }
    return (frame) => {
      const source = iterable(frame)
      frame.run.spend(cost)
      frame.run.at = node.iterable.offset
      const items = itemsOf(frame, source)
      return runItems(frame, items, usesLoop ? new LoopState(items, 0) : undefined) ? DONE : otherwise(frame)
    }
  }

  // Macros

  #setBlock(node: Extract<Statement, { type: 'setBlock' }>, scope: Scope): Execute {
    const body = this.#captured(node.body, scope.block())
    const value = node.filter ? this.expressions.filter(node.filter, scope, body) : body
    const assign = this.#target(node.target, scope)
    return (frame) => {
      assign(frame, value(frame))
      return DONE
    }
  }

  #macroStatement(node: Macro, scope: Scope): Execute {
    const slot = scope.assign(node.name)
    const make = this.#macro(node.name, node.parameters, node.body, scope)
    return (frame) => {
      frame.slots[slot] = make(frame)
      return DONE
    }
  }

  /** A function of the template: made where it stands, with the variables around it, run where it is called. */
  #macro(name: string, parameters: Parameters, body: Body, scope: Scope): (frame: Frame) => Callable {
    const inner = scope.frame()
    const slots = parameters.names.map((parameter) => inner.assign(parameter))
    const [caller, varargs, kwargs] = ['caller', 'varargs', 'kwargs'].map((implicit) =>
      parameters.names.includes(implicit) ? undefined : inner.declareImplicit(implicit),
    )
    const firstDefault = parameters.names.length - parameters.defaults.length
    const defaults = parameters.defaults.map((node) => this.expressions.expression(node, inner))
    const execute = this.block(body, inner)
    const takes = (implicit: string) => inner.usedImplicit.has(implicit)
    const what = name === '' ? "'caller'" : `The macro '${name}'`
    const attributes = new Map<string, unknown>([
      ['name', name === '' ? null : name],
      ['arguments', Tuple.fromItems(parameters.names)],
      ['catch_kwargs', takes('kwargs')],
      ['catch_varargs', takes('varargs')],
      ['caller', takes('caller')],
    ])

    const fill = (frame: Frame, positional: unknown[], named: ReadonlyMap<string, unknown>): void => {
      const left = named.size === 0 ? NO_NAMES : new Map(named)
      for (const [index, parameter] of parameters.names.entries()) {
        const slot = slots[index] as number
        if (index < positional.length) {
          if (left.has(parameter)) throw new Fault('ARGUMENTS', `${what} is given '${parameter}' twice.`)
          frame.slots[slot] = positional[index]
        } else if (left.has(parameter)) {
          frame.slots[slot] = left.get(parameter)
          left.delete(parameter)
        }
      }
      // Defaults may read the parameters in front of them.
      for (const [index, parameter] of parameters.names.entries()) {
        const slot = slots[index] as number
        if (frame.slots[slot] !== undefined) continue
        const missing = defaults[index - firstDefault]
        frame.slots[slot] = missing ? missing(frame) : new Undefined(parameter)
      }
      if (caller !== undefined && takes('caller')) {
        frame.slots[caller] = left.get('caller') ?? new Undefined('caller')
        left.delete('caller')
      }
      if (kwargs !== undefined && takes('kwargs')) frame.slots[kwargs] = Object.fromEntries(left)
      else if (left.size > 0) throw strangeArgument(what, [...left.keys()], parameters.names)
      if (varargs !== undefined && takes('varargs')) {
        frame.slots[varargs] = Tuple.fromItems(positional.slice(parameters.names.length))
      } else if (positional.length > parameters.names.length) {
        throw new Fault(
          'ARGUMENTS',
          `${what} takes at most ${parameters.names.length} arguments, and ${positional.length} are given.`,
        )
      }
    }
    return (outer) => {
      const { run } = outer
      const call = (positional: unknown[], named: ReadonlyMap<string, unknown>) => {
        run.enter()
        run.spend(5)
        const place = run.at
        const frame = new Frame(run, inner.layout.size, outer)
        fill(frame, positional, named)
        const text = run.capture(() => void execute(frame))
        run.at = place
        run.leave()
        return text
      }
      return new Callable('macro', name, call, attributes)
    }
  }

  #callBlock(node: CallBlock, scope: Scope): Execute {
    const make = this.#macro('', node.parameters, node.body, scope)
    const callerScope = scope.block()
    const slot = callerScope.assign(CALLER)
    const named = [
      ...node.call.arguments.named,
      {
        name: 'caller',
        value: { type: 'name', name: CALLER, offset: node.offset } as const,
        offset: node.offset,
      },
    ]
    const call = this.expressions.expression(
      { ...node.call, arguments: { ...node.call.arguments, named } },
      callerScope,
    )
    return (frame) => {
      frame.slots[slot] = make(frame)
      const printed = call(frame)
      frame.run.print(textOf(printed, frame.run))
      return DONE
    }
  }

  #with(node: Extract<Statement, { type: 'with' }>, scope: Scope): Execute {
    const values = node.values.map((value) => this.expressions.expression(value, scope))
    const inner = scope.block()
    const targets = node.targets.map((target) => this.#target(target, inner))
    const body = this.block(node.body, inner)
    const names = new Set<string>()
    for (const target of node.targets) addNames(target, names)
    const cleared = inner.slotsBeside(names)
    return (frame) => {
      const results = values.map((value) => value(frame))
      for (const slot of cleared) frame.slots[slot] = undefined
      for (const [index, target] of targets.entries()) target(frame, results[index])
      return body(frame)
    }
  }

  #tag(node: Tag, scope: Scope): Execute {
    const tag = this.#tags.get(node.name)
    if (!tag) throw new Fault('SYNTAX', `There is no statement '${node.name}'.`, { offset: node.offset })
    if (this.#own.has(node.name)) {
      this.usedTags.add(node.name)
      for (const argument of node.arguments.positional) this.expressions.use(argument, node.name, scope)
    }
    const given = tag.splitsSum ? splitSum(node.arguments) : node.arguments
    const values = this.expressions.bound(
      tag.signature,
      `the statement '${node.name}'`,
      given,
      scope,
      node.offset,
    )
    const body = node.body ? this.#captured(node.body, scope.block()) : () => ''
    return (frame) => {
      const bound = values(frame)
      const { run } = frame
      run.spend(1)
      run.at = node.offset
      const render = () => {
        const text = body(frame) as string
        run.at = node.offset
        return text
      }
      run.print(tag.apply(run, bound, render))
      return DONE
    }
  }
}

/** `{% now 'UTC' + 'hours=2', '%H' %}` is about time, not about texts. */
function splitSum(given: Arguments): Arguments {
  const [first, ...others] = given.positional
  if (first?.type !== 'binary' || (first.operator !== '+' && first.operator !== '-')) return given
  const { offset } = first
  const named = [
    ...given.named,
    { name: 'offset', value: first.right, offset },
    { name: 'sign', value: { type: 'literal', value: first.operator, offset } as const, offset },
  ]
  return { ...given, positional: [first.left, ...others], named }
}

const NO_NAMES = new Map<string, never>()

/** A name that no template can write. */
const CALLER = 'caller of a block'

/** Text of macros, set blocks and their like goes elsewhere. */
function findLooseText(body: Body): number | undefined {
  for (const node of body) {
    if (node.type === 'text' && node.text.trim() !== '') {
      return node.offset + node.text.search(/\S/)
    }
    const bodies =
      node.type === 'if'
        ? [...node.branches.map((branch) => branch.body), node.otherwise ?? []]
        : node.type === 'for'
          ? [node.body, node.otherwise]
          : node.type === 'with' || node.type === 'scope'
            ? [node.body]
            : []
    for (const inner of bodies) {
      const found = findLooseText(inner)
      if (found !== undefined) return found
    }
  }
  return undefined
}

function strangeArgument(what: string, names: readonly string[], known: readonly string[]): Fault {
  if (names.includes('caller')) {
    return new Fault('ARGUMENTS', `${what} does not use 'caller', so that it cannot be called with a block.`)
  }
  return new Fault(
    'ARGUMENTS',
    `${what} has no parameter '${names[0]}'. Its parameters: ${known.join(', ') || 'none'}.`,
  )
}

/** Names of attributes that are set, or given to `namespace(…)`: a macro in one of them can be called. */
function namespaceAttributes(body: Body): Set<string> {
  const names = new Set<string>()
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const node = value as {
      type?: string
      attribute?: string
      callee?: { name?: string }
      arguments?: { named: { name: string }[] }
    }
    if (node.type === 'namespace' && node.attribute) names.add(node.attribute)
    if (node.type === 'call' && node.callee?.name === 'namespace')
      for (const { name } of node.arguments?.named ?? []) names.add(name)
    for (const item of Object.values(value)) visit(item)
  }
  visit(body)
  return names
}
