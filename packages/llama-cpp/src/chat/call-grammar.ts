import { checkGbnf } from '../gbnf/gbnf-check.ts'
import { renamedRules } from '../gbnf/gbnf-reader.ts'
import { GbnfRules, jsonSchemaGrammar } from '../gbnf/gbnf-rules.ts'
import { ArgumentRules } from './argument-rules.ts'
import { type CallFormat, callSign, callStarts, type Piece, standsAlone } from './call-format.ts'
import { type CallHead, callHeads } from './call-reader.ts'
import type { Constraint, ToolDescription } from './chat-request.ts'
import { matchPieces } from './match-pieces.ts'
import type { AnswerMarks } from './thoughts.ts'

export interface CallGrammarOptions {
  readonly format: CallFormat
  readonly tools: readonly ToolDescription[]
  /** The beginning of the first call, as far as the reply has it already. */
  readonly begun: string
  /** The engine that errors name. */
  readonly engine: string
}

/**
 * The grammar of an answer in words.
 *
 * @throws LlamaCppError `OPTION_INVALID` for GBNF that cannot be read, `OPTION_UNSUPPORTED` for a schema that cannot be
 * expressed
 */
export function answerGrammar(constraint: Constraint, engine: string): string {
  if (constraint.kind === 'grammar') {
    checkGbnf(constraint.gbnf)
    return constraint.gbnf
  }
  const option = 'generationKwargs.responseFormat'
  return jsonSchemaGrammar(constraint.schema ?? { type: 'object' }, `${option}.schema`, { engine, option })
}

/** The grammar of what is left of a call, with those that hang together with it. */
export function restOfCallGrammar(options: CallGrammarOptions): string {
  const calls = new CallRules(options)
  const more = standsAlone(options.format) ? '' : calls.more()
  return calls.rules.text(`${calls.first()} ${more} ${calls.end()}`)
}

/** The grammar of a whole reply, behind `begun`: calls, or where there is a constraint also what obeys it. */
export function callsOnlyGrammar(options: CallGrammarOptions, lead = '', constraint?: Constraint): string {
  const calls = new CallRules(options)
  const all = `${calls.first()} ${calls.more()} ${calls.end()}`
  if (constraint === undefined) return calls.rules.text(all)
  const start = calls.rules.literal(lead)
  if (constraint.kind === 'grammar') {
    const given = answerGrammar(constraint, options.engine)
    return calls.rules.text(`(${all}) | ${start} given-root`) + renamedRules(given, 'given-')
  }
  const path = 'generationKwargs.responseFormat.schema'
  const value = calls.rules.jsonValue(constraint.schema ?? { type: 'object' }, path)
  return calls.rules.text(`(${all}) | ${start} ${value}`)
}

/**
 * The texts that alone tell that a call begins, for an engine whose grammars wait for a text. None where a call begins
 * like any JSON, or like a thought or an answer.
 */
export function callTriggers(format: CallFormat, { thought, leads, breaks }: AnswerMarks): string[] {
  const others = [thought?.start ?? '', ...leads, ...breaks]
  const signs = callStarts(format).flatMap((start) => callSign(start, format) ?? [])
  return [...new Set(signs)].filter((sign) => !others.some((other) => other.startsWith(sign)))
}

/** The rules of the calls in one format. */
class CallRules {
  readonly rules: GbnfRules
  readonly #format: CallFormat
  readonly #begun: string
  /** Whether nothing but white space stands between calls, which models write otherwise than templates. */
  readonly #isLoose: boolean
  readonly #heads: ReturnType<typeof callHeads>
  readonly #values: ReadonlyMap<string, string>

  constructor({ format, tools, begun, engine }: CallGrammarOptions) {
    this.rules = new GbnfRules({ engine, option: 'tools' })
    this.#format = format
    this.#begun = begun
    this.#isLoose = format.between?.trim() === ''
    this.#heads = callHeads(
      this.#isLoose ? { ...format, between: '' } : format,
      tools.map(({ name }) => name),
    )
    this.#values = new Map(
      tools.map(({ name, parameters, held = parameters }) => {
        const values = new ArgumentRules(this.rules, held, `parameters of tool '${name}'`)
        return [name, this.rules.rule('values', values.body(format.values))]
      }),
    )
  }

  first(): string {
    return this.#oneOf('first-call', this.#heads.first, this.#begun)
  }

  /** Further calls, as many as the model likes. */
  more(): string {
    const { between } = this.#format
    if (between === undefined) return ''
    const calls = this.#oneOf('further-call', this.#heads.further, '')
    return this.#isLoose ? `([ \\n]{0,2} ${calls})*` : `${calls}*`
  }

  end(): string {
    return this.rules.literal(this.#format.close)
  }

  #oneOf(name: string, heads: readonly CallHead[], begun: string): string {
    const alternatives = heads.flatMap((head) =>
      restsOf(head, begun).map((rest) =>
        this.#body([...rest, { kind: 'arguments' }, ...head.after], head.name),
      ),
    )
    return this.rules.rule(name, alternatives.join(' | '))
  }

  #body(pieces: readonly Piece[], name: string): string {
    return pieces
      .map((piece) => {
        if (piece.kind === 'text') return this.rules.literal(piece.text)
        if (piece.kind === 'maybe') return `(${this.#body(piece.pieces, name)})?`
        if (piece.kind === 'arguments') return this.#values.get(name) ?? ''
        // As long as the ids that servers make.
        return piece.kind === 'id' ? '[0-9A-Za-z_-]{1,48}' : '[0-9]{1,4}'
      })
      .join(' ')
  }
}

/** What is left of the beginning of a call behind what was written of it. */
function restsOf({ pieces }: CallHead, begun: string): readonly (readonly Piece[])[] {
  if (begun === '') return [pieces]
  const match = matchPieces(pieces, begun, 0)
  if (match.kind === 'yes') return match.end === begun.length ? [[]] : []
  return match.kind === 'more' ? match.rests : []
}
