import type { Question } from '@millrace/core'
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js'
import {
  type ElicitRequestFormParams,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from '@modelcontextprotocol/sdk/types.js'

export type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>

/** People take their time. */
const PATIENCE_MS = 60 * 60 * 1000

/**
 * Asks the person at the client what a paused run asks, one question after the other. Undefined where one of them is not
 * answered; an approval that is not given is a rejection.
 */
export async function askPerson(
  questions: readonly Question[],
  { sendRequest, signal }: Pick<Extra, 'sendRequest' | 'signal'>,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const answers: Record<string, unknown> = {}
  for (const question of questions) {
    const params = formOf(question)
    const { action, content = {} } = await sendRequest(
      { method: 'elicitation/create', params },
      ElicitResultSchema,
      { timeout: PATIENCE_MS, signal },
    )
    if (question.kind === 'approval') {
      const isApproved = action === 'accept' && content['decision'] === 'approve'
      answers[question.id] = isApproved
        ? 'approve'
        : { reject: String(content['reason'] ?? 'It was not approved.') }
    } else if (action === 'accept') answers[question.id] = content['answer']
    else return undefined
  }
  return answers
}

function formOf({ kind, prompt, data }: Question): ElicitRequestFormParams {
  const message = data === undefined ? prompt : `${prompt}\n${JSON.stringify(data, undefined, 2)}`
  if (kind !== 'approval') {
    return {
      mode: 'form',
      message,
      requestedSchema: { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] },
    }
  }
  return {
    mode: 'form',
    message,
    requestedSchema: {
      type: 'object',
      properties: {
        decision: { type: 'string', enum: ['approve', 'reject'] },
        reason: { type: 'string', description: 'Why it is rejected. The model reads it.' },
      },
      required: ['decision'],
    },
  }
}
