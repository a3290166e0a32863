import { expect, test } from '@jest/globals'
import { TemplateFailure } from '../../src/template/template-failure.ts'

test('A template failure knows its code, and its place where there is one', () => {
  expect(new TemplateFailure('TEMPLATE_SYNTAX', 'It is wrong.', 7)).toMatchObject({
    code: 'TEMPLATE_SYNTAX',
    message: 'It is wrong.',
    offset: 7,
  })
  expect(new TemplateFailure('TEMPLATE_FAILED', 'It is wrong.').offset).toBeUndefined()
})
