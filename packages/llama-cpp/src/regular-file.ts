import { constants } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'

/**
 * Opens a file to read it. A pipe or a device is refused, without waiting for whoever writes into it: a blocked `open`
 * holds a thread of Node, and the process cannot even exit.
 *
 * @throws the error of the system, with `EISDIR` for a folder
 */
export async function openRegularFile(path: string): Promise<FileHandle> {
  refuseOthers(await stat(path))
  // It may have become another since.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  try {
    refuseOthers(await handle.stat())
    return handle
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** All of a file as text, under the same condition. */
export async function readRegularFile(path: string): Promise<string> {
  const handle = await openRegularFile(path)
  try {
    return await handle.readFile('utf8')
  } finally {
    await handle.close()
  }
}

/** @throws TypeError for what is not a regular file; its `code` is `EISDIR` for a folder */
export function refuseOthers(status: { isFile(): boolean; isDirectory(): boolean }): void {
  if (status.isFile()) return
  const error = new TypeError('it is not a regular file')
  throw status.isDirectory() ? Object.assign(error, { code: 'EISDIR' }) : error
}
