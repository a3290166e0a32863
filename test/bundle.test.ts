// The bundle of docs/deploying.md, made by the command that the page shows, and run.
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { read, root } from './workspace.ts'

const run = promisify(execFile)

const app = `
import { readFile } from 'node:fs/promises'
import { ChatMessage, ImageContent, Pipeline, Registry } from '@millrace/core'
import { dumpPipeline, loadPipeline } from '@millrace/core/yaml'
import { LlamaCppChatGenerator, llamaCppComponents } from '@millrace/llama-cpp'

async function main() {
  const [parameters = '{}', image] = process.argv.slice(2)
  const model = 'npm:@millrace/pocket-model/pocket.gguf'
  const generationKwargs = { temperature: 0 }
  const made = new Pipeline({
    llm: new LlamaCppChatGenerator({ model, generationKwargs, ...JSON.parse(parameters) }),
  })
  // By way of a file, for which the bundle has the parser of YAML.
  const registry = new Registry([llamaCppComponents])
  const pipeline = loadPipeline(dumpPipeline(made, { registry }), { registry })
  const question = image
    ? ["What's in this image?", ImageContent.create({ base64: await readFile(image, 'base64'), mimeType: 'image/png' })]
    : 'What is the capital of France?'
  const result = await pipeline.run({ llm: { messages: [ChatMessage.user(question)] } })
  console.log(ChatMessage.text((result.get('llm.replies') as ChatMessage[])[0]))
  await pipeline.close()
}
void main()
`
const [command = ''] = /^esbuild .*$/m.exec(read('docs/deploying.md')) ?? []
const options = [...command.matchAll(/(?:"[^"]*"|\S)+/g)]
  .slice(1)
  .map(([option]) => option.replaceAll('"', ''))

// Where Node.js finds the packages that the bundle leaves out.
const cache = join(root, 'packages/llama-cpp/node_modules/.cache')
mkdirSync(cache, { recursive: true })
const dir = mkdtempSync(join(cache, 'bundle-'))

async function bundle(...changed: string[]): Promise<void> {
  const esbuild = join(root, 'node_modules/.bin/esbuild')
  await run(esbuild, [...options, ...changed, '--log-level=error'], { cwd: dir })
}

function runBundle(...parameters: string[]) {
  return run(process.execPath, [join(dir, 'out/app.js'), ...parameters], { cwd: dir })
}

beforeAll(async () => {
  writeFileSync(join(dir, 'app.ts'), app)
  writeFileSync(join(dir, 'package.json'), '{ "type": "module" }')
  await bundle()
})

afterAll(() => rmSync(dir, { recursive: true }))

describe('a bundle with everything but native code in it', () => {
  test.each(['none', 'process'])('answers, with isolation: %s', async (isolation) => {
    const { stdout, stderr } = await runBundle(JSON.stringify({ isolation }))
    expect([stdout, stderr]).toEqual(['The capital of France is Paris.\n', ''])
  })

  test('sees', async () => {
    const modelClipPath = 'npm:@millrace/pocket-model/pocket-mmproj.gguf'
    const image = join(root, 'packages/pocket-model/images/red-circle.png')
    const { stdout } = await runBundle(JSON.stringify({ modelClipPath }), image)
    expect(stdout).toBe('I see a red circle on a white background.\n')
  })

  test('says what it needs where the program of the child is not beside it', async () => {
    rmSync(join(dir, 'out/child.js'))
    const { stderr } = await runBundle(JSON.stringify({ isolation: 'process' })).catch((error) => error)
    expect(stderr).toContain(
      `In a bundle, put '@millrace/llama-cpp/child' beside this file as 'child.js', or leave @millrace/llama-cpp out of the bundle.`,
    )
  })

  test('may be CommonJS', async () => {
    writeFileSync(join(dir, 'package.json'), '{}')
    await bundle('--format=cjs', '--banner:js=')
    expect(existsSync(join(dir, 'out/child.js'))).toBe(true)
    for (const isolation of ['none', 'process']) {
      const { stdout } = await runBundle(JSON.stringify({ isolation }))
      expect(stdout).toBe('The capital of France is Paris.\n')
    }
  })
})
