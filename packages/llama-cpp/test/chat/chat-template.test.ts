// Conversations as text, without any weights.
import { describe, expect, test } from '@jest/globals'
import { ChatMessage, type JsonObject, type ToolCall } from '@millrace/core'
import { ChatTemplate } from '../../src/chat/chat-template.ts'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import type { ToolDescription } from '../../src/engines/request.ts'
import { failureOf } from '../failure-of.ts'
import { chatTemplates as templates } from './chat-templates.ts'
import { pickyTemplate } from './row-templates.ts'

const { assistant, system, tool, user } = ChatMessage
const add: ToolDescription = {
  name: 'add',
  description: 'Add two numbers.',
  parameters: { type: 'object', properties: { a: { type: 'integer' } } },
}
const call: ToolCall = { type: 'toolCall', id: 'call_1', name: 'add', arguments: { a: 1 } }
const other: ToolCall = { type: 'toolCall', id: 'call_2', name: 'add', arguments: { a: 2 } }
const described =
  '{"type": "function", "function": {"name": "add", "description": "Add two numbers.", "parameters": {"type": "object", "properties": {"a": {"type": "integer"}}}}}'

function template(text: string): ChatTemplate {
  return new ChatTemplate(text, jinjaTemplate(text), { bos: '<s>', eos: '</s>' })
}

function rendered(
  text: string,
  messages: readonly ChatMessage[],
  tools: readonly ToolDescription[] = [],
  templateKwargs: JsonObject = {},
): string {
  return template(text)
    .render({ messages, tools, templateKwargs }, (words) => words)
    .pieces.join('')
}

describe('tools stand where the format wants them', () => {
  test.each([
    ['qwen25', templates.qwen25, `<tools>${described}</tools>`],
    ['qwen3', templates.qwen3, `<|im_start|>system\n# Tools\n\n<tools>${described}</tools><|im_end|>`],
    [
      'mistral3',
      templates.mistral3,
      `<s>[AVAILABLE_TOOLS] [${described}][/AVAILABLE_TOOLS][INST] One?[/INST]`,
    ],
    ['llama31', templates.llama31, 'Given the following functions'],
    ['functionary31', templates.functionary31, "Use the function 'add': "],
    ['gemma', templates.gemma, '<start_of_turn>user\nYou can call these tools.'],
  ])('%s', (_, text, expected) => {
    expect(rendered(text, [user('One?')], [add])).toContain(expected)
  })
})

describe('a tool that a template cannot print', () => {
  const ask = (properties: JsonObject | undefined): ToolDescription => ({
    ...add,
    parameters: properties === undefined ? { type: 'object' } : { type: 'object', properties },
  })

  test.each<[string, JsonObject | undefined, string]>([
    ['a description of a parameter', { a: { type: 'integer' } }, 'a: int # '],
    ['parameters', undefined, 'Add two numbers.'],
    ['further keys', { a: { type: 'object', description: 'One' } }, 'a: dict[str, ] # One'],
  ])('gets what it lacks, where that means nothing: %s', (_, properties, expected) => {
    expect(rendered(pickyTemplate, [user('One?')], [ask(properties)])).toContain(expected)
  })

  test.each([{ type: 'null' }, { type: ['string', 'null'] }])('is named, and its parameter: %j', (schema) => {
    const refused = [add, ask({ a: { type: 'string' }, b: schema })]
    const error = failureOf(async () => rendered(pickyTemplate, [user('One?')], refused))
    return expect(error).resolves.toMatchObject({
      code: 'OPTION_UNSUPPORTED',
      option: 'tools',
      message: expect.stringContaining("cannot print the tool 'add' with its parameter 'b'"),
    })
  })
})

describe('calls and results', () => {
  const messages = [
    user('One?'),
    assistant({ text: 'So.', toolCalls: [call] }),
    tool({ result: '3', origin: call }),
  ]

  test.each([
    [
      'qwen3',
      templates.qwen3,
      'So.\n<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call><|im_end|>\n<|im_start|>user\n<tool_response>\n3\n</tool_response><|im_end|>\n<|im_start|>assistant\n',
    ],
    [
      'llama31',
      templates.llama31,
      '{"name": "add", "parameters": {"a": 1}}<|eot_id|><|start_header_id|>ipython<|end_header_id|>\n\n3<|eot_id|>',
    ],
    ['functionary31', templates.functionary31, 'So.<function=add>{"a": 1}</function><|eot_id|>'],
    [
      'gemma',
      templates.gemma,
      'So.\n<tool_call>\n{"name": "add", "arguments": {"a":1}}\n</tool_call><end_of_turn>\n<start_of_turn>user\n<tool_response>\n3\n</tool_response><end_of_turn>\n<start_of_turn>model\n',
    ],
  ])('are rendered as %s has them', (_, text, expected) => {
    expect(rendered(text, messages, [add])).toContain(expected)
  })

  test('have ids in the form that the template demands, the same for both', () => {
    const text = rendered(templates.mistral3, messages, [add])
    const [, id, answered] = /"id": "(\w+)"}\].*"call_id": "(\w+)"/.exec(text) ?? []
    expect(id).toMatch(/^[0-9A-Za-z]{9}$/)
    expect(answered).toBe(id)
  })

  test('come one by one where a template takes one call in a turn', () => {
    const text = rendered(templates.llama31, [
      user('One?'),
      assistant({ toolCalls: [call, other] }),
      tool({ result: 'first', origin: call }),
      tool({ result: 'second', origin: other }),
    ])
    const order = ['{"a": 1}', 'first', '{"a": 2}', 'second'].map((words) => text.indexOf(words))
    expect(order.every((place) => place >= 0)).toBe(true)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
  })

  test('may be without ids, of an unknown call, in parts, or an error', () => {
    const { id: _, ...nameless } = call
    const parts = [
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ] as const
    const text = rendered(templates.qwen25, [
      user('One?'),
      assistant({ toolCalls: [nameless] }),
      tool({ result: parts, origin: nameless }),
      tool({ result: 'It broke.', origin: other, error: true }),
    ])
    expect(text).toContain('<tool_response>\none\ntwo\n</tool_response>')
    expect(text).toContain('<tool_response>\nIt broke.\n</tool_response>')
  })

  test('with an image are refused', async () => {
    const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
    const error = await failureOf(() =>
      rendered(templates.qwen25, [user('One?'), tool({ result: [image], origin: call })]),
    )
    expect(error.code).toBe('MODALITY_UNSUPPORTED')
    expect(error.message).toBe(
      "The result of a tool holds a part of type 'image'. Engine 'node-llama-cpp' takes text and tool calls, but no image parts. Images need engine 'llama.node' and a modelClipPath.",
    )
  })
})

