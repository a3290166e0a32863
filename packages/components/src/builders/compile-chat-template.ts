import { t } from '@millrace/core'
import { ComponentsError } from '../errors.ts'
import { compileMessages } from '../template/compile-messages.ts'
import type { ChatTemplate } from './chat-template.ts'
import { compileMessageList } from './compile-message-list.ts'
import type { PromptMessage } from './prompt-message.ts'

/** @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with their `option` */
export function compileChatTemplate(
  template: string | readonly PromptMessage[],
  option: string,
): ChatTemplate {
  if (typeof template === 'string' || Array.isArray(template)) {
    if (template.length === 0) throw invalid(`'${option}' is empty: it makes no message.`, option)
    return typeof template === 'string'
      ? compileString(template, option)
      : compileMessageList(template as readonly PromptMessage[], option)
  }
  throw invalid(
    `'${option}' must be a string or a list of messages, not ${template === null ? 'null' : typeof template}.`,
    option,
  )
}

function compileString(template: string, option: string): ChatTemplate {
  const { variables, messageVariables, render } = compileMessages(template, option)
  return { variables, types: new Map(messageVariables.map((name) => [name, t.array(t.message())])), render }
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('TEMPLATE_INVALID', message, { option })
}
