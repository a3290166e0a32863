import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { download } from '../../src/model-file/model-download.ts'
import type { DownloadProgress } from '../../src/model-file/model-progress.ts'
import { failureOf } from '../failure-of.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { fileRoute, redirectRoute, statusRoute, withModelServer } from '../model-server.ts'
import { job, model, other, sha256, stored, target } from './model-download-job.ts'

describe('a download', () => {
  test('brings the file, tells how far it is, and leaves nothing else', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model))
      const seen: DownloadProgress[] = []
      await download(job(server, { onProgress: (progress) => seen.push(progress) }))
      expect(target(server).equals(model)).toBe(true)
      expect(stored(server)).toEqual(['m.gguf'])
      expect(seen[0]).toEqual({ downloadedBytes: 0, totalBytes: model.length })
      expect(seen.at(-1)).toEqual({ downloadedBytes: model.length, totalBytes: model.length })
      expect(
        seen.every(
          ({ downloadedBytes }, index) =>
            index === 0 || downloadedBytes > (seen[index - 1]?.downloadedBytes ?? 0),
        ),
      ).toBe(true)
    })
  })

  test('asks nobody for a file that is there', async () => {
    await withModelServer(async (server) => {
      mkdirSync(join(server.dir, 'cache'))
      writeFileSync(join(server.dir, 'cache', 'm.gguf'), 'here')
      await download(job(server))
      expect([server.requests, target(server).toString()]).toEqual([[], 'here'])
    })
  })

  test('of a file of unknown length ends with the body', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', (_request, response) => response.writeHead(200).end(model))
      const seen: DownloadProgress[] = []
      await download(job(server, { onProgress: (progress) => seen.push(progress) }))
      expect(target(server).equals(model)).toBe(true)
      expect(seen.at(-1)).toEqual({ downloadedBytes: model.length, totalBytes: model.length })
    })
  })

  test('is one for all who want the file at the same time', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model))
      await Promise.all([download(job(server)), download(job(server)), download(job(server))])
      expect([server.requests.length, stored(server)]).toEqual([1, ['m.gguf']])
    })
  })

  test('waits for another process that has it under way, with its progress', async () => {
    await withModelServer(async (server) => {
      const path = join(server.dir, 'cache', 'm.gguf')
      mkdirSync(join(server.dir, 'cache'))
      writeFileSync(`${path}.lock`, JSON.stringify({ host: hostname(), pid: process.pid, token: 'theirs' }))
      writeFileSync(`${path}.part`, model.subarray(0, 1000))
      writeFileSync(`${path}.part.json`, JSON.stringify({ totalBytes: model.length }))
      const seen: DownloadProgress[] = []
      const onProgress = (progress: DownloadProgress) => {
        seen.push(progress)
        writeFileSync(path, model)
        rmSync(`${path}.lock`)
      }
      await download(job(server, { onProgress }))
      expect(seen).toEqual([{ downloadedBytes: 1000, totalBytes: model.length }])
      expect(server.requests).toEqual([])
    })
  })

  test('passes on what onProgress throws', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model))
      const thrown = new RangeError('mine')
      const onProgress = () => {
        throw thrown
      }
      await expect(download(job(server, { onProgress }))).rejects.toBe(thrown)
    })
  })
})

