// The templates of real models, which are their makers': they are read where a variable says they are, with what Python
// makes of them. MILLRACE_TEST_TEMPLATES names a folder of `.jinja` files, MILLRACE_TEST_CONVERSATIONS a file of
// conversations by name (`messages`, `tools`, `kwargs`), MILLRACE_TEST_RENDERINGS one of `{ template: { conversation:
// { texts } | { error } } }`, rendered on 2026-01-02 with the marks `<s>` and `</s>`.
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type JsonObject } from '@millrace/core'
import { ChatTemplate } from '../../src/chat/chat-template.ts'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import { expectCallsReadBack, expectThoughtsApart } from './reading-back.ts'

const {
  MILLRACE_TEST_TEMPLATES: folder,
  MILLRACE_TEST_CONVERSATIONS: conversationFile,
  MILLRACE_TEST_RENDERINGS: renderingFile,
} = process.env

interface Given {
  readonly messages: readonly { readonly role: string; readonly [key: string]: unknown }[]
  readonly tools?: readonly {
    readonly function: { name: string; description: string; parameters: JsonObject }
  }[]
  readonly kwargs?: JsonObject
  readonly add_generation_prompt?: boolean
}
type Renderings = Readonly<Record<string, Readonly<Record<string, { readonly texts?: readonly string[] }>>>>

/** Templates that know nothing of tools: these are described in words, with a warning. */
const WITHOUT_TOOLS = ['HuggingFaceTB-SmolLM3-3B', 'google-gemma-2-2b-it', 'microsoft-Phi-3.5-mini-instruct']
/** Those that leave out what the model has to read: tools, calls or what the system says. */
const COMPLETED: Readonly<Record<string, RegExp>> = {
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B': /tool|call|answer/,
  'deepseek-ai-DeepSeek-V3.1': /tool|call|answer/,
  'LFM2-8B-A1B': /call|answer/,
  'LFM2.5-Instruct': /call|answer/,
  'ibm-granite-granite-3.3-2B-Instruct': /call|answer/,
  'mistralai-Mistral-Nemo-Instruct-2407': /./,
  'openai-gpt-oss-120b': /thought before a call/,
  'upstage-Solar-Open-100B': /thought before a call/,
}

/** Templates that call themselves without end for a parameter of the type null, in Python, too. */
const WITHOUT_NULL = /Hermes|command-r-plus/

function chatMessages(messages: Given['messages']): ChatMessage[] {
  const names = new Map<string, string>()
  return messages.map(({ role, content, reasoning_content: reasoning, tool_calls: calls, ...other }) => {
    const text = typeof content === 'string' ? content : ''
    if (role === 'system') return ChatMessage.system(text)
    if (role === 'user') return ChatMessage.user(text)
    if (role === 'tool') {
      const id = String(other['tool_call_id'])
      const origin = { type: 'toolCall', id, name: names.get(id) ?? '', arguments: {} } as const
      return ChatMessage.tool({ result: text, origin })
    }
    const toolCalls = (
      (calls ?? []) as { id: string; function: { name: string; arguments: JsonObject } }[]
    ).map((call) => {
      names.set(call.id, call.function.name)
      return { type: 'toolCall', id: call.id, ...call.function } as const
    })
    return ChatMessage.assistant({
      ...(text === '' ? {} : { text }),
      ...(typeof reasoning === 'string' ? { reasoning } : {}),
      toolCalls,
    })
  })
}

if (folder === undefined) {
  test('templates of real models are not there: set MILLRACE_TEST_TEMPLATES to a folder of them', () => {
    expect(folder).toBeUndefined()
  })
} else {
  const read = <Value>(path: string | undefined) =>
    path === undefined ? undefined : (JSON.parse(readFileSync(path, 'utf8')) as Value)
  const conversations = Object.entries(read<Readonly<Record<string, Given>>>(conversationFile) ?? {})
  const renderings = read<Renderings>(renderingFile) ?? {}
  const now = () => new Date(2026, 0, 2)

  describe.each(readdirSync(folder).filter((file) => file.endsWith('.jinja')))('%s', (file) => {
    const name = basename(file, '.jinja')
    const text = readFileSync(join(folder, file), 'utf8')
    const template = new ChatTemplate(text, jinjaTemplate(text, now), { bos: '<s>', eos: '</s>' })
    const hasTools = !WITHOUT_TOOLS.includes(name)

    for (const [title, { messages, tools = [], kwargs = {}, add_generation_prompt }] of conversations) {
      const texts = renderings[name]?.[title]?.texts
      if (texts === undefined || add_generation_prompt === false) continue
      if (!hasTools && (tools.length > 0 || title.includes('call'))) continue
      const { enable_thinking: enabled, ...templateKwargs } = kwargs
      const request = {
        messages: chatMessages(messages),
        tools: tools.map((tool) => tool.function),
        templateKwargs,
        reasoning: {
          enabled: enabled as boolean | undefined,
          budget: undefined,
          format: 'separate' as const,
        },
      }
      const isCompleted = COMPLETED[name]?.test(title) === true
      test(`the prompt for '${title}' is ${isCompleted ? 'completed' : "Python's"}`, () => {
        const rendered = template.render(request, (words) => words).pieces.join('')
        if (isCompleted) expect(rendered.length).toBeGreaterThan(0)
        else expect(texts).toContain(rendered)
      })
    }

    if (hasTools)
      test('calls are rendered, led and read back', () =>
        expectCallsReadBack(template, !WITHOUT_NULL.test(name)))
    else test('tools are in words', () => expect(template.facts.calls).toBeUndefined())

    test('thoughts and answers are apart', () => expectThoughtsApart(template))
  })
}