test.each([
  ['a template with tools', templates.qwen3, 'required', undefined, false],
  ['a template with tools', templates.qwen3, 'required', false, true],
  ['a template without them', templates.gemma, 'auto', undefined, false],
  ['a template without them', templates.gemma, 'required', undefined, true],
  ['a template without them', templates.gemma, { name: 'add' }, undefined, true],
  ['a template without them', templates.gemma, 'required', true, false],
] as const)('of %s, a choice of %j and parallel calls %j, only one call is made: %j', (...row) => {
  const [, text, toolChoice, parallelToolCalls, oneCall] = row
  const request = {
    messages: [user('One?')],
    tools: [add],
    templateKwargs: {},
    toolChoice,
    parallelToolCalls,
  }
  const { format } = template(text).render(request, (words) => words)
  expect([format.oneCall, format.calls.between === undefined]).toEqual([oneCall, oneCall])
})

describe('the order of messages', () => {
  test('is kept, also of several system messages', () => {
    const text = rendered(templates.openThought, [
      system('One.'),
      user('Two.'),
      system('Three.'),
      assistant('Four.'),
      user('Five.'),
    ])
    const words = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'].map((word) => text.indexOf(word))
    expect(words.every((place) => place >= 0)).toBe(true)
    expect(words).toEqual(words.toSorted((a, b) => a - b))
  })

  test('is fitted to a template that has no system messages, and whose roles take turns', () => {
    expect(rendered(templates.gemma, [system('Be brief.'), user('One?'), user('Two?')])).toBe(
      '<s><start_of_turn>user\nBe brief.\n\nOne?\n\nTwo?<end_of_turn>\n<start_of_turn>model\n',
    )
  })

  test('that a template refuses however it is put is an error with its words', async () => {
    const text =
      '{% if messages | length > 5 %}{{ raise_exception("too many") }}{% endif %}{% for m in messages %}{{ m.content }}{% endfor %}'
    const error = await failureOf(() =>
      rendered(
        text,
        ['a', 'b', 'c'].flatMap((text) => [user(text), assistant(text)]),
      ),
    )
    expect(error).toMatchObject({ code: 'MODALITY_UNSUPPORTED' })
    expect(error.message).toBe(
      'The chat template of the model refuses this conversation: too many. Another one can be given as modelKwargs.chatTemplate.',
    )
  })
})

describe('thoughts of earlier turns', () => {
  const thinking = assistant({ text: 'So.', reasoning: 'Hm.' })

  test('are given to a template, which drops those before the last question', () => {
    expect(rendered(templates.qwen3, [user('One?'), thinking, user('Two?')])).not.toContain('Hm.')
    const calling = assistant({ reasoning: 'Hm.', toolCalls: [call] })
    const messages = [user('One?'), calling, tool({ result: '3', origin: call })]
    expect(rendered(templates.qwen3, messages, [add])).toContain('<think>\nHm.\n</think>')
  })

  test('are told apart from those that the prompt opens', () => {
    const format = (text: string, messages: readonly ChatMessage[]) =>
      template(text).render({ messages, tools: [], templateKwargs: {} }, (words) => words).format
    expect(format(templates.openThought, [user('One?')])).toMatchObject({
      thoughtOpen: true,
      answer: { thought: { start: '<think>', end: '</think>' } },
    })
    expect(format(templates.qwen3, [user('One?')])).toMatchObject({
      thoughtOpen: false,
      answer: { thought: { close: '\n</think>\n\n' } },
    })
    expect(format(templates.gemma, [user('One?')]).answer.thought).toBeUndefined()
  })
})

test('further variables reach the template', () => {
  expect(rendered(templates.qwen3, [user('One?')], [], { enable_thinking: false })).toMatch(
    /<think>\n\n<\/think>\n\n$/,
  )
})
