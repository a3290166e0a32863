import { describe, expect, test } from '@jest/globals'
import { parse } from '../../src/template/jinja.ts'
import { lexTemplate } from '../../src/template/lex-template.ts'
import { childrenOf, type TemplateNode } from '../../src/template/node.ts'

function namesIn(node: TemplateNode): string[] {
  return [...(node.type === 'Identifier' ? [node.value] : []), ...childrenOf(node).flatMap(namesIn)]
}

describe('childrenOf', () => {
  test('reaches every expression, and no operator', () => {
    const template =
      '{% if a and not b %}{{ {"k": c, d: [e, (f, g)]}[h:i] }}{% endif %}{% for j in k if l %}{{ m(n, o=p) }}{% endfor %}'
    const names = namesIn(parse(lexTemplate(template)))
    expect(names.filter((name) => name !== 'o').join('')).toBe('abcdefghijklmnp')
  })
})
