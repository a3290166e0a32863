import { answerGrammar, callsOnlyGrammar, callTriggers } from '../../chat/call-grammar.ts'
import type { ReplyFormat } from '../../chat/reply-format.ts'
import { renamedRules } from '../../gbnf/gbnf-reader.ts'
import { GbnfRules } from '../../gbnf/gbnf-rules.ts'
import type { ChatRequest } from '../request.ts'

/** A trigger of llama.cpp that is a text: with it, what follows has to obey the grammar. */
const WORD = 1
const engine = 'llama.node'

/** The options of the binding that hold a reply to a grammar. */
export interface GrammarOptions {
  readonly grammar?: string
  readonly grammar_lazy?: boolean
  readonly grammar_triggers?: readonly {
    readonly type: number
    readonly value: string
    readonly token: number
  }[]
}

/**
 * What a reply is held to. Where the model is free to call or to speak, the grammar begins with the mark of a call, and
 * a call without a mark stays free. A required call comes first, and a reply with a schema is a call or what fits the
 * schema; models that think may do so before.
 */
export function replyGrammar(
  {
    tools,
    toolChoice,
    constraint,
    reasoning,
  }: Pick<ChatRequest, 'tools' | 'toolChoice' | 'constraint' | 'reasoning'>,
  { answer, ...others }: ReplyFormat,
): GrammarOptions {
  const mayThink = others.thoughtOpen || reasoning.budget !== 0
  const format = { ...others, answer: mayThink ? answer : { ...answer, thought: undefined } }
  const lead = format.answer.leads[0] ?? ''
  if (tools.length === 0 || toolChoice === 'none') {
    return constraint ? strict(withLead(answerGrammar(constraint, engine), lead), format) : {}
  }
  const calls = { format: format.calls, tools, begun: '', engine }
  if (toolChoice !== 'auto') return strict(callsOnlyGrammar(calls), format)
  if (constraint) return strict(callsOnlyGrammar(calls, lead, constraint), format)
  const marks = callTriggers(format.calls, answer)
  if (marks.length === 0) return {}
  return {
    grammar: callsOnlyGrammar(calls),
    grammar_lazy: true,
    grammar_triggers: marks.map((value) => ({ type: WORD, value, token: -1 })),
  }
}

function withLead(gbnf: string, lead: string): string {
  if (lead === '') return gbnf
  const rules = new GbnfRules()
  return rules.text(`${rules.literal(lead)} answer-root`) + renamedRules(gbnf, 'answer-')
}

/** Under the grammar from the beginning, or behind the thought that the model may have. */
function strict(gbnf: string, { answer: { thought }, thoughtOpen }: ReplyFormat): GrammarOptions {
  const options = { grammar_lazy: false, grammar_triggers: [] }
  if (!thought) return { ...options, grammar: gbnf }
  const rules = new GbnfRules()
  const text = `${rules.until(thought.end)} [ \\t\\n]{0,4}`
  const start = rules.literal(thought.start)
  const root = thoughtOpen ? `${text} reply-root` : `(${start} ${text})? reply-root`
  return { ...options, grammar: rules.text(root) + renamedRules(gbnf, 'reply-') }
}
