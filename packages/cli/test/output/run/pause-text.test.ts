import { expect, test } from '@jest/globals'
import { defineComponent, Pipeline } from '@millrace/core'
import { pauseText } from '../../../src/output/run/pause-text.ts'

test('the command that goes on has all that the first one had, as a shell reads it', async () => {
  const Ask = defineComponent({
    type: 'Ask',
    inputs: {},
    outputs: {},
    run: (_, { pause }) => pause({ questions: [{ id: 'go', kind: 'text', prompt: 'Go\u001b[31m on?' }] }),
  })
  const result = await new Pipeline({ ask: new Ask() }).run()
  const command = {
    file: "it's.yaml",
    snapshot: 'run 1.json',
    packages: ['./tools.js'],
    models: ['llm=a.gguf'],
    environment: ['TOKEN'],
    allowHttp: true,
    commands: ['npx'],
  }
  expect(pauseText(result, command)).toBe(`The run is paused by 'ask' and asks:
  ask.go (text): Go�[31m on?
Go on with (ID:=VALUE for JSON):
  millrace resume 'it'\\''s.yaml' 'run 1.json' --package ./tools.js --model llm=a.gguf --allow-env TOKEN --allow-http --allow-command npx --answer ask.go=VALUE --snapshot 'run 1.json'
`)
})
