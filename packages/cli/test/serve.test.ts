// `millrace serve`, asked over HTTP as its clients do.
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, jest, test } from '@jest/globals'
import { writeBert } from '../../llama-cpp/test/text-models.ts'
import { cli } from './cli.ts'
import { FakeTerminal } from './fake-terminal.ts'
import { root } from './millrace.ts'
import { inTemporaryFolder } from './temporary-folder.ts'

jest.setTimeout(60_000)

interface Serving {
  readonly url: string
  readonly child: ChildProcess
  /** What it has written on its standard error. */
  readonly said: () => string
  readonly ended: Promise<number | null>
}

async function serving(
  args: readonly string[],
  work: (served: Serving) => Promise<void>,
  env = {},
): Promise<void> {
  const main = join(root, 'packages/cli/dist/main.js')
  const child = spawn(process.execPath, [main, 'serve', '--port', '0', ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on('data', (text) => {
      said += text
      const found = /^Serving .* at (http:\S+)$/m.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    })
    void ended.then(() => reject(new RangeError(`it ended: ${said}`)))
  })
  try {
    await work({ url, child, said: () => said, ended })
  } finally {
    child.kill('SIGKILL')
  }
}

interface Models {
  readonly data: readonly {
    readonly id: string
    readonly roles: readonly string[]
    readonly description: string
  }[]
}