describe('what arrived', () => {
  test('must have the promised checksum, or is deleted', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model))
      const expected = 'ab'.repeat(32)
      expect(await failureOf(download(job(server, { sha256: expected.toUpperCase() })))).toMatchObject({
        code: 'MODEL_CHECKSUM_MISMATCH',
        message:
          `The model 'm' arrived with the sha256 ${sha256(model)}, and ${expected} was promised. ` +
          'It was deleted. Try again, or check where the sum comes from.',
        expected,
        actual: sha256(model),
        path: join(server.dir, 'cache', 'm.gguf'),
      })
      expect(stored(server)).toEqual([])
    })
  })

  test('must have the checksum that the hub tells in its redirect', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', redirectRoute('/stored', { 'x-linked-etag': `"${sha256(other)}"` }))
      server.routes.set('/stored', fileRoute(model))
      expect((await failureOf(download(job(server)))).code).toBe('MODEL_CHECKSUM_MISMATCH')
      server.routes.set('/m.gguf', redirectRoute('/stored', { 'x-linked-etag': `"${sha256(model)}"` }))
      await download(job(server))
      expect(stored(server)).toEqual(['m.gguf'])
    })
  })

  test('must be GGUF, or is deleted', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', statusRoute(200, '<!doctype html><title>Sign in</title>'))
      const path = join(server.dir, 'cache', 'm.gguf')
      const error = await failureOf(download(job(server)))
      expect(error).toMatchObject({
        code: 'MODEL_NOT_GGUF',
        message:
          `What '${server.origin}/m.gguf' sent is no usable model, and was deleted. ` +
          `'${path}.part' is not a GGUF file: it is a web page. Download the file itself, not its page.`,
        path,
      })
      expect(stored(server)).toEqual([])
    })
  })

  test('must be whole by its own header, or is deleted', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(model.subarray(0, 1000)))
      expect(await failureOf(download(job(server)))).toMatchObject({ code: 'MODEL_TRUNCATED' })
      expect(stored(server)).toEqual([])
    })
  })

  test('may be of a version that cannot be read yet', async () => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', fileRoute(ggufBytes({ version: 4 })))
      await download(job(server))
      expect(stored(server)).toEqual(['m.gguf'])
    })
  })

  test('is not taken from one whose lock another took meanwhile', async () => {
    await withModelServer(async (server) => {
      const lock = join(server.dir, 'cache', 'm.gguf.lock')
      server.routes.set('/m.gguf', (request, response) => {
        writeFileSync(lock, JSON.stringify({ host: hostname(), pid: process.pid, token: 'theirs' }))
        fileRoute(model)(request, response)
      })
      expect((await failureOf(download(job(server)))).code).toBe('MODEL_DOWNLOAD_FAILED')
      expect(existsSync(join(server.dir, 'cache', 'm.gguf'))).toBe(false)
    })
  })
})

describe('an answer that is no file', () => {
  test.each([
    [404, 'MODEL_NOT_FOUND'],
    [401, 'MODEL_DOWNLOAD_FAILED'],
    [500, 'MODEL_DOWNLOAD_FAILED'],
    [204, 'MODEL_DOWNLOAD_FAILED'],
    [206, 'MODEL_DOWNLOAD_FAILED'],
  ])('with status %i is an error and leaves no part of a file', async (status, code) => {
    await withModelServer(async (server) => {
      server.routes.set('/m.gguf', statusRoute(status))
      expect(await failureOf(download(job(server)))).toMatchObject({ code, status })
      expect(existsSync(join(server.dir, 'cache', 'm.gguf'))).toBe(false)
    })
  })
})

describe('a disk', () => {
  test('that has too little room is told before the download', async () => {
    await withModelServer(async (server) => {
      const bytes = 2 ** 52
      server.routes.set('/m.gguf', (_request, response) => {
        response.writeHead(200, { 'content-length': bytes }).write(model)
      })
      const error = await failureOf(download(job(server)))
      expect(error).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message:
          `The model 'm' needs ${bytes} more bytes, and the disk of '${join(server.dir, 'cache')}' has ` +
          `${error.actual} left. Free some space, or name another \`cacheDir\`.`,
        expected: bytes,
      })
    })
  })

  test.each([
    ['ENOSPC', 'the disk is full. What arrived is kept: free some space and try again'],
    ['EROFS', 'as the system says'],
  ])('that fails with %s while it is written is named', async (code, reason) => {
    await withModelServer(async (server) => {
      const thrown = Object.assign(new TypeError('as the system says'), { code, syscall: 'write' })
      server.routes.set('/m.gguf', fileRoute(model))
      // Stands for the write that a full disk refuses: no test can fill a disk.
      const onProgress = () => {
        throw thrown
      }
      expect(await failureOf(download(job(server, { onProgress })))).toMatchObject({
        code: 'MODEL_DOWNLOAD_FAILED',
        message: `The model 'm' cannot be stored in '${join(server.dir, 'cache')}': ${reason}, or name another \`cacheDir\`.`,
        cause: thrown,
      })
    })
  })

  test('where the folder cannot be made is named', async () => {
    await withModelServer(async (server) => {
      writeFileSync(join(server.dir, 'cache'), '')
      const error = await failureOf(
        download(job(server, { target: join(server.dir, 'cache', 'hf', 'm.gguf') })),
      )
      expect(error.code).toBe('MODEL_DOWNLOAD_FAILED')
      expect(error.message).toContain(
        `The model 'm' cannot be stored in '${join(server.dir, 'cache', 'hf')}': ENOTDIR`,
      )
    })
  })
})
