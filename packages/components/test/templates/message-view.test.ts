import { describe, expect, test } from '@jest/globals'
import { ChatMessage, Document } from '@millrace/core'
import { PromptBuilder } from '../../src/builders/prompt-builder.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
const call = { type: 'toolCall', id: '1', name: 'add', arguments: { a: 1 } } as const
const reply = ChatMessage.assistant({
  text: 'Paris.',
  reasoning: 'France?',
  toolCalls: [call],
  meta: { model: 'm' },
})

function render(template: string, values: Record<string, unknown>): string {
  return new PromptBuilder({ template }).run(values).prompt
}

describe('a chat message in a prompt', () => {
  test.each([
    ['{{ replies }}', 'Paris.'],
    ['{{ replies[0] }}', 'Paris.'],
    ['{{ replies[0].text }}', 'Paris.'],
    ['{{ replies | first }}', 'Paris.'],
    ['{% for reply in replies %}{{ reply.role }}: {{ reply }}{% endfor %}', 'assistant: Paris.'],
    ["{{ replies | map(attribute='text') | join('+') }}", 'Paris.'],
    [
      '{{ replies[0].reasoning }} {{ replies[0].meta.model }} {{ replies[0].toolCalls[0].arguments }}',
      "France? m {'a': 1}",
    ],
    ["{{ replies[0].name | default('none') }}", 'none'],
    ['{{ replies | selectattr("role", "eq", "assistant") | list | length }}', '1'],
  ])('prints as people write it: %s', (template, text) => {
    expect(render(template, { replies: [reply] })).toBe(text)
  })

  test('joins all its texts, and leaves out what is not text', () => {
    expect(render('{{ m }}|{{ m.images | length }}', { m: ChatMessage.user(['a', image, 'b']) })).toBe('ab|1')
    expect(render('{{ m }}', { m: ChatMessage.tool({ result: '579', origin: call }) })).toBe('579')
    expect(render('[{{ m }}]', { m: ChatMessage.assistant() })).toBe('[]')
  })

  test('is found within other values', () => {
    const turns = [{ who: 'x', message: reply }, { documents: [Document.create({ content: 'd' })] }]
    expect(render('{{ turns[0].message.text }} {{ turns[1].documents[0].content }}', { turns })).toBe(
      'Paris. d',
    )
  })

  test('has no other attributes, which is said with those that it has', () => {
    expect(() => render('{{ replies[0].txet }}', { replies: [reply] })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          "'template' failed at line 1, column 15: A chat message has no 'txet'. Possible: 'text', 'role', 'content', 'texts', 'images', 'files', 'toolCalls', 'toolCallResults', 'reasoning', 'name', 'meta'. Did you mean 'text'?",
      }),
    )
  })

  test('is written as JSON as it is', () => {
    expect(JSON.parse(render('{{ m | tojson }}', { m: reply }))).toEqual(reply)
  })
})
