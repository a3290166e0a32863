// The built program, started where nothing is installed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { millrace, root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

const tools = `import { componentPackage, t, tool } from '@millrace/core'
const add = tool({ name: 'add', description: 'Adds.', parameters: t.object({ a: t.number() }), run: ({ a }) => a })
export const own = componentPackage({ name: 'own', tools: [add] })
`

test('a module in any folder imports the packages of Millrace that the program has', async () => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'tools.mjs'), tools)
    const { code, stdout, stderr } = await millrace(['components', '--package', './tools.mjs'], { cwd: dir })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^own\n {2}add +A tool\. Adds\./m)
  })
})

test.each<[string, string, string, RegExp]>([
  [
    'a package that is not installed',
    'a.mjs',
    "import 'acme-nothing'",
    /a\.mjs' imports 'acme-nothing', which is not installed .* npm install acme-nothing\.$/m,
  ],
  [
    'a file that is not there',
    'a.mjs',
    "import './none'",
    /Cannot find module '.*none' imported from .*a\.mjs.* begins with \.\/ and has its ending\.$/m,
  ],
  [
    'what its package.json calls CommonJS',
    'a.js',
    "import 'node:fs'\nexport {}",
    /name the file .*a\.mjs, or write "type": "module" there\.$/m,
  ],
])('a module with %s is refused with what to do', async (_, name, source, message) => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'package.json'), '{ "type": "commonjs" }')
    writeFileSync(join(dir, name), source)
    const { code, stdout, stderr } = await millrace(['components', '--package', `./${name}`], { cwd: dir })
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toMatch(message)
  })
})

test('TypeScript is loaded where Node.js can, and refused with what to do where it cannot', async () => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'tools.mts'), tools)
    const { code, stderr } = await millrace(['components', '--package', './tools.mts'], { cwd: dir })
    if ('typescript' in process.features && process.features.typescript)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    else
      expect(stderr).toMatch(
        /cannot load TypeScript\. Compile it to JavaScript, or run millrace with Node\.js 22\.18/,
      )
  })
})

test("paths of the clone's own script start in the folder where it was typed", async () => {
  await inTemporaryFolder(async (dir) => {
    mkdirSync(join(dir, 'mine'))
    writeFileSync(
      join(dir, 'mine/hello.yaml'),
      'components: { a: { type: PromptBuilder, initParameters: { template: hi } } }\n',
    )
    const env = {
      npm_package_name: 'millrace-workspace',
      npm_lifecycle_event: 'millrace',
      INIT_CWD: join(dir, 'mine'),
    }
    expect(await millrace(['run', 'hello.yaml'], { cwd: root, env })).toMatchObject({
      code: 0,
      stdout: 'hi\n',
    })
    const other = { ...env, npm_package_name: 'someone-elses' }
    expect(await millrace(['run', 'hello.yaml'], { cwd: root, env: other })).toMatchObject({ code: 3 })
  })
})
