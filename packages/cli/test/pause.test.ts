// A run that asks, and goes on in another process.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { cli } from './cli.ts'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

/** A component that asks two questions, and one that ends the loop: what a user writes, in JavaScript. */
const parts = `import { componentPackage, defineComponent, t } from ${JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)}

const Ask = defineComponent({
  type: 'Ask',
  inputs: { value: t.integer() },
  outputs: { value: t.integer() },
  run: ({ value }, { pause, resumed }) => {
    if (resumed) return { value: resumed.state.value + resumed.answers.add * (resumed.answers.sign === 'minus' ? -1 : 1) }
    return pause({
      state: { value },
      questions: [
        { id: 'add', kind: 'number', prompt: \`What is to be added to \${value}?\`, data: { value } },
        { id: 'sign', kind: 'text', prompt: 'plus or minus?' },
      ],
    })
  },
})
const Enough = defineComponent({
  type: 'Enough',
  inputs: { value: t.greedy(t.integer()) },
  outputs: { more: t.optional(t.integer()), done: t.optional(t.integer()) },
  run: ({ value: [value] }) => (value > 10 ? { done: value } : { more: value }),
})
export const parts = componentPackage({ name: 'parts', components: [Ask, Enough] })
`
const pipeline = `components:
  enough: { type: Enough }
  asker:
    type: Pipeline
    initParameters:
      definition:
        components:
          ask: { type: Ask }
        inputs: { value: [ask.value] }
        outputs: { value: ask.value }
connections:
  - { sender: enough.more, receiver: asker.value }
  - { sender: asker.value, receiver: enough.value }
inputs: { start: [enough.value] }
outputs: { sum: enough.done }
`

function inFolder(work: (files: Record<'file' | 'module' | 'snapshot', string>) => Promise<void>) {
  return inTemporaryFolder(async (dir) => {
    const [file, module, snapshot] = ['sum.yaml', 'parts.js', 'run.json'].map((name) => join(dir, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
    writeFileSync(module, parts)
    writeFileSync(file, pipeline)
    await work({ file, module, snapshot })
  })
}

test('a run paused in a pipeline in a loop, with two questions, goes on in other processes with the answers', async () => {
  await inFolder(async ({ file, module, snapshot }) => {
    const shared = ['--package', module, '--snapshot', snapshot]
    const first = await millrace(['run', file, '--set', 'start=8', ...shared])
    expect(first).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: `The run is paused by 'asker' and asks:
  asker.ask.add (number): What is to be added to 8?
    {"value":8}
  asker.ask.sign (text): plus or minus?
Go on with (ID:=VALUE for JSON):
  millrace resume ${file} ${snapshot} --package ${module} --answer asker.ask.add=VALUE --answer asker.ask.sign=VALUE --snapshot ${snapshot}
`,
    })
    const resume = ['resume', file, snapshot, ...shared]
    const answers = (add: number, sign: string) => [
      '--answer',
      `asker.ask.add:=${add}`,
      '--answer',
      `asker.ask.sign=${sign}`,
    ]
    const second = await millrace([...resume, ...answers(2, 'minus'), '--json'])
    expect(second).toMatchObject({ code: 0, stderr: expect.stringContaining('What is to be added to 6?') })
    expect(JSON.parse(second.stdout)).toEqual({
      status: 'paused',
      outputs: {},
      questions: [
        { id: 'asker.ask.add', kind: 'number', prompt: 'What is to be added to 6?', data: { value: 6 } },
        { id: 'asker.ask.sign', kind: 'text', prompt: 'plus or minus?' },
      ],
      warnings: [],
    })
    const third = await millrace([...resume, ...answers(5, 'plus')])
    expect(third).toEqual({ code: 0, signal: null, stdout: '11\n', stderr: '' })
  })
})

describe('a paused run', () => {
  test('says how it could have been kept, also with --quiet', async () => {
    await inFolder(async ({ file, module, snapshot }) => {
      const { code, stderr } = await cli(['run', file, '--set', 'start=8', '--package', module, '-q'])
      expect(code).toBe(0)
      expect(stderr).toMatch(/^The run is paused by 'asker' and asks:\n/)
      expect(stderr).toContain('It was not kept. Run it again with --snapshot FILE')
      expect(existsSync(snapshot)).toBe(false)
    })
  })

  test.each([
    [
      'none',
      [],
      4,
      /no answer to 'asker\.ask\.add' and 'asker\.ask\.sign'.*\n {2}asker\.ask\.add \(number\): What/,
    ],
    [
      'one for no question',
      ['asker.ask.ad=1'],
      4,
      /no question 'asker\.ask\.ad'\. Did you mean 'asker\.ask\.add'\?/,
    ],
    ['one without an id', ['=1'], 2, /--answer takes name=value, as in --answer mailer\.send=yes/],
    ['one twice', ['a=1', 'a=2'], 2, /--answer a is there twice/],
    ['one that is not JSON', ['a:=yes'], 2, /--answer a:= takes JSON/],
  ])('is not resumed with %s, and stays as it is', async (_, answers, code, stderr) => {
    await inFolder(async ({ file, module, snapshot }) => {
      const shared = ['--package', module, '--snapshot', snapshot]
      await cli(['run', file, '--set', 'start=8', ...shared])
      const before = readFileSync(snapshot, 'utf8')
      const given = answers.flatMap((answer) => ['--answer', answer])
      const ended = await cli(['resume', file, snapshot, ...shared, ...given])
      expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(stderr) })
      expect(readFileSync(snapshot, 'utf8')).toBe(before)
    })
  })
})
