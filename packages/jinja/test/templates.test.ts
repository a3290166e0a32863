// Chat templates of real models give what Python's jinja2 gives, byte for byte. They are not part of this repository.
//
//   MILLRACE_TEST_TEMPLATES                a folder of files NAME.jinja
//   MILLRACE_TEST_TEMPLATES_EXPECTED       JSON: by NAME and conversation, { texts } or { error }, as Python gives them
//   MILLRACE_TEST_CONVERSATIONS            JSON: by name, { messages, tools?, add_generation_prompt?, kwargs? }
//
// Each conversation is rendered in the forms in which tool calls come (see `variants`); `texts` are those that differ, in order.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { JinjaError, Template } from '../src/index.ts'

const paths = [
  'MILLRACE_TEST_TEMPLATES',
  'MILLRACE_TEST_TEMPLATES_EXPECTED',
  'MILLRACE_TEST_CONVERSATIONS',
].map((name) => process.env[name])
const [folder, expectedFile, conversationsFile] = paths

interface Message {
  content?: unknown
  readonly tool_calls?: readonly { readonly function: { arguments: unknown } }[]
}

interface Conversation {
  readonly messages: readonly Message[]
  readonly tools?: readonly unknown[]
  readonly add_generation_prompt?: boolean
  readonly kwargs?: Readonly<Record<string, unknown>>
}

type Expected = Readonly<
  Record<string, Readonly<Record<string, { readonly texts?: readonly string[]; readonly error?: string }>>>
>

/** Arguments of calls as objects, as JSON and as Python writes JSON; empty texts as '', null and missing. */
function* variants(messages: readonly Message[]): Iterable<Message[]> {
  for (const write of [undefined, JSON.stringify, pythonJson]) {
    for (const empty of ['', null, undefined]) {
      const variant = structuredClone(messages) as Message[]
      for (const message of variant) {
        if (!message.tool_calls?.length) continue
        if (!message.content && empty === undefined) delete message.content
        else if (!message.content) message.content = empty
        if (write)
          for (const call of message.tool_calls) call.function.arguments = write(call.function.arguments)
      }
      yield variant
    }
  }
}

function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${pythonJson(item)}`)
    .join(', ')}}`
}

function textsOf(template: Template, { messages, tools, kwargs, ...given }: Conversation): string[] {
  const texts = new Set<string>()
  for (const variant of variants(messages)) {
    const values = {
      messages: variant,
      bos_token: '<s>',
      eos_token: '</s>',
      add_generation_prompt: given.add_generation_prompt ?? true,
      ...(tools && { tools }),
      ...kwargs,
    }
    try {
      texts.add(template.render(values, { now: () => new Date(2026, 0, 2) }))
    } catch (error) {
      if (!(error instanceof JinjaError)) throw error
    }
  }
  return [...texts]
}

function suite(
  templates: string,
  expected: Expected,
  conversations: Readonly<Record<string, Conversation>>,
): void {
  test.each(readdirSync(templates).filter((file) => file.endsWith('.jinja')))('%s', (file) => {
    const source = readFileSync(join(templates, file), 'utf8')
    const template = new Template(source, { trimBlocks: true, lstripBlocks: true })
    const python = expected[file.replace(/\.jinja$/, '')] ?? {}
    for (const [name, conversation] of Object.entries(conversations)) {
      const { texts = [], error = '' } = python[name] ?? {}
      // There Python's sandbox forbids what changes a list; here the template changes a copy.
      if (/SecurityError/.test(error)) continue
      expect([name, textsOf(template, conversation)]).toEqual([name, texts])
    }
  })
}

if (folder && expectedFile && conversationsFile) {
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'))
  describe('chat templates of real models', () => suite(folder, read(expectedFile), read(conversationsFile)))
} else {
  test.skip('chat templates of real models: MILLRACE_TEST_TEMPLATES and its two companions are not set', () => {})
}
