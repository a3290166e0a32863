import { describe, expect, test } from '@jest/globals'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import { chatHandlerNames, chatHandlerTemplate } from '../../src/chat-formats/chat-handlers.ts'

const image = 'U1\n<__media__>'
const turns = [
  { role: 'user', content: image },
  { role: 'assistant', content: 'A1' },
  { role: 'user', content: 'U2' },
]

function prompt(name: string, messages: readonly object[]): string {
  return jinjaTemplate(chatHandlerTemplate(name) ?? '')({ messages, add_generation_prompt: true })
}

describe('the prompts of chat handlers, with a system message', () => {
  const messages = [{ role: 'system', content: 'SYS' }, ...turns]
  test.each([
    ['Llava15ChatHandler', 'SYS\nUSER: U1\n<__media__>\nASSISTANT: A1\nUSER: U2\nASSISTANT:'],
    ['Llava16ChatHandler', 'SYS\nU1\n<__media__>\nAnswer: A1\nU2\nAnswer:'],
    [
      'ObsidianChatHandler',
      '<|im_start|>system\nSYS\n###\n<|im_start|>user\nU1\n<__media__>\n###\n<|im_start|>assistant\nA1\n###\n<|im_start|>user\nU2\n###\n<|im_start|>assistant\n',
    ],
    ['MoondreamChatHandler', 'SYS\n\nQuestion: U1\n<__media__>\n\nAnswer: A1\n\nQuestion: U2\n\nAnswer:'],
    [
      'NanoLlavaChatHandler',
      '<|im_start|>system\nSYS<|im_end|><|im_start|>user\nU1\n<__media__><|im_end|><|im_start|>assistant\nA1<|im_end|><|im_start|>user\nU2<|im_end|><|im_start|>assistant\n',
    ],
    [
      'Llama3VisionAlpha',
      '<|start_header_id|>system<|end_header_id|>\n\nSYS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU1\n<__media__><|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nA1<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nU2<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      'MiniCPMv26ChatHandler',
      '<|im_start|>system\nSYS<|im_end|>\n<|im_start|>user\nU1\n<__media__><|im_end|>\n<|im_start|>assistant\nA1<|im_end|>\n<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n',
    ],
  ])('%s', (name, expected) => {
    expect(prompt(name, messages)).toBe(expected)
  })
})

describe('without a system message', () => {
  test.each([
    [
      'llava-1-5',
      "A chat between a curious human and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the human's questions.\nUSER: U2\nASSISTANT:",
    ],
    ['llava-1-6', 'Answer the question.\nU2\nAnswer:'],
    ['obsidian', '<|im_start|>user\nU2\n###\n<|im_start|>assistant\n'],
    ['moondream', 'Question: U2\n\nAnswer:'],
    [
      'nanollava',
      '<|im_start|>system\nAnswer the question<|im_end|><|im_start|>user\nU2<|im_end|><|im_start|>assistant\n',
    ],
    [
      'llama-3-vision-alpha',
      '<|start_header_id|>user<|end_header_id|>\n\nU2<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
    ],
    [
      'minicpm-v-2.6',
      '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n<|im_start|>user\nU2<|im_end|>\n<|im_start|>assistant\n',
    ],
  ])('%s has its own words, or none', (name, expected) => {
    expect(prompt(name, [{ role: 'user', content: 'U2' }])).toBe(expected)
  })
})

test.each(['MTMDChatHandler', 'mtmd', 'Qwen25VLChatHandler', 'qwen2.5-vl', 'Gemma4ChatHandler', 'gemma4'])(
  '%s is the template of the model itself',
  (name) => {
    expect(chatHandlerNames).toContain(name)
    expect(chatHandlerTemplate(name)).toBeUndefined()
  },
)

test('names of the class and of the server mean the same', () => {
  expect(chatHandlerTemplate('llava-1-5')).toBe(chatHandlerTemplate('Llava15ChatHandler'))
  expect(chatHandlerTemplate('Llama3VisionAlpha')).toBe(chatHandlerTemplate('Llama3VisionAlphaChatHandler'))
  expect(new Set(chatHandlerNames).size).toBe(chatHandlerNames.length)
})

test('messages that a format has no place for are refused, not left out', () => {
  const messages = [...turns, { role: 'tool', content: '42' }]
  expect(() => prompt('moondream', messages)).toThrow(/no place for messages of the role tool/)
})
