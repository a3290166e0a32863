// Hosts that never come to an end. What a download waits for is cut to some milliseconds.
import { describe, expect, test } from '@jest/globals'
import { download } from '../../src/model-file/model-download.ts'
import { resolveModelFile } from '../../src/model-file/model-uri.ts'
import { failureOf } from '../failure-of.ts'
import { fileRoute, jsonRoute, type Route, withModelServer } from '../model-server.ts'
import { job, model, stored, target } from './model-download-job.ts'

const silenceMs = 50

/** Sends pieces as long as anybody listens, after a beginning. */
function endlessRoute(beginning: Buffer, piece: Buffer): Route {
  return (_request, response) => {
    response.writeHead(200)
    response.write(beginning)
    const more = () => {
      while (!response.destroyed && response.write(piece));
    }
    response.on('drain', more)
    more()
  }
}

describe('a host that is silent', () => {
  test('before it answers is given up, and leaves no file behind', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', () => undefined)
      expect(await failureOf(download(job(server, { silenceMs })))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message: expect.stringContaining('(it sent nothing for 0.05 s)'),
      })
      expect(stored(server)).toEqual([])
    })
  })

  test('in the middle is asked again, and given up when it brings nothing three times', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"', stallAfter: 70_000 }))
      const complete = job(server, { silenceMs })
      await download(complete)
      expect(target(server).equals(model)).toBe(true)
      expect(server.requests).toHaveLength(3)
    })
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model, { etag: '"1"', stallAfter: 100 }))
      expect(await failureOf(download(job(server, { silenceMs })))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message: expect.stringContaining('broke off after 300 of'),
      })
      expect(server.requests).toHaveLength(3)
    })
  })

  test('with the list of a repository is given up', async () => {
    await withModelServer(async ({ origin, routes, dir }) => {
      routes.set('/api/models/ada/m/tree/main', (request, response) => {
        jsonRoute([])(
          request,
          Object.assign(response, { end: (text: string) => response.write(text.slice(1)) }),
        )
      })
      const resolving = resolveModelFile('hf:ada/m:Q4_0', { hfEndpoint: origin, cacheDir: dir, silenceMs })
      expect((await failureOf(resolving)).code).toBe('MODEL_DOWNLOAD_FAILED')
    })
  })
})

describe('a host that sends without an end', () => {
  const zeros = Buffer.alloc(256 * 1024)

  test('behind a model is stopped, and what it sent is deleted', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', endlessRoute(model, zeros))
      expect(await failureOf(download(job(server)))).toMatchObject({
        code: 'MODEL_DAMAGED',
        message: expect.stringContaining(
          `The model ends after ${model.length} bytes, and more than 1048576 others follow`,
        ),
      })
      expect(stored(server)).toEqual([])
    })
  })

  test('what is not a model is stopped as soon as that shows', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', endlessRoute(Buffer.from('<html>'), zeros))
      expect((await failureOf(download(job(server)))).code).toBe('MODEL_NOT_GGUF')
      expect(stored(server)).toEqual([])
    })
  })
})
