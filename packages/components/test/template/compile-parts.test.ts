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

  test.each([
    [
      '{{ x | image }}',
      "'template' failed at line 1, column 1: The filter 'image' works on an ImageContent or a list of them, not a string.",
    ],
    [
      '{{ y | image | replace("-", "") }}',
      "'template' failed: An image was changed by a filter. Print it as {{ x | image }}, with nothing after it.",
    ],
  ])('fails for %s', (text, message) => {
    const template = compileParts(text, 'template')
    const render = () => template.render({ x: 'data:image/png;base64,AAAA', y: image })
    if (text.includes('replace')) {
      expect(render()).toEqual([{ type: 'text', text: expect.stringMatching(/^\uFDD0\d+:0\uFDD0$/) }])
    } else {
      expect(render).toThrow(expect.objectContaining({ code: 'TEMPLATE_FAILED', message }))
    }
  })
})
