// A run that asks, and goes on in another process.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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
  run: async ({ value }, { pause, resumed }) => {
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
      const { code, stderr } = await millrace(['run', file, '--set', 'start=8', '--package', module, '-q'])
      expect(code).toBe(0)
      expect(stderr).toMatch(/^The run is paused by 'asker' and asks:\n/)
      expect(stderr).toContain('It was not kept. Run it again with --snapshot FILE')
      expect(existsSync(snapshot)).toBe(false)
    })
  })

  test('is not resumed with answers that are not those to its questions, and stays as it is', async () => {
    await inFolder(async ({ file, module, snapshot }) => {
      const shared = ['--package', module, '--snapshot', snapshot]
      await millrace(['run', file, '--set', 'start=8', ...shared])
      const before = readFileSync(snapshot, 'utf8')
      const refused: readonly (readonly [answers: readonly string[], code: number, stderr: RegExp])[] = [
        [
          [],
          4,
          /no answer to 'asker\.ask\.add' and 'asker\.ask\.sign'.*\n {2}asker\.ask\.add \(number\): What/,
        ],
        [['asker.ask.ad=1'], 4, /no question 'asker\.ask\.ad'\. Did you mean 'asker\.ask\.add'\?/],
        [['=1'], 2, /--answer takes name=value, as in --answer mailer\.send=yes/],
        [['a=1', 'a=2'], 2, /--answer a is there twice/],
        [['a:=yes'], 2, /--answer a:= takes JSON/],
      ]
      for (const [answers, code, stderr] of refused) {
        const given = answers.flatMap((answer) => ['--answer', answer])
        const ended = await millrace(['resume', file, snapshot, ...shared, ...given])
        expect(ended).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(stderr) })
        expect(readFileSync(snapshot, 'utf8')).toBe(before)
      }
    })
  })
})

describe('a run that is to be kept', () => {
  const vanishing = `import { rmSync } from 'node:fs'
import { componentPackage, defineComponent, t } from ${JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)}
const make = (type, run) => defineComponent({ type, inputs: { folder: t.string() }, outputs: { folder: t.string() }, run })
const question = { id: 'go', kind: 'text', prompt: 'Go on?' }
export const own = componentPackage({
  name: 'own',
  components: [
    make('Vanish', ({ folder }, { pause }) => {
      rmSync(folder, { recursive: true })
      return pause({ questions: [question] })
    }),
    make('Fail', ({ folder }) => {
      rmSync(folder, { recursive: true })
      throw new Error('no luck')
    }),
    make('Pass', ({ folder }) => ({ folder })),
  ],
})
`

  function runWithout(type: string, temporary: (dir: string) => string) {
    return inTemporaryFolder(async (dir) => {
      const folder = join(dir, 'gone')
      mkdirSync(folder)
      writeFileSync(join(dir, 'own.mjs'), vanishing)
      writeFileSync(
        join(dir, 'own.yaml'),
        `components: { pass: { type: Pass }, one: { type: ${type} } }\nconnections: [{ sender: pass.folder, receiver: one.folder }]\n`,
      )
      const args = ['run', 'own.yaml', '--package', './own.mjs', '--set', `folder=${folder}`, '-q']
      const env = { TMPDIR: temporary(dir), TEMP: temporary(dir) }
      const ended = await millrace([...args, '--snapshot', join(folder, 'run.json')], { cwd: dir, env })
      const [, path] = /([^\s']*snapshot\.json)/.exec(ended.stderr) ?? []
      const kept = path === undefined ? undefined : JSON.parse(readFileSync(path, 'utf8'))
      return { ...ended, kept }
    })
  }

  test.each(['--snapshot', '--draw'])(
    'is not begun when the file of %s cannot be written',
    async (option) => {
      await inTemporaryFolder(async (dir) => {
        const ending = option === '--draw' ? 'svg' : 'json'
        for (const [path, reason] of [
          [join(dir, 'none', `x.${ending}`), `there is no folder '${join(dir, 'none')}'`],
          [join(dir, `folder.${ending}`), 'it is a folder'],
        ] as const) {
          mkdirSync(join(dir, `folder.${ending}`), { recursive: true })
          // Nothing was looked at: not even that the pipeline file is missing.
          expect(await cli(['run', join(dir, 'missing.yaml'), option, path])).toEqual({
            code: 3,
            stdout: '',
            stderr: `Error: The file '${path}' cannot be written: ${reason}.\n`,
          })
        }
      })
    },
  )

  test.each([
    ['Vanish', 3, 'one.go (text): Go on?'],
    ['Fail', 6, 'failed: no luck'],
  ])('is in the folder for temporary files when its own has gone: %s', async (type, code, said) => {
    const ended = await runWithout(type, (dir) => dir)
    expect(ended.code).toBe(code)
    expect(ended.stderr).toContain(said)
    expect(ended.stderr).toContain('cannot be written')
    expect(ended.kept).toMatchObject({ version: 1, pending: [{ component: 'one' }] })
  })

  test('is printed when it can be written nowhere', async () => {
    const { code, stderr } = await runWithout('Vanish', (dir) => join(dir, 'none'))
    expect(code).toBe(3)
    expect(stderr).toContain('one.go (text): Go on?')
    const [, printed = ''] = /^The snapshot, which could be written nowhere:\n(.*)$/m.exec(stderr) ?? []
    expect(JSON.parse(printed)).toMatchObject({ version: 1, pending: [{ component: 'one' }] })
  })
})

describe('what a run asks', () => {
  test('is answered from the standard input, too, which only one can read', async () => {
    await inFolder(async ({ file, module, snapshot }) => {
      const shared = ['--package', module]
      await millrace(['run', file, '--set', 'start=8', ...shared, '--snapshot', snapshot])
      const add = ['resume', file, snapshot, ...shared, '--answer', 'asker.ask.add:=@-']
      const ended = await millrace([...add, '--answer', 'asker.ask.sign=plus'], { input: '5\n' })
      expect(ended).toMatchObject({ code: 0, stdout: '13\n' })
      const twice = await millrace([...add, '--answer', 'asker.ask.sign=@-'], { input: '5\n' })
      expect(twice).toMatchObject({
        code: 2,
        stderr:
          'Error: The standard input can be read only once, not by --answer asker.ask.add:=@- and by --answer asker.ask.sign=@-. Give one of them as a file.\n',
      })
    })
  })

  test('by several components names all of them', async () => {
    await inFolder(async ({ file, module }) => {
      writeFileSync(file, 'components: { one: { type: Ask }, two: { type: Ask } }\n')
      const args = ['run', file, '--set', 'one.value=1', '--set', 'two.value=1', '--package', module]
      expect((await millrace(args)).stderr).toMatch(/^The run is paused by 'one' and 'two' and asks:\n/)
    })
  })

  test('is not looked for in a snapshot that stands in the place of the pipeline file', async () => {
    await inFolder(async ({ file, module, snapshot }) => {
      const shared = ['--package', module]
      await millrace(['run', file, '--set', 'start=8', ...shared, '--snapshot', snapshot])
      for (const args of [
        ['resume', snapshot, file],
        ['run', snapshot],
      ]) {
        const { code, stderr } = await millrace([...args, ...shared])
        expect(code).toBe(3)
        expect(stderr.match(/error|This is/g)).toHaveLength(1)
        expect(stderr).toContain('This is the snapshot of a run, not a pipeline file.')
      }
    })
  })
})
