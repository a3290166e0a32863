import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppError } from '../../src/errors.ts'
import { HiddenValues } from '../../src/session/hidden-values.ts'

const variables = {
  MILLRACE_HIDDEN_PLACE: '/models of mine/s3cr3t-value',
  MILLRACE_HIDDEN_KEY: 's3cr3tKeyOfMine',
}
beforeAll(() => void Object.assign(process.env, variables))
afterAll(() => {
  for (const name of Object.keys(variables)) delete process.env[name]
})

describe('what the environment holds', () => {
  test('is shown as the reference that stands for it', () => {
    const hidden = new HiddenValues({ model: '${env:MILLRACE_HIDDEN_PLACE}/m.gguf' })
    expect(hidden.hide("There is no '/models of mine/s3cr3t-value/m.gguf'.")).toBe(
      "There is no '${env:MILLRACE_HIDDEN_PLACE}/m.gguf'.",
    )
    expect(hidden.hide('https://a/models%20of%20mine/s3cr3t-value')).toBe(
      'https://a${env:MILLRACE_HIDDEN_PLACE}',
    )
    expect(hidden.hide("There is 's3cr3t-value.gguf'.")).not.toContain('s3cr3t')
    expect(new HiddenValues({ model: 'm.gguf' }).hide('s3cr3t-value')).toBe('s3cr3t-value')
  })

  test('is in no error, detail or cause', () => {
    const hidden = new HiddenValues({ model: 'https://a/${env:MILLRACE_HIDDEN_KEY}' })
    const url = 'https://a/s3cr3tKeyOfMine'
    const cause = new Error(url)
    const error = hidden.hideIn(
      new LlamaCppError('MODEL_NOT_FOUND', `'${url}' answers 404.`, { model: url, status: 404, cause }),
    )
    expect(error).toMatchObject({
      code: 'MODEL_NOT_FOUND',
      status: 404,
      model: 'https://a/${env:MILLRACE_HIDDEN_KEY}',
    })
    expect(JSON.stringify(error) + String(error) + (error as Error).stack).not.toContain('s3cr3t')
    expect(error).not.toHaveProperty('cause')
  })

  const models = [
    'https://localhost:1/${env:MILLRACE_HIDDEN_KEY}.gguf',
    'https://a.invalid/m.gguf?key=${env:MILLRACE_HIDDEN_KEY}',
    '${env:MILLRACE_HIDDEN_PLACE}/m.gguf',
    '${env:MILLRACE_HIDDEN_KEY}',
    'npm:${env:MILLRACE_HIDDEN_KEY}/m.gguf',
    'x${env:MILLRACE_HIDDEN_KEY}:y',
    'hf:a/${env:MILLRACE_HIDDEN_KEY}',
  ]
  test.each(models)('is in no finding of a check of %s', async (model) => {
    const findings = await new LlamaCppChatGenerator({ model }).check()
    expect(findings.length).toBeGreaterThan(0)
    expect(JSON.stringify(findings)).not.toMatch(/s3cr3t/i)
    expect(JSON.stringify(findings)).toContain('${env:MILLRACE_HIDDEN_')
  })

  test.each(models.filter((model) => !/^(?:https|hf):/.test(model)))(
    'is in no error of a load of %s',
    async (model) => {
      const failed = await new LlamaCppChatGenerator({ model }).warmUp().catch((error: unknown) => error)
      expect(failed).toBeInstanceOf(LlamaCppError)
      expect(`${failed} ${(failed as Error).stack} ${JSON.stringify(failed)}`).not.toMatch(/s3cr3t/i)
    },
  )
})
