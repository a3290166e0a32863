import { expect, test } from '@jest/globals'
import { loadPipeline } from '../../src/yaml/load.ts'
import { registry } from './parts.ts'
import { problemsOf, refusal } from './refusal.ts'

function modelWith(parameters: string): string {
  return `components: { model: { type: Model, initParameters: { ${parameters} } } }`
}

test('a reference stands as it is in the parameters that the class replaces it in, at any depth', () => {
  const text = modelWith(`model: "\${env:DIR}/\${env:FILE}", headers: { a: "Bearer \${env:KEY}" }`)
  expect(loadPipeline(text, { registry }).get('model').initParameters).toEqual({
    model: `\${env:DIR}/\${env:FILE}`,
    headers: { a: `Bearer \${env:KEY}` },
  })
})

test('a reference elsewhere is refused, with the places where it is possible', () => {
  expect(refusal(modelWith(`model: m, stop: ["\${env:STOP}"]`)).message).toMatchInlineSnapshot(`
"p.yaml:1:72: components.model.initParameters.stop[0]: '\${env:STOP}' would not be replaced here. In this file it is possible in 'components.model.initParameters.model' and 'components.model.initParameters.headers'.
  1 | components: { model: { type: Model, initParameters: { model: m, stop: ["\${env:STOP}"] } } }
    |                                                                        ^"
`)
})

test('where nothing replaces it, that is told', () => {
  const text = `components: { keep: { type: Keep, initParameters: { value: "\${env:HOME}" } } }`
  expect(refusal(text).message).toMatchInlineSnapshot(`
"p.yaml:1:60: components.keep.initParameters.value: '\${env:HOME}' would not be replaced here. No component of this file replaces it in its parameters.
  1 | components: { keep: { type: Keep, initParameters: { value: "\${env:HOME}" } } }
    |                                                            ^"
`)
})

test.each([
  [`model: m, headers: { "\${env:A}": b }`, 'headers["${env:A}"]'],
  [`model: m, mode: "\${env:MODE}"`, 'mode'],
  [`model: m, onToken: "\${env:CALLBACK}"`, 'onToken'],
])('{ %s } is refused once, at %s', (parameters, path) => {
  expect(
    problemsOf(modelWith(parameters)).filter((problem) => problem.startsWith('LOAD_ENVIRONMENT')),
  ).toEqual([`LOAD_ENVIRONMENT components.model.initParameters.${path}`])
})

test('metadata has no references', () => {
  expect(problemsOf(`metadata: { a: ["\${env:HOME}"] }`)).toEqual(['LOAD_ENVIRONMENT metadata.a[0]'])
})

test.each([`\${env:}`, `\${env:1A}`, `\${env:A-B}`, `\${env:A`, `\${env:A} \${env: B}`])(
  '%s is malformed',
  (written) => {
    const error = refusal(modelWith(`model: '${written}'`))
    expect(error.code).toBe('LOAD_ENVIRONMENT')
    expect(error.message).toContain('is not a reference to an environment variable.')
  },
)

test('a malformed reference is shown with the right form', () => {
  expect(refusal(modelWith(`model: "a/\${env:MY-MODEL}"`)).message).toMatchInlineSnapshot(`
"p.yaml:1:62: components.model.initParameters.model: '\${env:MY-MODEL}' is not a reference to an environment variable. Write \${env:NAME}, with a name of letters, digits and '_'.
  1 | components: { model: { type: Model, initParameters: { model: "a/\${env:MY-MODEL}" } } }
    |                                                              ^"
`)
})

test.each(['$HOME', `\${HOME}`, `$env:HOME`, `\${ENV:HOME}`])('%s is text like any other', (text) => {
  expect(loadPipeline(modelWith(`model: '${text}'`), { registry }).get('model').initParameters).toEqual({
    model: text,
  })
})
