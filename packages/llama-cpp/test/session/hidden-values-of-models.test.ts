import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { LlamaCppChatGenerator } from '../../src/components/chat-generator.ts'
import { LlamaCppError } from '../../src/errors.ts'

const variables = {
  MILLRACE_HIDDEN_PLACE: '/models of mine/s3cr3t-value',
  MILLRACE_HIDDEN_KEY: 's3cr3tKeyOfMine',
}
beforeAll(() => void Object.assign(process.env, variables))
afterAll(() => {
  for (const name of Object.keys(variables)) delete process.env[name]
})

describe('what the environment holds', () => {
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
