import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { type Download, download } from '../../src/model-file/model-download.ts'
import type { DownloadProgress } from '../../src/model-file/model-progress.ts'
import { ggufBytes } from '../gguf/gguf-bytes.ts'
import { type FileOptions, fileRoute, type ModelServer } from '../model-server.ts'

/** What most tests download: large enough to arrive in several pieces. */
export const model = ggufBytes({ tensors: [{ name: 'a', shape: [32, 6000], type: 8, bytes: 204_000 }] })
export const other = ggufBytes({ tensors: [{ name: 'b', shape: [32, 5000], type: 8, bytes: 170_000 }] })
export const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

export type Extra = Partial<Omit<Download, 'access'>> & {
  signal?: AbortSignal
  silenceMs?: number
  fetch?: typeof globalThis.fetch
}

/** The download of `/m.gguf` into the folder `cache`. */
export function job(
  { origin, dir }: ModelServer,
  { signal, silenceMs = 30_000, fetch = globalThis.fetch, ...extra }: Extra = {},
): Download {
  const access = {
    model: 'm',
    fetch,
    signal,
    silenceMs,
    hub: { endpoint: new URL(origin), token: undefined },
  }
  return { url: new URL(`${origin}/m.gguf`), target: join(dir, 'cache', 'm.gguf'), access, ...extra }
}

export const stored = ({ dir }: ModelServer) => readdirSync(join(dir, 'cache')).sort()
export const target = ({ dir }: ModelServer) => readFileSync(join(dir, 'cache', 'm.gguf'))

/** Aborts a download after its first bytes, so that a part is left. */
export async function leavePart(server: ModelServer, body: Buffer, options: FileOptions): Promise<void> {
  server.routes.set('/m.gguf', fileRoute(body, { ...options, stallAfter: 70_000 }))
  const controller = new AbortController()
  const reason = new RangeError('enough')
  const onProgress = ({ downloadedBytes }: DownloadProgress) => {
    if (downloadedBytes > 50_000) controller.abort(reason)
  }
  await expect(download(job(server, { signal: controller.signal, onProgress }))).rejects.toBe(reason)
  server.requests.length = 0
}
