import { expect, jest, test } from '@jest/globals'

test('the library loads with the warm-up: not with the package, nor with a component or its check', async () => {
  let isLoaded = false
  jest.unstable_mockModule('openai', () => {
    isLoaded = true
    return {}
  })
  const { OpenAIChatGenerator } = await import('../src/index.ts')
  const generator = new OpenAIChatGenerator({ model: 'm', apiBaseUrl: 'http://localhost/v1' })
  generator.check()
  expect(isLoaded).toBe(false)
  await generator.warmUp()
  expect(isLoaded).toBe(true)
})
