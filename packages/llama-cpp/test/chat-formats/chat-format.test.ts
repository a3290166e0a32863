// Each format, rendered.
import { describe, expect, test } from '@jest/globals'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import {
  CHAT_FORMATS,
  chatFormatStops,
  chatFormatTemplate,
  isEmbeddedFormat,
} from '../../src/chat-formats/chat-format.ts'
import { failureOf } from '../failure-of.ts'

const conversation = [
  { role: 'system', content: 'SYS' },
  { role: 'user', content: 'U1' },
  { role: 'assistant', content: 'A1' },
  { role: 'user', content: 'U2' },
]

function render(name: string, messages: readonly unknown[], more: object = {}): string {
  const template = jinjaTemplate(chatFormatTemplate(name))
  return template({ messages, add_generation_prompt: true, ...more })
}

const golden: Readonly<Record<string, string>> = {
  'llama-2': '[INST] <<SYS>>\nSYS\n<</SYS>>\n\nU1 [/INST] A1 </s><s>[INST] U2 [/INST]',
  'llama-3':
    '<|start_header_id|>system<|end_header_id|>\n\nSYS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU1<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA1<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU2<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
  alpaca: 'SYS\n\n### Instruction: U1\n\n### Response: A1</s>### Instruction: U2\n\n### Response:',
  qwen: '<|im_start|>system\nSYS<|im_end|>\n<|im_start|>user\nU1<|im_end|>\n<|im_start|>assistant\nA1<|im_end|>\n<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n',
  vicuna: 'SYS USER: U1 ASSISTANT: A1</s>USER: U2 ASSISTANT:',
  oasst_llama:
    '[INST] <<SYS>>\nSYS\n<</SYS>>\n\n<|prompter|>U1</s><|assistant|>A1</s><|prompter|>U2</s><|assistant|>',
  'baichuan-2': 'SYS<reserved_106>U1<reserved_107>A1<reserved_106>U2<reserved_107>',
  baichuan: 'SYS<reserved_102>U1<reserved_103>A1<reserved_102>U2<reserved_103>',
  openbuddy: 'SYS\nUser: U1\nAssistant: A1\nUser: U2\nAssistant:',
  'redpajama-incite': 'SYS\n<human>: U1\n<bot>: A1\n<human>: U2\n<bot>:',
  snoozy: 'SYS\n### Prompt: U1\n### Response: A1\n### Prompt: U2\n### Response:',
  phind:
    '### System Prompt\nSYS\n\n### User Message: U1\n\n### Assistant: A1\n\n### User Message: U2\n\n### Assistant:',
  intel: '### System:\nSYS\n### User:\nU1\n### Assistant:\nA1\n### User:\nU2\n### Assistant:\n',
  'open-orca':
    'SYS<|end_of_turn|>\nUser: U1<|end_of_turn|>\nAssistant: A1<|end_of_turn|>\nUser: U2<|end_of_turn|>\nAssistant:',
  mistrallite: '<|system|>SYS</s><|prompter|>U1 </s>\n<|assistant|>A1 <|prompter|>U2 </s>\n<|assistant|>',
  zephyr: '<|system|>\nSYS</s>\n<|user|>\nU1</s>\n<|assistant|>\nA1</s>\n<|user|>\nU2</s>\n<|assistant|>\n',
  pygmalion: '<|system|>SYS\n\n<|user|>\nU1\n\n<|model|>\nA1\n\n<|user|>\nU2\n\n<|model|>\n',
  chatml:
    '<|im_start|>system\nSYS<|im_end|>\n<|im_start|>user\nU1<|im_end|>\n<|im_start|>assistant\nA1<|im_end|>\n<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n',
  'mistral-instruct': '[INST] SYS\n\nU1 [/INST]A1</s>[INST] U2 [/INST]',
  chatglm3: '<|system|>\nSYS<|user|>\n U1<|assistant|>\n A1<|user|>\n U2<|assistant|>',
  openchat:
    'SYS<|end_of_turn|>GPT4 Correct User: U1<|end_of_turn|>GPT4 Correct Assistant: A1<|end_of_turn|>GPT4 Correct User: U2<|end_of_turn|>GPT4 Correct Assistant:',
  saiga: '<s>system\nSYS</s><s>user\nU1</s><s>bot\nA1</s><s>user\nU2</s><s>bot\n',
  gemma:
    '<start_of_turn>user\nSYS\n\nU1<end_of_turn>\n<start_of_turn>model\nA1<end_of_turn>\n<start_of_turn>user\nU2<end_of_turn>\n<start_of_turn>model\n',
  'chatml-function-calling':
    '<|im_start|>system\nSYS<|im_end|>\n<|im_start|>user\nU1<|im_end|>\n<|im_start|>assistant\nA1<|im_end|>\n<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n',
}
const names = CHAT_FORMATS.filter((name) => !isEmbeddedFormat(name))

