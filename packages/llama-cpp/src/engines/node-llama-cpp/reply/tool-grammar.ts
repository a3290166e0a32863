import { renamedRules } from '../../../gbnf/gbnf-reader.ts'
import { GbnfRules } from '../../../gbnf/gbnf-rules.ts'
import type { Constraint, ToolDescription } from '../../request.ts'
import { callHead, standsAlone, type ToolSyntax, writtenName } from '../prompt/tool-syntax.ts'

export interface CallGrammarOptions {
  readonly syntax: ToolSyntax
  readonly tools: readonly ToolDescription[]
  /** The beginning of the first call, as far as the reply has it already. */
  readonly begun: string
}

/** The grammar of what is left of a call, with those that hang together with it. */
export function restOfCallGrammar({ syntax, tools, begun }: CallGrammarOptions): string {
  const calls = new CallRules(syntax, tools)
  const more = standsAlone(syntax) ? '' : calls.more()
  return calls.rules.text(`${calls.first(begun)} ${more} ${calls.end()}`)
}

/** The grammar of a whole reply, behind `begun`: calls, or where there is a constraint also what obeys it. */
export function callsOnlyGrammar(
  { syntax, tools, begun }: CallGrammarOptions,
  constraint?: Constraint,
): string {
  const calls = new CallRules(syntax, tools)
  const all = `${calls.first(begun)} ${calls.more()} ${calls.end()}`
  if (constraint === undefined) return calls.rules.text(all)
  const lead = calls.rules.literal(syntax.lead)
  if (constraint.kind === 'grammar') {
    return calls.rules.text(`(${all}) | ${lead} given-root`) + renamedRules(constraint.gbnf, 'given-')
  }
  const path = 'generationKwargs.responseFormat.schema'
  const value = calls.rules.jsonValue(constraint.schema ?? { type: 'object' }, path)
  return calls.rules.text(`(${all}) | ${lead} ${value}`)
}

/** The rules of the calls in one syntax. */
class CallRules {
  readonly rules = new GbnfRules({ engine: 'node-llama-cpp', option: 'tools' })
  readonly #syntax: ToolSyntax
  readonly #tools: readonly { readonly name: string; readonly values: string }[]

  constructor(syntax: ToolSyntax, tools: readonly ToolDescription[]) {
    this.#syntax = syntax
    this.#tools = tools.map(({ name, parameters }) => ({
      name,
      values: this.rules.jsonValue(ofObjects(parameters), `parameters of tool '${name}'`),
    }))
  }

  first(begun: string): string {
    const heads = this.#tools.map(({ name, values }) => ({ text: callHead(name, this.#syntax), values }))
    const possible = heads.filter(({ text }) => text.startsWith(begun))
    return this.#oneOf(
      'first-call',
      possible.map(({ text, values }) => [text.slice(begun.length), values]),
    )
  }

  /** Further calls, as many as the model likes. */
  more(): string {
    const { between, middle } = this.#syntax
    if (between === undefined) return ''
    const heads = this.#tools.map(({ name, values }): [string, string] => [
      between + writtenName(name, this.#syntax) + middle,
      values,
    ])
    return `${this.#oneOf('further-call', heads)}*`
  }

  end(): string {
    return this.rules.literal(this.#syntax.suffix)
  }

  #oneOf(name: string, calls: readonly (readonly [head: string, values: string])[]): string {
    const alternatives = calls.map(([head, values]) => `${this.rules.literal(head)} ${values}`)
    return this.rules.rule(name, alternatives.join(' | '))
  }
}

/** The arguments of a call are an object, also where a schema does not say so. */
function ofObjects(schema: ToolDescription['parameters']): unknown {
  if (typeof schema !== 'object' || 'type' in schema || '$ref' in schema) return schema
  return { ...schema, type: 'object' }
}
