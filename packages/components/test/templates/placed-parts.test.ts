import { describe, expect, test } from '@jest/globals'
import { ChatMessage } from '@millrace/core'
import { typeName } from '@millrace/core/component'
import {
  ChatPromptBuilder,
  type ChatPromptBuilderParameters,
} from '../../src/builders/chat-prompt-builder.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const
const file = { type: 'file', base64: 'AAAA', mimeType: 'application/pdf' } as const

function render(template: NonNullable<ChatPromptBuilderParameters['template']>, values: object) {
  return new ChatPromptBuilder({ template }).run({ ...values }).prompt
}

describe('parts in the messages of a template', () => {
  test('are images, files and thoughts', () => {
    const template = `{% message role="user" %}Look: {{ photo | image }} and {{ report | file }}{% endmessage %}
      {% message role="assistant" %}It is red.{{ thought | reasoning }}{% endmessage %}`
    expect(render(template, { photo: image, report: [file], thought: 'A circle.' })).toEqual([
      ChatMessage.user(['Look:', image, 'and', file]),
      ChatMessage.assistant({ text: 'It is red.', reasoning: 'A circle.' }),
    ])
  })

  test('have one filter for all, by the name that Haystack gives it', () => {
    expect(
      render('{{ photo | templatize_part }}{{ report | templatize_part }}', { photo: image, report: file }),
    ).toEqual([ChatMessage.user([image, file])])
  })

  test('come from variables of a list of messages, too', () => {
    const template = [{ role: 'user', content: ['Read', { type: 'file', variable: 'report' }] }] as const
    expect(render(template, { report: file })).toEqual([ChatMessage.user(['Read', file])])
  })

  test('give their variables a type', () => {
    const { inputs } = new ChatPromptBuilder({
      template: `{% message role="user" %}{{ one | image }}{% for photo in many %}{{ photo | image }}{% endfor %}{% endmessage %}
        {% for turn in turns %}{% insert turn %}{% endfor %}{{ '' }}{% if note %}{% insert note %}{% endif %}`,
    })
    const types = Object.entries(inputs).map(([name, socket]) => [name, typeName(socket.type)])
    expect(types.slice(0, 4)).toEqual([
      ['one', 'ImageContent | ImageContent[]'],
      ['many', 'ImageContent[]'],
      ['turns', 'ChatMessage[]'],
      ['note', 'ChatMessage[]'],
    ])
  })

  test('cannot be changed by other filters', () => {
    expect(() => render('{% set p %}{{ photo | image }}{% endset %}{{ p[1:] }}', { photo: image })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: expect.stringContaining('was changed by a filter'),
      }),
    )
  })

  test.each([
    '{{ photo | image | reverse }}',
    "{{ photo | image | string | replace('0', '1') }}",
    '{{ [photo | image] }}',
  ])('cannot be changed by other filters, also where the mark is no longer one: %s', (template) => {
    expect(() => render(template, { photo: image })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: expect.stringContaining('was changed by a filter'),
      }),
    )
  })

  test('are not printed as text, which would be the whole of their base64', () => {
    for (const template of ['{{ photo }}', '{{ [1, photo] }}', '{{ message.images[0] }}']) {
      const values = { photo: image, message: ChatMessage.user([image]) }
      const given = Object.fromEntries(Object.entries(values).filter(([name]) => template.includes(name)))
      expect(() => render(template, given)).toThrow(
        expect.objectContaining({
          code: 'TEMPLATE_FAILED',
          message: expect.stringContaining("The image cannot be printed as text: place it with '| image'"),
        }),
      )
    }
    expect(
      render('{{ photo.mimeType }}{{ message.images | image }}', {
        photo: image,
        message: ChatMessage.user([image]),
      }),
    ).toEqual([ChatMessage.user(['image/png', image])])
  })

  test('are refused where they are of another kind', () => {
    expect(() => render('{{ photo | image }}', { photo: file })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message: expect.stringContaining(
          "The filter 'image' works on an ImageContent or a list of them, not",
        ),
      }),
    )
  })

  test('say why a name is missing that an if sets', () => {
    expect(() => render("{% if a %}{% set z = 'x' %}{% endif %}{{ z }}", { a: true })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_VARIABLE_MISSING',
        message: expect.stringContaining(
          "The template sets 'z' in some cases only: put {% set z = '' %} in front of them, if it is not an input.",
        ),
      }),
    )
  })
})
