import { describe, expect, test } from '@jest/globals'
import { ChatTemplate } from '../../src/chat/chat-template.ts'
import { jinjaTemplate } from '../../src/chat/jinja-template.ts'
import { chatTemplates as templates } from './chat-templates.ts'

function facts(text: string) {
  return new ChatTemplate(text, jinjaTemplate(text), { bos: '<s>', eos: '</s>' }).facts
}

const json = { name: 'json', open: '', close: '', values: { kind: 'json' } }
const hermes = {
  ...json,
  call: '<tool_call>\n{"name": "⟨name⟩", "arguments": ⟨arguments⟩}\n</tool_call>',
  between: '\n',
}

describe('what is read off a template about calls', () => {
  test.each([
    ['qwen25', hermes, 'any', false],
    ['qwen3', hermes, 'any', false],
    ['llama31', { name: 'llama-3', call: '{"name": "⟨name⟩", "parameters": ⟨arguments⟩}' }, 'any', false],
    [
      'mistral3',
      {
        ...json,
        open: '[TOOL_CALLS] [',
        call: '{"name": "⟨name⟩", "arguments": ⟨arguments⟩⟪, "id": "⟨id⟩"⟫}',
        between: ', ',
        close: ']',
      },
      'nine',
      false,
    ],
    ['mistral11', { ...json, call: '[TOOL_CALLS]⟨name⟩[ARGS]⟨arguments⟩', between: '' }, 'any', false],
    ['functionary32', { ...json, call: '⟨name⟩\n⟨arguments⟩', between: '>>>' }, 'any', false],
    [
      'functionary31',
      { ...json, call: '<function=⟨name⟩>⟨arguments⟩</function>', between: '' },
      'any',
      false,
    ],
    [
      'deepSeek',
      {
        ...json,
        open: '<｜tool▁calls▁begin｜>',
        call: '<｜tool▁call▁begin｜>function<｜tool▁sep｜>⟨name⟩\n```json\n⟨arguments⟩\n```<｜tool▁call▁end｜>',
        between: '\n',
        close: '<｜tool▁calls▁end｜>',
      },
      'any',
      true,
    ],
  ] as const)('%s', (name, format, ids, argumentsAsText) => {
    const { calls } = facts(templates[name])
    expect(calls).toMatchObject({ ids, argumentsAsText })
    expect(calls?.format).toMatchObject(format)
  })

  test.each(['gemma', 'openThought'] as const)('is nothing where it knows no tools: %s', (name) => {
    expect(facts(templates[name])).toMatchObject({ calls: undefined, describesTools: false })
  })

  test('is nothing where calls cannot be read back: a format that is lost in the words around it', () => {
    const text =
      '{% for tool in tools %}{{ tool.function.name }}{% endfor %}{% for m in messages %}{{ m.content }}{% for call in m.tool_calls or [] %}I call {{ call.function.name }} now{% endfor %}{% endfor %}'
    expect(facts(text)).toMatchObject({ calls: undefined, describesTools: true })
  })
})

test('a template that renders no conversation says why', () => {
  expect(facts("{{ raise_exception('No poems today.') }}").refusal).toContain('No poems today.')
  expect(facts(templates.qwen3).refusal).toBeUndefined()
})
