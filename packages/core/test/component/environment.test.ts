import { describe, expect, test } from '@jest/globals'
import {
  environmentReferences,
  malformedReference,
  resolveEnvironment,
} from '../../src/component/environment.ts'
import { thrown } from './thrown.ts'

const environment = { TOKEN: 'secret', HOST: 'example.com', EMPTY: '', NESTED: '${env:TOKEN}', DOLLAR: '$&' }
const resolve = (value: unknown) => resolveEnvironment(value, environment)

describe('resolveEnvironment', () => {
  test.each<[what: string, value: unknown, resolved: unknown]>([
    ['a text that is one reference', '${env:TOKEN}', 'secret'],
    ['several in one text', 'https://${env:HOST}/?t=${env:TOKEN}', 'https://example.com/?t=secret'],
    ['a variable that is set to nothing', '[${env:EMPTY}]', '[]'],
    ['what stands for a reference is no reference', '${env:NESTED}', '${env:TOKEN}'],
    ['what has a meaning for replace', '${env:DOLLAR}', '$&'],
    ['lists and objects deeply', { a: [{ b: '${env:TOKEN}' }], c: 1 }, { a: [{ b: 'secret' }], c: 1 }],
    ['but not keys', { '${env:TOKEN}': null }, { '${env:TOKEN}': null }],
    ['other things with a dollar', '${TOKEN} $env:TOKEN {{ env }}', '${TOKEN} $env:TOKEN {{ env }}'],
    ['what is no text', [1, null, true, undefined], [1, null, true, undefined]],
  ])('resolves %s', (_, value, resolved) => {
    expect(resolve(value)).toEqual(resolved)
  })

  test('resolves in objects without a prototype, and in keys called __proto__', () => {
    expect(resolve(Object.assign(Object.create(null), { a: '${env:TOKEN}' }))).toEqual({ a: 'secret' })
    const own = JSON.parse('{"__proto__": "${env:TOKEN}"}')
    expect(Object.entries(resolve(own) as object)).toEqual([['__proto__', 'secret']])
  })

  test('leaves the value that it is given as it was, and instances of classes alone', () => {
    const value = Object.freeze({
      list: Object.freeze(['${env:TOKEN}']),
      url: new URL('https://a/${env:TOKEN}'),
    })
    const resolved = resolve(value)
    expect(resolved).toEqual({ list: ['secret'], url: value.url })
    expect(value.list).toEqual(['${env:TOKEN}'])
  })

  test('reads the environment of the process when it is given none', () => {
    expect(resolveEnvironment('${env:PATH}')).toBe(process.env['PATH'])
  })

  test.each([
    [
      'a variable that is not set',
      'a ${env:MISSING}',
      "A parameter refers to ${env:MISSING}, but the environment variable 'MISSING' is not set.",
    ],
    [
      'a variable that every object inherits',
      '${env:toString}',
      "A parameter refers to ${env:toString}, but the environment variable 'toString' is not set.",
    ],
    [
      'a name that no variable has',
      '${env:my token}',
      "'${env:my token}' is not a reference to an environment variable: write ${env:NAME}.",
    ],
    ['no name', '${env:}', "'${env:}' is not a reference to an environment variable: write ${env:NAME}."],
    [
      'a reference that nothing closes',
      'Bearer ${env:TOKEN',
      "'${env:TOKEN' is not a reference to an environment variable: write ${env:NAME}.",
    ],
  ])('refuses %s', (_, value, message) => {
    expect(thrown(() => resolve([value]))).toBe(`COMPONENT_PARAMETERS: ${message}`)
  })
})

test('environmentReferences lists the names in a text', () => {
  expect(environmentReferences('${env:A}-${env:B} ${C} ${env:A}')).toEqual(['A', 'B', 'A'])
  expect(environmentReferences('none')).toEqual([])
})

test('malformedReference finds the first that is none', () => {
  expect(malformedReference('${env:A} ${env:a b} ${env:}')).toBe('${env:a b}')
  expect(malformedReference('${env:A} and ${env:B')).toBe('${env:B')
  expect(malformedReference('${env:A} ${other')).toBeUndefined()
})
