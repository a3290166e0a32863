import { dirname, isAbsolute, join, resolve } from 'node:path'

/** What is around a pipeline that a file writes down. */
export interface DefinitionPlace {
  /** The folder that relative paths start from. Absent: the working directory. */
  readonly baseDir: string | undefined
  /** What errors call the file. */
  readonly file: string | undefined
  /** The files around it by their absolute paths, the outermost first and its own last. */
  readonly files: readonly string[]
  /** How many pipelines are around it. */
  readonly levels: number
}

/** The place of what is written down inside of a pipeline. */
export function placeInside(place: DefinitionPlace): DefinitionPlace {
  return { ...place, levels: place.levels + 1 }
}

/** The place of what another file holds, by the path that the including file writes for it. */
export function placeInFile(around: DefinitionPlace, written: string): DefinitionPlace {
  const { baseDir = '', file, files, levels } = around
  const path = resolve(baseDir, written)
  // Errors call it by the way from where they call the including file by its path.
  const isRelative = file !== undefined && !isAbsolute(written) && dirname(resolve(file)) === resolve(baseDir)
  return {
    baseDir: dirname(path),
    file: isRelative ? join(dirname(file), written) : path,
    files: [...files, path],
    levels: levels + 1,
  }
}
