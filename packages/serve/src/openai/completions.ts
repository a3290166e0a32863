import { describeValue, isJsonObject } from '@millrace/core/component'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import { type Answer, type LogprobJson, logprobsJson } from './answer-parts.ts'
import { type AnswerFormat, answerText, type TextRequest } from './answer-text.ts'
import { measures } from './chat-completions.ts'
import { type AnswerStyle, readStyle } from './chat-request.ts'
import { Fields } from './fields.ts'
import { type Option, optionOf, readSampling } from './options.ts'
import { onBothPaths } from './paths.ts'
import { findModel } from './served-models.ts'

/** To all prompts of a request together. LangChain sends 20 prompts at once. */
const MOST_ANSWERS = 128

/** `POST /v1/completions`: a text that a model goes on with. */
export function addCompletions(app: App, service: Service): void {
  app.on('POST', onBothPaths('/completions'), (c) => complete(c, service))
}

async function complete(c: RequestContext, service: Service): Promise<Response> {
  const { value, body } = await readJson(c, service)
  const fields = new Fields(value)
  const model = fields.text('model')
  const options = readOptions(fields)
  const hasLogprobs = options.some(({ name }) => name === 'logprobs')
  const style = readStyle(fields, model, hasLogprobs)
  const prompts = readPrompts(fields, style)
  if (style.isStream && hasLogprobs && fields.get('echo') === true) {
    throw fields.unsupported(
      'echo',
      "cannot be streamed with 'logprobs', since those of a prompt are known at the end: leave out one of them, or 'stream'",
    )
  }
  return answerText(c, service, {
    model: findModel(service.catalog, model, 'completion'),
    prompts,
    asked: { options, tools: [] },
    style: { ...style, maxCalls: 0 },
    format: completionFormat(style),
    body,
  })
}

/** One text or several. */
function readPrompts(fields: Fields, { count }: AnswerStyle): TextRequest['prompts'] {
  const given = fields.get('prompt')
  const prompts: readonly unknown[] = Array.isArray(given) ? given : [given]
  const place = (index: number) => (Array.isArray(given) ? `prompt[${index}]` : 'prompt')
  const ids = prompts.findIndex((prompt) => typeof prompt === 'number' || Array.isArray(prompt))
  if (ids >= 0) {
    const field = Array.isArray(prompts[ids]) ? place(ids) : 'prompt'
    throw fields.unsupported(field, 'must be a text: ids of tokens cannot be read')
  }
  const most = Math.floor(MOST_ANSWERS / count)
  if (prompts.length === 0 || prompts.length > most) {
    const why = count === 1 ? '' : `: each gets ${count} answers, and a request ${MOST_ANSWERS} at most`
    throw fields.wrong('prompt', `must be a text, or a list of 1 to ${most} texts${why}`)
  }
  return prompts.map((value, index) => {
    if (typeof value === 'string' && value !== '') return { value, field: place(index) }
    throw fields.wrong(place(index), `must be a text that is not empty, not ${describeValue(value)}`)
  })
}

function readOptions(fields: Fields): Option[] {
  const most = fields.number('best_of', { least: 1, isWhole: true }) ?? 1
  if (most > 1) throw fields.unsupported('best_of', 'is not supported. Ask for several answers with n')
  const echo = fields.boolean('echo') || undefined
  const suffix = fields.string('suffix') || undefined
  const logprobs = fields.number('logprobs', { least: 0, most: 20, isWhole: true })
  return [
    ...readSampling(fields),
    ...optionOf('echo', 'echo', echo),
    ...optionOf('suffix', 'suffix', suffix),
    ...optionOf('logprobs', 'logprobs', logprobs),
  ]
}

function completionFormat({ model, hasLogprobs }: AnswerStyle): AnswerFormat {
  const head = {
    id: `cmpl-${crypto.randomUUID()}`,
    object: 'text_completion',
    created: Math.floor(Date.now() / 1000),
    model,
  }
  const choice = (index: number, text: string, reason: string | null, logprobs: object | null = null) => ({
    index,
    text,
    logprobs,
    finish_reason: reason,
  })
  /** How much text was sent, of each answer. */
  const sent: number[] = []
  return {
    whole: (answers, usage) => ({
      ...head,
      choices: answers.map((answer, index) =>
        choice(
          index,
          answer.text,
          answer.finishReason,
          hasLogprobs ? olderLogprobs(tokensOf(answer), 0) : null,
        ),
      ),
      ...measures(usage, answers[0]),
    }),
    first: () => [],
    piece: (index, { delta: { content }, logprobs = [] }) => {
      if (typeof content !== 'string') return undefined
      const start = sent[index] ?? 0
      sent[index] = start + content.length
      const scored = hasLogprobs ? olderLogprobs(logprobs, start) : null
      return { ...head, choices: [choice(index, content, null, scored)] }
    },
    last: (index, answer) => ({
      ...head,
      choices: [choice(index, '', answer.finishReason)],
      ...measures(undefined, answer),
    }),
    usage: (usage) => ({ ...head, choices: [], usage: usage ?? null }),
  }
}

type Token = Pick<LogprobJson, 'token' | 'logprob'> & Partial<LogprobJson>

/** The tokens of an answer, and before them those of its prompt where that is repeated. */
function tokensOf({ text, meta }: Answer): readonly Token[] {
  const known = [...logprobsJson(meta['promptLogprobs']), ...logprobsJson(meta['logprobs'])]
  const rest = known.map(({ token }) => token).join('')
  if (text.length <= rest.length || !text.endsWith(rest)) return known
  // Nothing stands before the first token of a prompt that says how likely it is.
  return [{ token: text.slice(0, -rest.length || undefined), logprob: null }, ...known]
}

/**
 * Log probabilities in the shape that completions have: a list for each kind of thing.
 *
 * @param start where in the text the first token stands
 */
function olderLogprobs(tokens: readonly Token[], start: number): object {
  let offset = start
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob = null }) => logprob),
    top_logprobs: tokens.map(({ top_logprobs: likely }) =>
      likely === undefined
        ? null
        : Object.fromEntries(likely.filter(isJsonObject).map(({ token, logprob }) => [token, logprob])),
    ),
    text_offset: tokens.map(({ token }) => {
      const place = offset
      offset += token.length
      return place
    }),
  }
}
