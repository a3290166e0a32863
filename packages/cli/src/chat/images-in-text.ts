import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ImageContent, MillraceError } from '@millrace/core'

export interface TextWithImages {
  /** The text without the paths of the images. */
  readonly text: string
  readonly images: readonly ImageContent[]
  /** What looks like an image and is none. */
  readonly problems: readonly string[]
}

/** In quotes, or with a backslash before each space, as terminals write the path of a file that is dropped on them. */
const PATH =
  /"([^"\n]+\.(?:png|jpe?g|gif|webp|bmp))"|'([^'\n]+\.(?:png|jpe?g|gif|webp|bmp))'|((?:\\.|[^\s"'\\])+\.(?:png|jpe?g|gif|webp|bmp))(?=$|[\s.,;:!?)])/gi

/** Finds paths of images in what a person wrote: of files that are there. Everything else stays text. */
export async function imagesInText(text: string, cwd: string): Promise<TextWithImages> {
  const images: ImageContent[] = []
  const problems: string[] = []
  let left = ''
  let end = 0
  for (const match of text.matchAll(PATH)) {
    const path = pathOf(match, cwd)
    if (path === undefined || !(statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)) continue
    try {
      images.push(await ImageContent.fromFile(path))
    } catch (error) {
      if (!MillraceError.isInstance(error)) throw error
      problems.push(error.message)
      continue
    }
    left += text.slice(end, match.index)
    end = match.index + match[0].length
  }
  left += text.slice(end)
  return { text: images.length === 0 ? text : left.replace(/ {2,}/g, ' ').trim(), images, problems }
}

function pathOf([, double, single, bare]: RegExpMatchArray, cwd: string): string | undefined {
  const written =
    double ?? single ?? (process.platform === 'win32' ? bare : bare?.replace(/\\(.)/g, '$1')) ?? ''
  return resolvePath(written, cwd)
}

/** A path as people write it: `~/` is the home folder. Undefined for a URL of anything but a file of this machine. */
export function resolvePath(written: string, cwd: string): string | undefined {
  if (/^file:\/\//i.test(written)) {
    try {
      return fileURLToPath(written)
    } catch {
      return undefined
    }
  }
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(written)) return undefined
  return resolve(cwd, /^~[/\\]/.test(written) ? join(homedir(), written.slice(2)) : written)
}
