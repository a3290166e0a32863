import type { ToolDescription } from '../../request.ts'
import type { TemplateMessage } from './template-messages.ts'
import { callHead, GENERAL_SYNTAX } from './tool-syntax.ts'

/**
 * A conversation with tools in words, for templates that know nothing of them: the tools in a system message, calls in
 * the words of the assistant, results in those of the user.
 */
export function withToolsInWords(
  messages: readonly TemplateMessage[],
  tools: readonly ToolDescription[],
): TemplateMessage[] {
  const results: TemplateMessage[] = []
  for (const [index, message] of messages.entries()) {
    const before = results.at(-1)
    const spoken = inWords(message)
    // Results of one turn come in one message, for many templates want the roles to take turns.
    if (before && message.role === 'tool' && messages[index - 1]?.role === 'tool') {
      results[results.length - 1] = { ...before, content: `${before.content}\n${spoken.content}` }
    } else results.push(spoken)
  }
  if (tools.length === 0) return results
  const [first, ...others] = results
  const text = toolsText(tools)
  if (first?.role !== 'system') return [{ role: 'system', content: text }, ...results]
  return [{ ...first, content: `${first.content}\n\n${text}` }, ...others]
}

function inWords(message: TemplateMessage): TemplateMessage {
  if (message.role === 'tool') {
    return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` }
  }
  const { tool_calls: calls, ...others } = message
  if (!calls) return others
  const written = calls.map(
    ({ function: { name, arguments: values } }) =>
      callHead(name, GENERAL_SYNTAX) + JSON.stringify(values) + GENERAL_SYNTAX.suffix,
  )
  const words = message.content === '' ? [] : [message.content]
  return { ...others, content: [...words, ...written].join('\n') }
}

function toolsText(tools: readonly ToolDescription[]): string {
  const described = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ name, description, parameters }),
  )
  return [
    'You can call these tools. Each line describes one, with the JSON Schema of its parameters:',
    '<tools>',
    ...described,
    '</tools>',
    'To call a tool, answer with this, once for each call, and with nothing else:',
    '<tool_call>',
    '{"name": "NAME OF THE TOOL", "arguments": {"PARAMETER": "VALUE"}}',
    '</tool_call>',
    'You are then given the result in <tool_response> tags. Call a tool only where it helps to answer.',
  ].join('\n')
}
