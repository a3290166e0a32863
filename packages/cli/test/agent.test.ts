// An agent on the command line: in one command, and with a pause in which a person is asked, over several processes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { millrace } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(120_000)

const question = ['--set', 'question=What is the weather in Paris?']
const tools = ['--package', 'pipelines/tools.js']

test('an agent answers in one command, and shows the call and its result to who wants to see them', async () => {
  const { code, stdout, stderr } = await millrace([
    'run',
    'pipelines/agent.yaml',
    ...tools,
    ...question,
    '-v',
  ])
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'It is 19 degrees in Paris.\n' })
  expect(stderr).toContain('→ get_weather({"city": "Paris"})\n← get_weather: {"temperature":19}\n')
})

describe('an agent that asks', () => {
  const file = 'pipelines/agent-with-approval.yaml'

  /** Runs it until it asks: the snapshot, the id of the question, and the command that goes on, but for the answer. */
  async function asking(dir: string) {
    const snapshot = join(dir, 'run.json')
    const asked = await millrace(['run', file, ...tools, ...question, '--snapshot', snapshot])
    expect(asked).toMatchObject({ code: 0, signal: null, stdout: '' })
    const [, id = ''] =
      /^ {2}(agent\.\S+) \(approval\): Run get_weather with \{"city":"Paris"\}\?$/m.exec(asked.stderr) ?? []
    expect(asked.stderr).toContain(
      `  millrace resume ${file} ${snapshot} --package pipelines/tools.js --answer ${id}=VALUE --snapshot ${snapshot}\n`,
    )
    return { id, snapshot, resume: ['resume', file, snapshot, ...tools] }
  }

  test('goes on in another process when the call is approved, also after one that was killed in the middle', async () => {
    await inTemporaryFolder(async (dir) => {
      const { id, snapshot, resume } = await asking(dir)
      const before = readFileSync(snapshot, 'utf8')
      const approve = [...resume, '--answer', `${id}=approve`]
      const killed = await millrace(approve, { onOutput: (child) => child.kill('SIGKILL') })
      expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' })
      expect(readFileSync(snapshot, 'utf8')).toBe(before)
      expect(await millrace(approve)).toMatchObject({ code: 0, stdout: 'It is 19 degrees in Paris.\n' })
    })
  })

  test('gives the model a rejection as the result of the call', async () => {
    await inTemporaryFolder(async (dir) => {
      const { id, resume } = await asking(dir)
      const { code, stdout } = await millrace([...resume, '--answer', `${id}=reject`, '--json'])
      expect(code).toBe(0)
      const { status, outputs } = JSON.parse(stdout)
      expect({ status, exitReason: outputs.agent.exitReason }).toEqual({
        status: 'completed',
        exitReason: 'text',
      })
      expect(outputs.agent.messages[2]).toMatchObject({
        role: 'tool',
        content: [
          {
            result: 'A person did not approve this call. It was not run.',
            error: true,
          },
        ],
      })
    })
  })
})
