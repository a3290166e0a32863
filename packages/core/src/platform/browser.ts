// What a browser has in the place of `node.ts`: no files, no variables, and paths with slashes.
import { sha256OfBytes } from './sha256.ts'

/** Only Node.js warns of many listeners. */
export function setMaxListeners(_most: number, ..._targets: readonly EventTarget[]): void {}

export function environmentOfProcess(): { readonly [name: string]: string | undefined } {
  return {}
}

export function sha256(text: string): string {
  return sha256OfBytes(new TextEncoder().encode(text))
}

/** As many arguments as every engine takes. */
const MOST_ARGUMENTS = 0x4000

export function toBase64(bytes: Uint8Array): string {
  let latin1 = ''
  for (let start = 0; start < bytes.length; start += MOST_ARGUMENTS) {
    latin1 += String.fromCharCode(...bytes.subarray(start, start + MOST_ARGUMENTS))
  }
  return btoa(latin1)
}

export function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

export async function readFile(_path: string): Promise<Uint8Array> {
  throw noFiles()
}

export async function sizeOfFile(_path: string): Promise<number | undefined> {
  throw noFiles()
}

export async function readStart(_path: string, _most: number): Promise<Uint8Array> {
  throw noFiles()
}

export function readStartSync(_path: string, _most: number): Uint8Array | undefined {
  throw noFiles()
}

function noFiles(): Error {
  return new Error('there are no files in a browser')
}

// The functions of node:path, as far as they are used, for paths from the root `/`.

export function isAbsolute(path: string): boolean {
  return path.startsWith('/')
}

export function resolve(...paths: readonly string[]): string {
  const last = paths.findLastIndex(isAbsolute)
  return `/${segmentsOf(paths.slice(Math.max(last, 0)).join('/'), true).join('/')}`
}

export function join(...paths: readonly string[]): string {
  const joined = paths.filter((path) => path !== '').join('/')
  if (isAbsolute(joined)) return resolve(joined)
  return segmentsOf(joined, false).join('/') || '.'
}

export function dirname(path: string): string {
  const end = withoutLastSlashes(path).lastIndexOf('/')
  return end > 0 ? withoutLastSlashes(path.slice(0, end)) : end === 0 || path.startsWith('/') ? '/' : '.'
}

export function basename(path: string): string {
  const trimmed = path.replace(/\/+$/, '')
  return trimmed.slice(trimmed.lastIndexOf('/') + 1)
}

export function extname(path: string): string {
  const name = basename(path)
  return name === '..' ? '' : (/(?<=.)\.[^.]*$/.exec(name)?.[0] ?? '')
}

export function relative(from: string, to: string): string {
  const start = segmentsOf(resolve(from), true)
  const end = segmentsOf(resolve(to), true)
  const common = start.findIndex((segment, index) => segment !== end[index])
  const shared = common < 0 ? start.length : common
  return [...start.slice(shared).map(() => '..'), ...end.slice(shared)].join('/')
}

function segmentsOf(path: string, fromRoot: boolean): string[] {
  const segments: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.length > 0 && segments.at(-1) !== '..') segments.pop()
    else if (!fromRoot) segments.push(segment)
  }
  return segments
}

function withoutLastSlashes(path: string): string {
  return path.replace(/(?<=.)\/+$/, '')
}