describe('chatFormatTemplate', () => {
  test('knows the 23 text formats and one for tools', () => {
    expect(names).toEqual(Object.keys(golden))
    expect(names).toHaveLength(24)
  })

  test.each(names)('writes what the system, the user and the assistant say in %s', (name) => {
    expect(render(name, conversation)).toBe(golden[name])
  })

  test.each(names)('loses no turn of a long and odd conversation in %s', (name) => {
    const words = ['S1', 'U1', 'A1', 'S2', 'T1', 'U2', 'A2', 'U3', 'S3']
    const roles: Readonly<Record<string, string>> = { S: 'system', U: 'user', A: 'assistant', T: 'tool' }
    const messages = words.map((content) => ({ role: roles[content.charAt(0)], content }))
    const rendered = render(name, messages)
    expect(words.filter((word) => rendered.includes(word))).toEqual(words)
    expect(rendered).not.toMatch(/system_message|undefined|None|null/)
  })

  test.each(names)('takes an assistant without words, and no system in %s', (name) => {
    const messages = [
      { role: 'user', content: 'U1' },
      { role: 'assistant', content: null },
      { role: 'user', content: 'U2' },
    ]
    const rendered = render(name, messages)
    expect(rendered).not.toContain('<<SYS>>')
    expect(rendered.indexOf('U2')).toBeGreaterThan(rendered.indexOf('U1'))
  })

  test.each(names)('leaves out the cue where none is asked for in %s', (name) => {
    const whole = golden[name] as string
    const open = render(name, conversation, { add_generation_prompt: false })
    expect(whole.startsWith(open)).toBe(true)
    expect(open).toContain('U2')
  })

  test('speaks for the system where the format does and nobody else did', () => {
    const [, ...without] = conversation
    expect(render('qwen', without)).toMatch(
      /^<\|im_start\|>system\nYou are a helpful assistant\.<\|im_end\|>\n/,
    )
    expect(render('vicuna', without)).toMatch(/^A chat between a curious user .* questions\. USER: U1 /)
    expect(render('chatml', without)).toMatch(/^<\|im_start\|>user\nU1/)
  })

  test('writes tools, calls and results in chatml-function-calling', () => {
    const tools = [{ type: 'function', function: { name: 'add', parameters: { type: 'object' } } }]
    const call = { type: 'function', function: { name: 'add', arguments: { a: 1 } } }
    const messages = [
      ...conversation.slice(0, 2),
      { role: 'assistant', content: null, tool_calls: [call, call] },
      { role: 'tool', content: '3' },
    ]
    expect(render('chatml-function-calling', messages, { tools })).toBe(
      [
        '<|im_start|>system\nSYS\n',
        'You can call these tools. Each line describes one, with the JSON Schema of its parameters:',
        '<tools>',
        '{"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}}',
        '</tools>',
        'To call one, answer with its name and arguments:',
        '<tool_call>',
        '{"name": "NAME", "arguments": {}}',
        '</tool_call><|im_end|>',
        '<|im_start|>user\nU1<|im_end|>',
        '<|im_start|>assistant',
        '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call>',
        '<tool_call>\n{"name": "add", "arguments": {"a": 1}}\n</tool_call><|im_end|>',
        '<|im_start|>user\n<tool_response>\n3\n</tool_response><|im_end|>',
        '<|im_start|>assistant\n',
      ].join('\n'),
    )
  })

  test.each([
    ['chat_template.default', 'DEFAULT'],
    ['chat_template.tool_use', 'TOOLS'],
    ['functionary', 'DEFAULT'],
    ['functionary-v1', 'DEFAULT'],
    ['functionary-v2', 'DEFAULT'],
  ])('reads %s from the metadata of the file', (name, template) => {
    const templates = { 'tokenizer.chat_template': 'DEFAULT', 'tokenizer.chat_template.tool_use': 'TOOLS' }
    expect(chatFormatTemplate(name, templates)).toBe(template)
  })

  test('says which templates a file has', async () => {
    const templates = { 'tokenizer.chat_template': 'D', 'tokenizer.chat_template.tool_use': 'T' }
    const error = await failureOf(() => chatFormatTemplate('chat_template.tools_use', templates))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.chatFormat' })
    expect(error.message).toBe(
      "Option 'modelKwargs.chatFormat' asks for the chat template 'tools_use' of the model, which its file has not. Its templates: 'default' and 'tool_use'. Did you mean 'tool_use'?",
    )
    expect((await failureOf(() => chatFormatTemplate('functionary'))).message).toContain(
      'Its templates: none.',
    )
  })

  test('says which formats there are', async () => {
    const error = await failureOf(() => chatFormatTemplate('lama-3'))
    expect(error).toMatchObject({ code: 'OPTION_INVALID', option: 'modelKwargs.chatFormat' })
    expect(error.message).toBe(
      "Option 'modelKwargs.chatFormat' is 'lama-3', which is no chat format. Possible: 'llama-2', 'llama-3', 'alpaca', 'qwen', 'vicuna', 'oasst_llama', 'baichuan-2', 'baichuan', 'openbuddy', 'redpajama-incite', 'snoozy', 'phind', 'intel', 'open-orca', 'mistrallite', 'zephyr', 'pygmalion', 'chatml', 'mistral-instruct', 'chatglm3', 'openchat', 'saiga', 'gemma', 'chatml-function-calling', 'functionary', 'functionary-v1', 'functionary-v2' and 'chat_template.default', or 'chat_template.NAME' for a template in the model's file. Did you mean 'llama-3'?",
    )
    expect((await failureOf(() => chatFormatTemplate('toString'))).code).toBe('OPTION_INVALID')
  })

  test.each(['hf-autotokenizer', 'hf-tokenizer-config'])('refuses %s with the reason', async (name) => {
    const error = await failureOf(() => chatFormatTemplate(name))
    expect(error).toMatchObject({ code: 'OPTION_UNSUPPORTED', option: 'modelKwargs.chatFormat' })
    expect(error.message).toBe(
      `Option 'modelKwargs.chatFormat' is '${name}', which reads the template of a repository with the Python package transformers. Give its text as 'modelKwargs.chatTemplate', or leave both out: GGUF files bring the template with them.`,
    )
  })
})

describe('chatFormatStops', () => {
  test.each(names)('ends an answer in %s before the next turn', (name) => {
    const stops = chatFormatStops(name)
    const [answer = '', next = ''] = render(name, conversation).split('A1').slice(1)
    expect(next).toBe('')
    // What follows the first answer has one of them, so that the answer ends before the second question.
    const following = answer.slice(0, answer.indexOf('U2'))
    expect(stops.filter((stop) => following.includes(stop))).not.toEqual([])
    expect(stops.filter((stop) => stop.trim() === '')).toEqual([])
  })

  test('has none for templates that come with the model', () => {
    for (const name of ['chat_template.default', 'functionary', 'none'])
      expect(chatFormatStops(name)).toEqual([])
  })
})