async function post(address: string, body: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(address, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
}

describe('millrace serve', () => {
  test('serves a folder, with what is wrong in it, and answers', async () => {
    await serving(['pipelines'], async ({ url, said }) => {
      const response = await post(`${url}/pipelines/capital`, { country: 'France' })
      expect(response.status).toBe(200)
      expect(await response.text()).toMatch('The capital of France is Paris.')
      expect(said()).toMatch(
        /^Not served: 'pipelines\/tool-loop.yaml'.\n {2}pipelines\/tool-loop.yaml:\d+:\d+: /m,
      )
    })
  })

  test('serves a model alone', async () => {
    await serving(['packages/pocket-model/pocket.gguf', '--n-ctx', '512'], async ({ url }) => {
      const inputs = { messages: 'What is the capital of France?', generationKwargs: { temperature: 0 } }
      const response = await post(`${url}/pipelines/pocket`, inputs)
      expect(await response.text()).toMatch('The capital of France is Paris.')
    })
  })

  test('serves an embedder and a ranker alone, each where its file says that it belongs', async () => {
    await inTemporaryFolder(async (folder) => {
      const [embedder, ranker] = [join(folder, 'embed.gguf'), join(folder, 'rank.gguf')]
      writeBert(embedder, { pooling: 1 })
      writeBert(ranker, { pooling: 4, head: true })
      await serving([embedder, ranker], async ({ url }) => {
        const models = (await (await fetch(`${url}/v1/models`)).json()) as Models
        expect(models.data.map(({ id, roles, description }) => [id, roles, description])).toEqual([
          ['embed', ['embedder'], "The model 'embed.gguf'."],
          ['rank', ['ranker'], "The model 'rank.gguf'."],
        ])
        const embedded = await post(`${url}/v1/embeddings`, { model: 'embed', input: ['paris', 'cats'] })
        const { data } = (await embedded.json()) as { data: { embedding: number[] }[] }
        expect(data.map(({ embedding }) => embedding.length)).toEqual([32, 32])
        const documents = ['paris is the capital of france', 'cats like fish']
        const ranked = await post(`${url}/v1/rerank`, { model: 'rank', query: 'capital', documents })
        const { results } = (await ranked.json()) as { results: { index: number }[] }
        expect(results.map(({ index }) => index).sort()).toEqual([0, 1])
        const asked = { model: 'embed', messages: [{ role: 'user', content: 'Hello' }] }
        expect((await post(`${url}/v1/chat/completions`, asked)).status).toBe(404)
      })
    })
  })

  test('a generator that a file gives an embedding model is refused, and named', async () => {
    await inTemporaryFolder(async (folder) => {
      const [model, file] = [join(folder, 'embed.gguf'), join(folder, 'wrong.yaml')]
      writeBert(model, { pooling: 1 })
      writeFileSync(
        file,
        JSON.stringify({ components: { llm: { type: 'LlamaCppGenerator', initParameters: { model } } } }),
      )
      const { code, stderr } = await cli(['run', file, 'Hello'])
      expect(stderr).toMatch(/embed.gguf' is an embedding model: it does not write. Use LlamaCppTextEmbedder/)
      expect(code).toBe(5)
    })
  })

  test('answers at SIGTERM what it has accepted, and ends with 0', async () => {
    await serving(['pipelines/capital.yaml', '--max-running', '1'], async ({ url, child, ended }) => {
      await post(`${url}/pipelines/capital`, { country: 'France' })
      const answers = Array.from({ length: 12 }, () => post(`${url}/pipelines/capital`, { country: 'Japan' }))
      const waiting = async (): Promise<void> => {
        const text = await (await fetch(`${url}/metrics`)).text()
        const [, running, waits] =
          /millrace_runs_running (\d+)[\s\S]*millrace_runs_waiting (\d+)/.exec(text) ?? []
        const ran = /millrace_runs_total\{.*\} (\d+)/.exec(text)?.[1]
        if (Number(running) + Number(waits) + Number(ran) < 13) await waiting()
      }
      await waiting()
      child.kill('SIGTERM')
      const responses = await Promise.all(answers)
      expect(responses.map(({ status }) => status)).toEqual(Array(12).fill(200))
      const texts = await Promise.all(responses.map((response) => response.text()))
      expect(texts.every((text) => text.includes('The capital of Japan is Tokyo.'))).toBe(true)
      expect(await ended).toBe(0)
    })
  })

  test('wants the key of its environment, and logs nothing unless asked', async () => {
    const args = ['pipelines/capital.yaml', '--host', '0.0.0.0', '--api-key-env', 'SERVE_KEY']
    await serving(
      args,
      async ({ url, said }) => {
        const address = `${url}/pipelines/capital`
        const before = said()
        expect((await post(address, { country: 'France' })).status).toBe(401)
        const headers = { authorization: 'Bearer secret' }
        expect((await post(address, { country: 'France' }, headers)).status).toBe(200)
        expect(said()).toBe(before)
      },
      { SERVE_KEY: 'secret' },
    )
  })

  test('logs a line for each request when asked, without what is in it', async () => {
    await serving(['pipelines/capital.yaml', '--log'], async ({ url, said }) => {
      await post(`${url}/pipelines/capital`, { country: 'Atlantis' })
      expect(said()).toMatch(/^POST \/pipelines\/capital 200 \d+ ms req_/m)
      expect(said()).not.toMatch('Atlantis')
    })
  })

  test('has the page at /, and with --edit lets a text be tried, with paths that start at its file', async () => {
    await inTemporaryFolder(async (dir) => {
      const file = join(dir, 'greet.yaml')
      const source =
        "components: { greet: { type: PromptBuilder, initParameters: { template: 'Hello {{ name }}' } } }\n"
      const whole = 'components: { sub: { type: Pipeline, initParameters: { file: greet.yaml } } }\n'
      writeFileSync(file, source)
      writeFileSync(join(dir, 'whole.yaml'), whole)
      await serving([dir, '--edit'], async ({ url }) => {
        expect((await fetch(url)).headers.get('content-type')).toMatch('text/html')
        const put = (path: string, body: object) =>
          fetch(`${url}/pipelines/${path}`, {
            method: 'PUT',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(body),
          })
        const draft = await put('whole/draft', { text: `# Changed\n${whole}` })
        expect(await draft.json()).toEqual({ name: 'whole~draft', state: 'ready', findings: [] })
        const tried = await post(`${url}/pipelines/whole~draft`, { name: 'Ada' })
        expect(await tried.json()).toMatchObject({ status: 'completed' })
      })
    })
  })
})

describe('wrong options of millrace serve', () => {
  test.each([
    [['pipelines', '--port', '99999'], 2, '--port takes a whole number from 0 to 65535'],
    [['pipelines', '--host', '0.0.0.0'], 2, 'needs a key'],
    [['pipelines', '--api-key-env', 'NO_SUCH_KEY'], 2, "names the variable 'NO_SUCH_KEY', which is not set"],
    [['pipelines', '--cors', 'example'], 2, 'cors takes origins'],
    [['pipelines', '--n-ctx', '512'], 2, 'belong to a model'],
    [['-'], 2, 'Give the pipelines as files'],
  ] as const)('%p are refused', async (args, exitCode, message) => {
    const { code, stderr } = await cli(['serve', ...args], new FakeTerminal({ cwd: root }))
    expect(stderr).toMatch(message)
    expect(code).toBe(exitCode)
  })

  test('a folder without pipelines, and files that are all broken, are refused', async () => {
    await inTemporaryFolder(async (dir) => {
      expect((await cli(['serve', dir, '--port', '0'])).code).toBe(3)
      writeFileSync(join(dir, 'broken.yaml'), 'components: {')
      const { code, stderr } = await cli(['serve', dir, '--port', '0'])
      expect(code).toBe(3)
      expect(stderr).toMatch(/Not served: [\s\S]*None of the files can be served/)
    })
  })
})
