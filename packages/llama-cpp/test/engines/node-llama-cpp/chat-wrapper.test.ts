import { describe, expect, test } from '@jest/globals'
import type * as Binding from 'node-llama-cpp'
import { chatWrapperOf } from '../../../src/engines/node-llama-cpp/chat-wrapper.ts'

const template = '{% for message in messages %}{{ message.content }}{% endfor %}'
const modelWith = (chat_template: unknown) =>
  ({
    tokenizer: () => [],
    fileInfo: { metadata: { tokenizer: { chat_template } } },
  }) as unknown as Binding.LlamaModel

/** A binding that says which way was taken. */
function bindingThat(reads: boolean) {
  const chosen = { wrapperName: 'chosen' }
  class JinjaTemplateChatWrapper {
    readonly wrapperName = 'Jinja'
    readonly options: object
    constructor(options: object) {
      this.options = options
      if (!reads) throw new SyntaxError('no template')
    }
  }
  const asked: unknown[] = []
  const resolveChatWrapper = (_: unknown, options: unknown) => {
    asked.push(options)
    return chosen
  }
  return {
    binding: { JinjaTemplateChatWrapper, resolveChatWrapper } as unknown as typeof Binding,
    chosen,
    asked,
  }
}

describe('chatWrapperOf', () => {
  test("is the model's own template, and asks for no other", () => {
    const { binding, asked } = bindingThat(true)
    expect(chatWrapperOf(modelWith(template), binding)).toMatchObject({
      wrapperName: 'Jinja',
      options: { template },
    })
    expect(asked).toEqual([])
  })

  test.each([undefined, '', '  \n', ['a list']])(
    'is chosen by the binding where the template is %j',
    (absent) => {
      const { binding, chosen } = bindingThat(true)
      expect(chatWrapperOf(modelWith(absent), binding)).toBe(chosen)
    },
  )

  test('is chosen by the binding where the template cannot be read', () => {
    const { binding, chosen, asked } = bindingThat(false)
    expect(chatWrapperOf(modelWith(template), binding)).toBe(chosen)
    expect(asked).toEqual([{ warningLogs: false, noJinja: true }])
  })
})
