import { checkGbnf, isGbnf } from '../../gbnf/gbnf-check.ts'
import { gbnfLiteral } from '../../gbnf/gbnf-literal.ts'
import { renamedRules } from '../../gbnf/gbnf-reader.ts'
import { jsonObjectGrammar, jsonSchemaGrammar } from '../../gbnf/json-schema-grammar.ts'
import type { Constraint, ToolChoice } from '../request.ts'
import { onlyTheOther } from './failures.ts'
import type { FormattedChat } from './native.ts'

/** What the reply must obey, beyond what llama.cpp itself does with `auto`. */
export interface Demand {
  readonly tools: readonly unknown[]
  readonly toolChoice: ToolChoice
  readonly constraint: Constraint | undefined
}

/** Gives the conversation, formatted for a way to choose tools. */
export type Format = (toolChoice: 'auto' | 'required') => FormattedChat

/**
 * The conversation with the grammar for what is demanded. llama.cpp's own grammars let text come before a call that is
 * required, and drop the tools where the text has a schema; here a required call comes first, and a reply with a schema
 * is a call or what fits the schema. Models that think may do so before.
 */
export function demanding(format: Format, { tools, toolChoice, constraint }: Demand): FormattedChat {
  const answer = constraint ? answerGrammar(constraint) : undefined
  if (tools.length === 0) return answer === undefined ? format('auto') : ruled(format('auto'), answer)
  if (toolChoice !== 'auto') {
    const formatted = knowingTools(format('required'))
    const calls = callsGrammar(formatted.grammar)
    // Where llama.cpp's grammar is not understood, the call is looked for in the reply.
    return calls === undefined ? format('auto') : ruled(formatted, calls)
  }
  const formatted = knowingTools(format('auto'))
  if (answer === undefined) return formatted
  const calls = callsGrammar(format('required').grammar)
  if (calls === undefined) {
    throw onlyTheOther('generationKwargs.responseFormat', 'not with tools in the format of this model')
  }
  return ruled(formatted, eitherGrammar(calls, answer))
}

/** Without a way to write calls llama.cpp leaves the tools out, and says nothing. */
function knowingTools(formatted: FormattedChat): FormattedChat {
  if (formatted.grammar !== '') return formatted
  throw onlyTheOther('tools', 'llama.cpp reads no way to call them off the template of this model')
}

/** The grammar of what is not a call. */
export function answerGrammar(constraint: Constraint): string {
  if (constraint.kind === 'json') {
    const origin = { engine: 'llama.node', option: 'generationKwargs.responseFormat' }
    return constraint.schema === undefined
      ? jsonObjectGrammar()
      : jsonSchemaGrammar(constraint.schema, 'responseFormat.schema', origin)
  }
  checkGbnf(constraint.gbnf)
  return constraint.gbnf
}

/** llama.cpp's grammar for calls without the text that may come before. */
function callsGrammar(gbnf: string): string | undefined {
  const calls = /^.*\buntil-\d+\?? (.+)$/.exec(rootBody(gbnf) ?? '')?.[1]
  if (calls === undefined) return undefined
  const alone = withRoot(gbnf, calls)
  return isGbnf(alone) ? alone : undefined
}

function eitherGrammar(calls: string, answer: string): string {
  const body = rootBody(calls) ?? ''
  return `${withRoot(calls, `${body} | answer-root`)}\n${renamedRules(answer, 'answer-')}`
}

/** The formatted conversation under a grammar of ours, behind the thought that the model may have. */
function ruled(formatted: FormattedChat, gbnf: string): FormattedChat {
  return { ...formatted, grammar: behindThought(formatted, gbnf), grammar_lazy: false, grammar_triggers: [] }
}

function behindThought(formatted: FormattedChat, gbnf: string): string {
  const { thinking_start_tag: start = '', thinking_end_tag: end = '' } = formatted
  if (end === '') return gbnf
  const rest = renamedRules(gbnf, 'reply-')
  const thought = `${gbnfLiteral(start)} thought-text thought-space`
  const root = formatted.thinking_forced_open
    ? 'thought-text thought-space reply-root'
    : `( ${thought} )? reply-root`
  return `root ::= ${root}\nthought-space ::= [ \\t\\n]{0,4}\n${untilRules('thought-text', end)}${rest}`
}

/** The body of the rule `root` in a grammar that has each rule on a line. */
export function rootBody(gbnf: string): string | undefined {
  return /^root ::= (.*)$/m.exec(gbnf)?.[1]
}

export function withRoot(gbnf: string, body: string): string {
  return gbnf.replace(/^root ::= .*$/m, () => `root ::= ${body}`)
}

/** Rules for any text up to and with an end mark; the first is called `name`. */
export function untilRules(name: string, mark: string): string {
  const characters = [...mark]
  const state = (index: number) => (index === 0 ? name : `${name}-${index}`)
  const rules = characters.map((next, index) => {
    const known = new Set([...characters.slice(0, index), next])
    const steps = [...known].map((character) => {
      const reached = longestEnd([...characters.slice(0, index), character], characters)
      return reached === characters.length
        ? gbnfLiteral(character)
        : `${gbnfLiteral(character)} ${state(reached)}`
    })
    const others = `[^${[...known].map(inClass).join('')}] ${name}`
    return `${state(index)} ::= ${[...steps, others].join(' | ')}`
  })
  return `${rules.join('\n')}\n`
}

/** How much of a mark the end of what was read is the beginning of. */
function longestEnd(read: readonly string[], mark: readonly string[]): number {
  for (let length = Math.min(read.length, mark.length); length > 0; length--) {
    if (mark.slice(0, length).join('') === read.slice(-length).join('')) return length
  }
  return 0
}

function inClass(character: string): string {
  const code = character.codePointAt(0) as number
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`
}
