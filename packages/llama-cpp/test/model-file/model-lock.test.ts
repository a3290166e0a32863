import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, jest, test } from '@jest/globals'
import { withFileLock } from '../../src/model-file/model-lock.ts'
import { failureOf } from '../failure-of.ts'
import { inTemporaryFolder } from '../temporary-folder.ts'

const lockOf = (pid: number, host = hostname()) => JSON.stringify({ host, pid, token: 'theirs' })

async function pidOfTheDead(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise((exited) => child.on('exit', exited))
  return child.pid ?? 0
}

test('lets one in at a time, and all in the end', async () => {
  await inTemporaryFolder(async (dir) => {
    let inside = 0
    let most = 0
    const enter = () =>
      withFileLock(join(dir, 'lock'), {}, async () => {
        inside += 1
        most = Math.max(most, inside)
        await new Promise((later) => setImmediate(later))
        inside -= 1
      })
    await Promise.all([enter(), enter(), enter()])
    expect([inside, most, readdirSync(dir)]).toEqual([0, 1, []])
  })
})

test('is free again after a failure, and passes it on', async () => {
  await inTemporaryFolder(async (dir) => {
    const failing = withFileLock(join(dir, 'lock'), {}, () => Promise.reject(new RangeError('mine')))
    await expect(failing).rejects.toThrow(new RangeError('mine'))
    expect(readdirSync(dir)).toEqual([])
  })
})

test('waits for a living process and tells that it waits', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'lock')
    writeFileSync(path, lockOf(process.pid))
    let waits = 0
    const onWait = async () => {
      waits += 1
      if (waits === 2) rmSync(path)
    }
    expect(await withFileLock(path, { onWait }, async () => 'in')).toBe('in')
    expect(waits).toBe(2)
  })
})

test('takes the lock of a dead process of this machine at once', async () => {
  await inTemporaryFolder(async (dir) => {
    writeFileSync(join(dir, 'lock'), lockOf(await pidOfTheDead()))
    const onWait = () => Promise.reject(new RangeError('waited'))
    expect(await withFileLock(join(dir, 'lock'), { onWait }, async () => 'in')).toBe('in')
    expect(readdirSync(dir)).toEqual([])
  })
})

test.each([
  ['of another machine', lockOf(1, 'elsewhere')],
  ['that is being written this moment', ''],
])('waits for a lock %s, abortably', async (_which, content) => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'lock')
    writeFileSync(path, content)
    const controller = new AbortController()
    const reason = new RangeError('enough')
    const onWait = async () => controller.abort(reason)
    await expect(withFileLock(path, { signal: controller.signal, onWait }, async () => 'in')).rejects.toBe(
      reason,
    )
    expect(readFileSync(path, 'utf8')).toBe(content)
  })
})

test('takes a lock of another machine that gave no sign of life for half a minute', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'lock')
    writeFileSync(path, lockOf(1, 'elsewhere'))
    const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000)
    let waits = 0
    const onWait = async () => {
      waits += 1
      clock.mockReturnValue(31_001)
    }
    try {
      expect(await withFileLock(path, { onWait }, async () => 'in')).toBe('in')
    } finally {
      clock.mockRestore()
    }
    expect(waits).toBe(1)
  })
})

test('notices that another took over, and leaves the lock to it', async () => {
  await inTemporaryFolder(async (dir) => {
    const path = join(dir, 'lock')
    const error = await failureOf(
      withFileLock(path, {}, async (lock) => {
        await lock.assertHeld()
        writeFileSync(path, lockOf(process.pid))
        await lock.assertHeld()
      }),
    )
    expect(error).toMatchObject({
      code: 'MODEL_DOWNLOAD_FAILED',
      message: `Another process took over the download that '${path}' guards, because this one had stood still. Try again.`,
      path,
    })
    expect(existsSync(path)).toBe(true)
  })
})

test('passes on that the lock cannot be made', async () => {
  await inTemporaryFolder(async (dir) => {
    await expect(withFileLock(join(dir, 'no', 'lock'), {}, async () => 'in')).rejects.toMatchObject({
      code: 'ENOENT',
    })
  })
})
