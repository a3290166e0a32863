import { type Socket, t } from '@millrace/core'
import type { VariableUse } from '@millrace/jinja'
import { ComponentsError } from '../errors.ts'
import { MessageBlocks } from './message-blocks.ts'
import { compileMessageList } from './message-list.ts'
import type { ChatTemplate, PromptMessage } from './prompt-message.ts'

/** @throws ComponentsError `TEMPLATE_INVALID`, `TEMPLATE_SYNTAX` or `TEMPLATE_FORBIDDEN`, with their `option` */
export function compileChatTemplate(
  template: string | readonly PromptMessage[],
  option: string,
): ChatTemplate {
  if (typeof template !== 'string' && !Array.isArray(template)) {
    const found = template === null ? 'null' : typeof template
    throw invalid(`'${option}' must be a string or a list of messages, not ${found}.`, option)
  }
  if (template.length === 0) throw invalid(`'${option}' is empty: it makes no message.`, option)
  return typeof template === 'string'
    ? new MessageBlocks(template, option)
    : compileMessageList(template as readonly PromptMessage[], option)
}

const USES: Readonly<Record<string, string>> = { image: 'images', file: 'files', insert: 'messages' }

/**
 * The types of the variables that hold messages or images; all others take any value.
 *
 * @throws ComponentsError `TEMPLATE_INVALID` for a variable that would have to be two things
 */
export function variableTypes(uses: readonly VariableUse[], option: string): Map<string, Socket> {
  const kinds = new Map<string, string>()
  const types = new Map<string, Socket>()
  for (const { variable, by, isElement } of uses) {
    const kind = USES[by]
    if (kind === undefined) continue
    const before = kinds.get(variable)
    if (before !== undefined && before !== kind) {
      throw invalid(`The variable '${variable}' cannot hold both ${before} and ${kind}.`, option)
    }
    kinds.set(variable, kind)
    if (kind === 'messages') types.set(variable, t.array(t.message()))
    else if (kind === 'images')
      types.set(variable, isElement ? t.array(t.image()) : t.union(t.image(), t.array(t.image())))
  }
  return types
}

function invalid(message: string, option: string): ComponentsError {
  return new ComponentsError('TEMPLATE_INVALID', message, { option })
}
