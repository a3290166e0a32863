import { describe, expect, test } from '@jest/globals'
import { compileParts } from '../../src/template/compile-parts.ts'

const image = { type: 'image', base64: 'AAAA', mimeType: 'image/png' } as const

describe('compileParts', () => {
  test('gives a text without images as one part, as it was rendered', () => {
    const template = compileParts(' {{ x }} ', undefined)
    expect(template.variables).toEqual(['x'])
    expect(template.render({ x: 'a ' })).toEqual([{ type: 'text', text: ' a  ' }])
    expect(compileParts('', undefined).render({})).toEqual([{ type: 'text', text: '' }])
  })

  test('gives texts and images in their order', () => {
    const template = compileParts(
      'a{% for x in xs %}{{ x.name }}{{ x.photo | image }}{% endfor %}',
      undefined,
    )
    expect(
      template.render({
        xs: [
          { name: 'b', photo: image },
          { name: 'c', photo: [image, image] },
        ],
      }),
    ).toEqual([{ type: 'text', text: 'ab' }, image, { type: 'text', text: 'c' }, image, image])
  })

  test('places a captured image where it is printed', () => {
    const template = compileParts('{% set p %}{{ x | image }}!{% endset %}a{{ p }}', undefined)
    expect(template.render({ x: image })).toEqual([
      { type: 'text', text: 'a' },
      image,
      { type: 'text', text: '!' },
    ])
  })

  test('leaves out an image that is missing', () => {
    expect(compileParts('a{{ x | image }}', undefined).render({})).toEqual([{ type: 'text', text: 'a' }])
  })

  test('fails for what is no image', () => {
    expect(() =>
      compileParts('{{ x | image }}', 'template').render({ x: 'data:image/png;base64,AAAA' }),
    ).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          "'template' failed at line 1, column 1: The filter 'image' works on an ImageContent or a list of them, not a string.",
      }),
    )
  })

  test('fails for an image that was cut', () => {
    const template = compileParts('{% set p %}{{ x | image }}{% endset %}{{ p[1:] }}', 'template')
    expect(() => template.render({ x: image })).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_FAILED',
        message:
          "'template' failed: An image was changed by a filter. Print it as {{ x | image }}, and leave what it prints alone.",
      }),
    )
  })

  test('places an image on a condition', () => {
    const template = compileParts('{{ x | image if a else "none" }}{{ x | image if b }}', undefined)
    expect(template.render({ x: image, a: false, b: true })).toEqual([{ type: 'text', text: 'none' }, image])
  })

  test.each([
    '{{ x | image | upper }}',
    '{{ x | image ~ "a" }}',
    '{% set y = x | image %}',
    '{{ [x | image] }}',
  ])('refuses %s', (text) => {
    expect(() => compileParts(text, undefined)).toThrow(
      expect.objectContaining({
        code: 'TEMPLATE_SYNTAX',
        message: expect.stringMatching(
          /: An image can only be printed, as in \{\{ x \| image \}\}; nothing else can be done with it\.$/,
        ),
      }),
    )
  })
})
