import { describeValue, isJsonObject } from '@millrace/core/component'
import { ServeError } from '../errors.ts'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import type { Answer } from './answer-parts.ts'
import { type AnswerFormat, answerText } from './answer-text.ts'
import { measures } from './chat-completions.ts'
import { type AnswerStyle, readStyle } from './chat-request.ts'
import { Fields } from './fields.ts'
import { type Option, optionOf, readSampling } from './options.ts'
import { onBothPaths } from './paths.ts'
import { findModel } from './served-models.ts'

/** `POST /v1/completions`: a text that a model goes on with. */
export function addCompletions(app: App, service: Service): void {
  app.on('POST', onBothPaths('/completions'), (c) => complete(c, service))
}

async function complete(c: RequestContext, service: Service): Promise<Response> {
  const { value, bytes } = await readJson(c, service.limits)
  const fields = new Fields(value)
  const model = fields.text('model')
  const prompt = readPrompt(fields)
  const options = readOptions(fields)
  const style = readStyle(
    fields,
    model,
    options.some(({ name }) => name === 'logprobs'),
  )
  return answerText(c, service, {
    model: findModel(service.catalog, model, 'completion'),
    asked: { value: prompt, options, tools: [] },
    style: { ...style, maxCalls: 0 },
    format: completionFormat(style),
    bytes,
  })
}

/** One text. Several would be several answers, which `n` asks for, too. */
function readPrompt(fields: Fields): string {
  const given = fields.get('prompt')
  const [only, ...others] = Array.isArray(given) ? given : [given]
  if (typeof only === 'number' || Array.isArray(only)) {
    throw fields.unsupported('prompt', 'must be a text: ids of tokens cannot be read')
  }
  if (others.length > 0) {
    throw fields.unsupported('prompt', `must be one text, not ${others.length + 1}: send a request for each`)
  }
  if (typeof only === 'string' && only !== '') return only
  throw fields.wrong('prompt', `must be a text that is not empty, not ${describeValue(only)}`)
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

function completionFormat({ model, hasLogprobs, isStream }: AnswerStyle): AnswerFormat {
  if (hasLogprobs && isStream) {
    const message =
      "'logprobs' of completions are not streamed: leave out 'stream', or use /v1/chat/completions."
    throw new ServeError('SERVE_UNSUPPORTED', message, { param: 'logprobs' })
  }
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
  return {
    whole: (answers, usage) => ({
      ...head,
      choices: answers.map((answer, index) =>
        choice(index, answer.text, answer.finishReason, hasLogprobs ? olderLogprobs(answer) : null),
      ),
      ...measures(usage, answers[0]),
    }),
    first: () => [],
    piece: (index, { delta: { content } }) =>
      typeof content === 'string' ? { ...head, choices: [choice(index, content, null)] } : undefined,
    last: (index, answer) => ({
      ...head,
      choices: [choice(index, '', answer.finishReason)],
      ...measures(undefined, answer),
    }),
    usage: (usage) => ({ ...head, choices: [], usage: usage ?? null }),
  }
}

/** Log probabilities in the shape that completions have: a list for each kind of thing. */
function olderLogprobs({ text, meta }: Answer): object {
  const prompt = Array.isArray(meta['promptLogprobs']) ? meta['promptLogprobs'] : []
  const reply = Array.isArray(meta['logprobs']) ? meta['logprobs'] : []
  const known = [...prompt, ...reply].filter(isJsonObject)
  const rest = known.map(({ token }) => token).join('')
  // Nothing stands before the first token of a prompt that says how likely it is.
  const first =
    text.length > rest.length && text.endsWith(rest) ? text.slice(0, -rest.length || undefined) : ''
  const tokens = first === '' ? known : [{ token: first, logprob: null, topLogprobs: null }, ...known]
  let offset = 0
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob = null }) => logprob),
    top_logprobs: tokens.map(({ topLogprobs }) =>
      Array.isArray(topLogprobs)
        ? Object.fromEntries(topLogprobs.filter(isJsonObject).map(({ token, logprob }) => [token, logprob]))
        : null,
    ),
    text_offset: tokens.map(({ token }) => {
      const start = offset
      offset += typeof token === 'string' ? token.length : 0
      return start
    }),
  }
}
