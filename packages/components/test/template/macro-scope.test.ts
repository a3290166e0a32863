import { describe, expect, test } from '@jest/globals'
import { compileTemplate } from '../../src/template/compile-template.ts'
import { Environment } from '../../src/template/jinja.ts'
import { bindMacro } from '../../src/template/macro-scope.ts'
import { makeValue } from '../../src/template/make-value.ts'
import { WorkBudget } from '../../src/template/work-budget.ts'

function render(source: string): string {
  return compileTemplate(source).render({ x: 'X' }, { optional: '*' })
}

describe('bindMacro', () => {
  test('lets a macro see what is around its definition, and not around its call', () => {
    expect(render('{% macro m() %}{{ x }}{% endmacro %}{% for x in [1, 2] %}{{ m() }}{% endfor %}')).toBe(
      'XX',
    )
    expect(
      render('{% macro m(x) %}{{ n() }}{% endmacro %}{% macro n() %}{{ x }}{% endmacro %}{{ m(1) }}'),
    ).toBe('X')
  })

  test('lets a macro call itself and those that come later', () => {
    const source =
      '{% macro a(n) %}{{ n }}{% if n %}{{ b(n - 1) }}{% endif %}{% endmacro %}{% macro b(n) %}-{{ a(n) }}{% endmacro %}{{ a(2) }}'
    expect(render(source)).toBe('2-1-0')
  })

  test('gives caller to the macro that is called with a block, and to no other', () => {
    const source = `{% macro b() %}[{{ caller() if caller }}]{% endmacro %}{% macro a() %}{{ b() }}{{ caller() }}{% endmacro %}{% call a() %}{{ x }}{% endcall %}`
    expect(render(source)).toBe('[]X')
  })

  test('leaves alone what is no macro', () => {
    const scope = new Environment()
    scope.setVariable('x', makeValue.string('a'))
    bindMacro('x', scope, new WorkBudget())
    expect(scope.lookupVariable('x').value).toBe('a')
  })
})
