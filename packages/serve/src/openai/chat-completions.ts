import { ChatMessage } from '@millrace/core'
import { ServeError } from '../errors.ts'
import type { App, RequestContext, Service } from '../http/context.ts'
import { readJson } from '../http/read-json.ts'
import { type Answer, logprobsJson, timingsJson, type UsageJson } from './answer-parts.ts'
import { type AnswerFormat, answerText } from './answer-text.ts'
import { type AnswerStyle, readChatRequest } from './chat-request.ts'
import { onBothPaths } from './paths.ts'
import { findModel } from './served-models.ts'

/** `POST /v1/chat/completions`. */
export function addChatCompletions(app: App, service: Service): void {
  app.on('POST', onBothPaths('/chat/completions'), (c) => chat(c, service))
}

async function chat(c: RequestContext, service: Service): Promise<Response> {
  const { value, body } = await readJson(c, service)
  const request = readChatRequest(value, service.limits)
  const model = findModel(service.catalog, request.model, 'chat')
  const { messages, options, tools } = request
  return answerText(c, service, {
    model,
    prompts: [{ value: model.takesConversation ? messages : lastQuestion(messages), field: 'messages' }],
    asked: { options, tools },
    style: request,
    format: chatFormat(request),
    body,
  })
}

/** What the user said last, for a pipeline that answers one question at a time. @throws ServeError `SERVE_UNSUPPORTED` */
function lastQuestion(messages: readonly ChatMessage[]): string {
  const index = messages.findLastIndex(({ role }) => role === 'user')
  const message = messages[index]
  const text = message && ChatMessage.text(message)
  const param = index < 0 ? 'messages' : `messages[${index}]`
  if (text === undefined || message?.content.some(({ type }) => type !== 'text')) {
    const wanted = 'The pipeline takes a text: what the user said last, without images and files.'
    throw new ServeError('SERVE_UNSUPPORTED', wanted, { param })
  }
  return text
}

/** Answers of chats. What is not known is left out: some clients refuse null. */
function chatFormat({ model, hasLogprobs }: AnswerStyle): AnswerFormat {
  const head = { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model }
  const chunk = (choices: readonly object[], more = {}) => ({
    ...head,
    object: 'chat.completion.chunk',
    choices,
    ...more,
  })
  const step = (index: number, delta: object, logprobs?: readonly object[]) => ({
    index,
    delta,
    logprobs: logprobs === undefined ? null : { content: logprobs, refusal: null },
    finish_reason: null,
  })
  return {
    whole: (answers, usage) => ({
      ...head,
      object: 'chat.completion',
      choices: answers.map((answer, index) => ({
        index,
        message: messageOf(answer),
        logprobs: hasLogprobs ? { content: logprobsJson(answer.meta['logprobs']), refusal: null } : null,
        finish_reason: answer.finishReason,
      })),
      ...measures(usage, answers[0]),
    }),
    first: (index) => [chunk([step(index, { role: 'assistant', content: '' })])],
    piece: (index, { delta, logprobs }) => chunk([step(index, delta, logprobs)]),
    last: (index, answer) =>
      chunk([{ index, delta: {}, logprobs: null, finish_reason: answer.finishReason }], timings(answer)),
    usage: (usage) => chunk([], { usage: usage ?? null }),
  }
}

function messageOf({ text, reasoning, calls }: Answer): object {
  return {
    role: 'assistant',
    content: text === '' && calls.length > 0 ? null : text,
    refusal: null,
    annotations: [],
    ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  }
}

/** What it took; each is left out where it is not known. */
export function measures(usage: UsageJson | undefined, answer: Answer | undefined): object {
  return { ...(usage === undefined ? {} : { usage }), ...(answer === undefined ? {} : timings(answer)) }
}

function timings({ meta }: Answer): object {
  const times = timingsJson(meta)
  return times === undefined ? {} : { timings: times }
}
