import { readdirSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Pipeline } from '@millrace/core'

/** A pipeline that the caller made, and closes itself. */
export interface GivenPipeline {
  readonly pipeline: Pipeline
  readonly title?: string
  /** For people who choose a pipeline, and for models that call it as a tool. */
  readonly description?: string
}

/**
 * Loads the pipeline of a file, or of whatever else stands in the place of one, such as a model. With a text the file is not
 * read: that is what it may become.
 */
export type LoadFile = (path: string, text?: string) => Promise<Pipeline>

const PIPELINE_FILE = /\.ya?ml$/i

/**
 * The pipeline files that paths stand for: those in a folder by name, without those in folders beneath it, and without
 * pipes and devices, which may never end.
 */
export function filesOf(path: string): readonly string[] {
  if (!isFolder(path)) return [path]
  return readdirSync(path)
    .filter((name) => PIPELINE_FILE.test(name))
    .sort()
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? true)
}

export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

export function isPipelineFile(path: string): boolean {
  return PIPELINE_FILE.test(path)
}

/** What a file is called in addresses: its name without the ending, or the last part of the name of a model. */
export function nameOfFile(path: string): string {
  const last = isPipelineFile(path) ? basename(resolve(path)) : basename(path.split(/[?#]/, 1)[0] ?? path)
  const name = last
    .replace(/\.(ya?ml|gguf)$/i, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/^[._]+/, '')
  return name.slice(0, 64) || 'pipeline'
}
