// Clients that are written in Python: those that break most easily. MILLRACE_TEST_PYTHON names a Python with the packages
// openai and llm-comply==0.5.0 (and langchain-openai, if you like):
//
//   python3 -m venv venv && venv/bin/pip install openai llm-comply==0.5.0 langchain-openai
//   MILLRACE_TEST_PYTHON=$PWD/venv/bin/python corepack pnpm test:unit packages/serve/test/openai/python-clients
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type PocketServer, pocketServer } from './pocket-server.ts'

const run = promisify(execFile)
const python = process.env['MILLRACE_TEST_PYTHON'] ?? ''
const suite = python === '' ? describe.skip : describe
const name =
  python === '' ? 'skipped, for MILLRACE_TEST_PYTHON names no Python with openai and llm-comply' : python

suite(`clients in Python (${name})`, () => {
  let server: PocketServer
  beforeAll(async () => {
    server = await pocketServer()
  })
  afterAll(() => server.stop())

  test('openai and LangChain', async () => {
    const script = fileURLToPath(new URL('python_client.py', import.meta.url))
    const { stdout } = await run(python, [script, `${server.url}/v1`])
    expect(stdout.match(/: passed$/gm)).toHaveLength(8)
  })

  test('llm-comply: all its cases of chats, but for that of a reasoning model', async () => {
    const options = ['--json', '--format', 'openai-chat', '-k', 'any', '-m', 'eyes', '-u', `${server.url}/v1`]
    const { stdout } = await run(join(dirname(python), 'llm-comply'), options)
    expect(JSON.parse(stdout)).toMatchObject({ summary: { total: 9, passed: 8, failed: 0, skipped: 1 } })
  })
})
