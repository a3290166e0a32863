import { describe, expect, test } from '@jest/globals'
import { ChatMessage, defineComponent, Pipeline, t } from '@millrace/core'
import { checkValue, typeName } from '@millrace/core/component'
import { testComponent } from '@millrace/core/testing'
import { ChatPromptBuilder } from '../../src/builders/chat-prompt-builder.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const

const templates = {
  list: [
    { role: 'system', content: 'Be {{ tone }}.' },
    { insert: 'history' },
    {
      role: 'user',
      content: ['{{ question }}', { type: 'image', variable: 'photo' }],
      name: 'ann',
      meta: { a: [1] },
    },
    ChatMessage.assistant({
      text: 'a',
      reasoning: 'b',
      toolCalls: [{ type: 'toolCall', name: 'f', arguments: {} }],
    }),
    ChatMessage.tool({ result: 'c', origin: { type: 'toolCall', name: 'f', arguments: {} } }),
    ChatMessage.user(['d', image, { type: 'file', base64: 'AAAA', mimeType: 'application/pdf' }]),
  ],
  blocks: `{% message role="system" %}Be {{ tone }}.{% endmessage %}{% insert history %}
    {% message role="user" %}{{ question }}{{ photo | image }}{% endmessage %}`,
} as const

describe('ChatPromptBuilder', () => {
  describe.each(Object.entries(templates))('made with %s', (_, template) => {
    testComponent(() => new ChatPromptBuilder({ template, requiredVariables: ['question'] }), {
      test,
      inputs: [
        { question: 'why?' },
        { question: 'why?', tone: 'dry', history: [ChatMessage.user('a')], photo: image },
      ],
    })
  })

  test.each(Object.entries(templates))('keeps its parameters as they were given: %s', (_, template) => {
    const parameters = { template, requiredVariables: ['question'], variables: ['question', 'extra'] }
    const builder = new ChatPromptBuilder(parameters)
    expect(builder.initParameters).toBe(parameters)
    expect(checkValue(ChatPromptBuilder.parameters, builder.initParameters)).toEqual([])
    const again = new ChatPromptBuilder(JSON.parse(JSON.stringify(builder.initParameters)))
    expect(again.inputs).toEqual(builder.inputs)
    const values = { tone: 'brief', question: 'why?', photo: image }
    expect(again.run(values)).toEqual(builder.run(values))
  })

  test('has an input for each variable, with the type that it needs', () => {
    const { inputs, outputs } = new ChatPromptBuilder({
      template: templates.list,
      requiredVariables: ['question'],
    })
    expect(
      Object.entries(inputs).map(([name, socket]) => [name, typeName(socket.type), socket.optional]),
    ).toEqual([
      ['tone', 'unknown', true],
      ['history', 'ChatMessage[]', true],
      ['question', 'unknown', false],
      ['photo', 'ImageContent | ImageContent[]', true],
      ['template', expect.stringContaining('string | '), true],
      ['templateVariables', 'Record<string, unknown>', true],
    ])
    expect(typeName(outputs.prompt.type)).toBe('ChatMessage[]')
  })

  test('makes messages that are messages', () => {
    const { prompt } = new ChatPromptBuilder({ template: templates.list }).run({
      tone: 'brief',
      history: [ChatMessage.user('{{ question }}')],
      question: '{% message role="system" %}',
      photo: [image, image],
    })
    expect(checkValue(t.array(t.message()), prompt)).toEqual([])
    expect(prompt.slice(0, 3)).toEqual([
      ChatMessage.system('Be brief.'),
      ChatMessage.user('{{ question }}'),
      ChatMessage.user(['{% message role="system" %}', image, image], { name: 'ann', meta: { a: [1] } }),
    ])
  })

  test('misses what is required', () => {
    const builder = new ChatPromptBuilder({
      template: [ChatMessage.user('{{ a }}{{ b }}')],
      requiredVariables: ['a'],
    })
    expect(builder.run({ a: 1 }).prompt).toEqual([ChatMessage.user('1')])
    expect(() => builder.run({ b: 1 })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message:
          "ChatPromptBuilder was not given 'a'. Required: 'a'. Given: 'b'. Give what is missing, or leave it out of 'requiredVariables'.",
      }),
    )
  })

  test('takes a template of either form for one run', () => {
    const builder = new ChatPromptBuilder({ template: 'own' })
    expect(builder.run({}).prompt).toEqual([ChatMessage.user('own')])
    expect(
      builder.run({ template: [{ role: 'system', content: '{{ a }}' }], templateVariables: { a: 1 } }).prompt,
    ).toEqual([ChatMessage.system('1')])
    expect(
      builder.run({ template: '{% insert a %}', templateVariables: { a: ChatMessage.user('b') } }).prompt,
    ).toEqual([ChatMessage.user('b')])
  })

  test('needs a template at run time when it was made without one', () => {
    const builder = new ChatPromptBuilder({ variables: ['query'] })
    expect(builder.inputs.template.optional).toBe(false)
    expect(builder.run({ query: 'a', template: '{{ query }}' }).prompt).toEqual([ChatMessage.user('a')])
    expect(() => builder.run({ query: 'a' })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_INVALID',
        message:
          "This ChatPromptBuilder was made without a template, so each run must be given one as 'template'.",
      }),
    )
    expect(() => new ChatPromptBuilder().run({})).toThrow(
      expect.objectContaining({ code: 'TEMPLATE_INVALID' }),
    )
  })

  test.each([
    [{ template: [] }, 'TEMPLATE_INVALID', 'template'],
    [{ template: [ChatMessage.user('{{')] }, 'TEMPLATE_SYNTAX', 'template[0].content[0].text'],
    [{ template: [ChatMessage.user('{{ template }}')] }, 'TEMPLATE_INVALID', 'template'],
    [{ template: [{ insert: 'templateVariables' }] }, 'TEMPLATE_INVALID', 'template[0].insert'],
    [{ template: 'a', requiredVariables: ['b'] }, 'TEMPLATE_VARIABLE_UNKNOWN', 'requiredVariables[0]'],
  ] as const)('refuses %j when it is made', (parameters, code, option) => {
    expect(() => new ChatPromptBuilder(parameters as never)).toThrow(
      expect.objectContaining({ code, option }),
    )
  })

  test.each([
    [{ template: [{ rol: 'user', content: 'a' }] }, ['template', 0], "'rol' is unknown."],
    [{ template: [{ role: 'usr', content: 'a' }] }, ['template', 0, 'role'], "Did you mean 'user'?"],
    [{ template: 1 }, ['template'], 'expected'],
  ])('declares what %j should be', (parameters, path, message) => {
    const [problem] = checkValue(ChatPromptBuilder.parameters, parameters)
    expect(problem?.path).toEqual(path)
    expect(problem?.message).toContain(message)
  })

  test('works in a pipeline, where a text becomes a message for a conversation', async () => {
    const Say = defineComponent({
      type: 'Say',
      inputs: { text: t.string() },
      outputs: { text: t.string() },
      run: ({ text }) => ({ text }),
    })
    const pipeline = new Pipeline({
      say: new Say(),
      prompt: new ChatPromptBuilder({
        template: [{ insert: 'history' }, { role: 'user', content: '{{ question }}' }],
      }),
    }).connect('say.text', 'prompt.history')
    const result = await pipeline.run({ say: { text: '{{ question }}' }, prompt: { question: 'b' } })
    expect(result.get('prompt.prompt')).toEqual([ChatMessage.user('{{ question }}'), ChatMessage.user('b')])
  })
})
