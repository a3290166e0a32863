import { createHash } from 'node:crypto'
import { homedir } from 'node:os'
import { join, posix, win32 } from 'node:path'

/**
 * Where downloaded models are kept when no `cacheDir` is given: `%LOCALAPPDATA%\millrace\models` on Windows, else
 * `$XDG_CACHE_HOME/millrace/models`, else `~/.cache/millrace/models`.
 */
export function defaultModelCache(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const { LOCALAPPDATA: local, XDG_CACHE_HOME: cache } = environment
  if (platform === 'win32')
    return win32.join(local || win32.join(home, 'AppData', 'Local'), 'millrace', 'models')
  // The XDG specification: a relative path is invalid and to be ignored.
  const base = cache !== undefined && posix.isAbsolute(cache) ? cache : posix.join(home, '.cache')
  return posix.join(base, 'millrace', 'models')
}

/** The folder of one repository of the hub; its files lie in it under the paths that they have there. */
export function repositoryFolder(cacheDir: string, repository: string): string {
  return join(cacheDir, 'hf', ...repository.split('/'))
}

/** One folder for each URL and checksum, so that a changed checksum never meets a file that was checked for another. */
export function urlFolder(cacheDir: string, url: URL, sha256: string | undefined): string {
  const key = createHash('sha256')
    .update(`${url.href.replace(/#.*$/, '')}#${sha256 ?? ''}`)
    .digest('hex')
  return join(cacheDir, 'https', url.host.replace(/[^\w.-]/g, '_'), key.slice(0, 16))
}

/** The last part of a URL's path as a file name that every system takes. */
export function fileNameOf(url: URL): string {
  const last = url.pathname.split('/').at(-1) ?? ''
  const name = decoded(last)
    .replace(/[^\w.+-]/g, '_')
    .replace(/^\.+/, '')
  return name === '' ? 'model.gguf' : name
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
