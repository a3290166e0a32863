import { describe, expect, test } from '@jest/globals'
import { lexTemplate } from '../../src/template/lex-template.ts'
import { INSERT_FUNCTION, MESSAGE_FUNCTION, rewriteMessageTags } from '../../src/template/message-tags.ts'

function rewrite(template: string) {
  return rewriteMessageTags(lexTemplate(template)).map(({ value }) => value)
}

describe('rewriteMessageTags', () => {
  test('makes a call block of a message block', () => {
    expect(rewrite('{% message role="user" %}a{% endmessage %}')).toEqual([
      '{%',
      'call',
      MESSAGE_FUNCTION,
      '(',
      'role',
      '=',
      'user',
      '%}',
      '%}',
      'a',
      '{%',
      'endcall',
      '%}',
    ])
  })

  test('makes a printed call of an insertion', () => {
    expect(rewrite('{% insert a.b %}')).toEqual(['{%', INSERT_FUNCTION, '(', 'a', '.', 'b', '%}', '%}'])
    expect(rewriteMessageTags(lexTemplate('{% insert a %}'))[0]?.type).toBe('OpenExpression')
  })

  test('leaves everything else as it is', () => {
    const tokens = lexTemplate('{% if message %}{{ insert }}{% endif %}')
    expect(rewriteMessageTags(tokens)).toEqual(tokens)
  })

  test('uses names that no template can write', () => {
    for (const name of [MESSAGE_FUNCTION, INSERT_FUNCTION]) expect(name).toMatch(/[^\p{ID_Continue}]/u)
  })
})
