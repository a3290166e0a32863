import { type CallFormat, writeCalls } from './call-format.ts'
import type { ToolDescription } from './chat-request.ts'
import type { TemplateMessage } from './template-messages.ts'

/** What of the tools a template leaves to words. */
export interface InWords {
  /** How calls are written. */
  readonly format: CallFormat
  readonly descriptions: boolean
  readonly calls: boolean
  readonly results: boolean
}

/**
 * A conversation with what its template does not know of tools in words: the tools in a system message, calls in the
 * words of the assistant, results in those of the user.
 */
export function withToolsInWords(
  messages: readonly TemplateMessage[],
  tools: readonly ToolDescription[],
  words: InWords,
): TemplateMessage[] {
  const spoken: TemplateMessage[] = []
  for (const [index, message] of messages.entries()) {
    const before = spoken.at(-1)
    const said = inWords(message, words)
    // Results of one turn come in one message, for many templates want the roles to take turns.
    if (before && words.results && message.role === 'tool' && messages[index - 1]?.role === 'tool') {
      spoken[spoken.length - 1] = { ...before, content: `${before.content}\n${said.content}` }
    } else spoken.push(said)
  }
  if (tools.length === 0 || !words.descriptions) return spoken
  const [first, ...others] = spoken
  const text = toolsText(tools, words.format)
  if (first?.role !== 'system') return [{ role: 'system', content: text }, ...spoken]
  return [{ ...first, content: `${first.content}\n\n${text}` }, ...others]
}

function inWords(message: TemplateMessage, { format, calls, results }: InWords): TemplateMessage {
  if (message.role === 'tool') {
    if (!results) return message
    return { role: 'user', content: `<tool_response>\n${message.content}\n</tool_response>` }
  }
  const { tool_calls: made, ...others } = message
  if (!made || !calls) return message
  const written = writeCalls(
    format,
    made.map(({ function: called }) => ({
      name: called.name,
      values: called.arguments as Record<string, unknown>,
    })),
  )
  return { ...others, content: [message.content, written].filter((text) => text).join('\n') }
}

function toolsText(tools: readonly ToolDescription[], format: CallFormat): string {
  const described = tools.map(({ name, description, parameters }) =>
    JSON.stringify({ name, description, parameters }),
  )
  return [
    'You can call these tools. Each line describes one, with the JSON Schema of its parameters:',
    '<tools>',
    ...described,
    '</tools>',
    'To call a tool, answer with this, once for each call, and with nothing else:',
    writeCalls(format, [{ name: 'NAME OF THE TOOL', values: { PARAMETER: 'VALUE' } }]),
    'You are then given the result. Call a tool only where it helps to answer.',
  ].join('\n')
}
