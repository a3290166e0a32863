import { describe, expect, test } from '@jest/globals'
import { Environment, Interpreter, parse } from '../../src/template/jinja.ts'
import { lexTemplate } from '../../src/template/lex-template.ts'

describe('the parts of @huggingface/jinja that templates use', () => {
  test('parse our tokens and run the result', () => {
    const environment = new Environment()
    environment.set('name', 'World')
    const program = parse(lexTemplate('Hello {{ name }}!'))
    expect(new Interpreter(environment).run(program).value).toBe('Hello World!')
  })

  test('evaluate every node through the method that we replace', () => {
    const types: string[] = []
    class Watched extends Interpreter {
      override evaluate(...[node, scope]: Parameters<Interpreter['evaluate']>) {
        types.push(node?.type ?? 'nothing')
        return super.evaluate(node, scope)
      }
    }
    const template = '{% for a in [1] if a %}{{ ("x" ~ a)[0:] | upper }}{% endfor %}'
    new Watched(new Environment()).run(parse(lexTemplate(template)))
    expect(types).toEqual(
      expect.arrayContaining([
        'Program',
        'For',
        'ArrayLiteral',
        'FilterExpression',
        'MemberExpression',
        'BinaryExpression',
        'Identifier',
        'nothing',
      ]),
    )
  })

  test('give nothing for a variable that is not there', () => {
    expect(new Environment().lookupVariable('x').type).toBe('UndefinedValue')
  })
})
