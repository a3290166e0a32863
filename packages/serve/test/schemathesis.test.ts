// What the OpenAPI page promises, asked thousands of times by schemathesis. MILLRACE_TEST_SCHEMATHESIS names its program:
//
//   python3 -m venv venv && venv/bin/pip install schemathesis
//   MILLRACE_TEST_SCHEMATHESIS=$PWD/venv/bin/schemathesis corepack pnpm test:unit packages/serve/test/schemathesis
import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { standardComponents } from '@millrace/components'
import { Registry } from '@millrace/core'
import { loadPipelineFile } from '@millrace/core/yaml'
import { llamaCppComponents } from '@millrace/llama-cpp'
import { type Listening, listen } from '@millrace/serve'
import { asking, greeting } from './pipelines.ts'

const run = promisify(execFile)
const program = process.env['MILLRACE_TEST_SCHEMATHESIS'] ?? ''
const suite = program === '' ? describe.skip : describe
const name = program === '' ? 'skipped, for MILLRACE_TEST_SCHEMATHESIS names no program' : program

suite(`schemathesis (${name})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-schemathesis-'))
  let server: Listening

  beforeAll(async () => {
    const file = join(folder, 'capital.yaml')
    copyFileSync(join(import.meta.dirname, '../../../pipelines/capital.yaml'), file)
    const registry = new Registry([standardComponents, llamaCppComponents])
    server = await listen({
      port: 0,
      pipelines: { greeting: greeting(), asking: asking() },
      files: [file],
      edit: true,
      load: (path) => loadPipelineFile(path, { registry }),
    })
  })

  afterAll(async () => {
    await server.close()
    rmSync(folder, { recursive: true })
  })

  test('no request is answered with 5xx, a status or a body that the page does not have', async () => {
    const checks =
      'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance'
    // This one does not end.
    const options = [
      '--exclude-path',
      '/events',
      '--max-examples',
      '8',
      '--max-time',
      '60',
      '--checks',
      checks,
    ]
    const { stdout } = await run(program, ['run', `${server.url}/openapi.json`, ...options], {
      cwd: folder,
    }).catch((error: { stdout: string }) => error)
    expect(stdout).not.toMatch('= FAILURES =')
    expect(stdout).toMatch(/(\d+) generated, \1 passed/)
  })
})
