import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

/** Whether there is a program of this name, in a folder of `PATH` or, where it is a path, from the folder. Nothing is started. */
export function isCommand(command: string, folder: string): boolean {
  const isPath = /[/\\]/.test(command)
  const folders = isPath ? [folder] : (process.env['PATH'] ?? '').split(delimiter)
  const endings = process.platform === 'win32' ? ['', ...(process.env['PATHEXT'] ?? '').split(';')] : ['']
  return folders.some((place) =>
    endings.some((ending) =>
      isExecutable(isPath ? resolve(place, command + ending) : join(place, command + ending)),
    ),
  )
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
