// The end of the process: what components leave open does not hold it, and what waits for nothing is said.
import type { ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

const core = JSON.stringify(`file://${join(root, 'packages/core/dist/index.js')}`)

const ownPackage = `import { createServer } from 'node:net'
import { componentPackage, defineComponent, t } from ${core}
const make = (type, run) => defineComponent({ type, inputs: { text: t.string() }, outputs: { text: t.string() }, run })
export const own = componentPackage({
  name: 'own',
  components: [
    make('Timer', ({ text }) => {
      setInterval(() => {}, 1000)
      return { text }
    }),
    make('Server', ({ text }) => {
      createServer().listen(0)
      return { text: text.repeat(4_000_000) }
    }),
    make('Failing', () => {
      setInterval(() => {}, 1000)
      throw new Error('no luck')
    }),
    make('Printing', ({ text }) => {
      console.log('noise')
      return { text }
    }),
    defineComponent({
      type: 'Odd',
      inputs: { text: t.string() },
      outputs: { value: t.unknown() },
      run: ({ text }) => ({ value: new Map([[text, 10n]]) }),
    }),
    make('Quiet', ({ text }) => ({ text })),
    make('Deaf', () => new Promise(() => setInterval(() => {}, 1000))),
    make('Forgotten', () => new Promise(() => {})),
  ],
})
`

/** Runs a pipeline of one component of the package above, with `x` as its input. */
function runOf(type: string, args: readonly string[] = [], onOutput?: (child: ChildProcess) => void) {
  return inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'own.mjs'), ownPackage)
    writeFileSync(join(dir, 'own.yaml'), `components:\n  one: { type: ${type} }\n`)
    return millrace(['run', 'own.yaml', '--package', './own.mjs', '--set', 'text=x', '-q', ...args], {
      cwd: dir,
      ...(onOutput === undefined ? {} : { onOutput }),
    })
  })
}

describe('the process ends with its exit code', () => {
  test('and nothing else, where nothing is left open', async () => {
    expect(await runOf('Quiet')).toEqual({ code: 0, signal: null, stdout: 'x\n', stderr: '' })
  })

  test('though a component left a timer running', async () => {
    expect(await runOf('Timer')).toMatchObject({ code: 0, stdout: 'x\n' })
  })

  test('though a component that failed did', async () => {
    const { code, stderr } = await runOf('Failing')
    expect({ code, stderr }).toEqual({ code: 6, stderr: "Error: 'one' (Failing) failed: no luck\n" })
  })

  test('though a component goes on after --timeout', async () => {
    const { code, stderr } = await runOf('Deaf', ['--timeout', '1'])
    expect(code).toBe(6)
    expect(stderr).toContain('The run took longer than the 1 seconds of --timeout.')
  })

  test('though a server listens, and not before a slow reader has everything', async () => {
    let waited = false
    const { code, stdout } = await runOf('Server', [], ({ stdout }) => {
      if (waited) return
      waited = true
      stdout?.pause()
      setTimeout(() => stdout?.resume(), 1500)
    })
    expect({ code, length: stdout.length }).toEqual({ code: 0, length: 4_000_001 })
  })
})

describe('what waits for a promise that nothing settles ends with a message', () => {
  const message =
    'Error: The command waits for a promise that nothing settles: that of a component, or an await at the top of a module of --package.\n'

  test('a component', async () => {
    const { code, stderr } = await runOf('Forgotten')
    expect({ code, stderr }).toEqual({ code: 6, stderr: message })
  })

  test('a module of --package', async () => {
    await inTemporaryFolder(async (dir) => {
      writeFileSync(join(dir, 'own.mjs'), 'await new Promise(() => {})')
      const { code, stderr } = await millrace(['components', '--package', './own.mjs'], { cwd: dir })
      expect({ code, stderr }).toEqual({ code: 6, stderr: message })
    })
  })
})

describe('what is printed with --json is the JSON of the run alone', () => {
  test('though a component prints', async () => {
    const { code, stdout, stderr } = await runOf('Printing', ['--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'noise\n' })
    expect(JSON.parse(stdout)).toMatchObject({ outputs: { one: { text: 'x' } } })
    expect((await runOf('Printing')).stdout).toBe('noise\nx\n')
  })

  test('though an output is not JSON, which is a warning', async () => {
    const { code, stdout, stderr } = await runOf('Odd', ['--json'])
    const message = "The output 'one.value' is not JSON: at 'x' a bigint is a text; a Map is an object."
    expect({ code, stderr }).toEqual({ code: 0, stderr: `Warning: ${message}\n` })
    expect(JSON.parse(stdout)).toMatchObject({
      outputs: { one: { value: { x: '10' } } },
      warnings: [{ code: 'OUTPUT_NOT_JSON', component: 'one', message }],
    })
    expect((await runOf('Odd')).stdout).toBe("Map(1) { 'x' => 10n }\n")
  })
})
