import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { LoadError } from '../errors.ts'
import type { Pipeline } from '../pipeline/pipeline.ts'
import { decodeUtf8, readFailure } from './file-text.ts'
import { completeLimits } from './limits.ts'
import { type LoadOptions, loadPipeline } from './load.ts'
import { ProblemList } from './problem-list.ts'
import { SourceText } from './source-text.ts'

/** How much of a file is read at a time. */
const PIECE = 64 * 1024

/**
 * Reads a pipeline file and makes its pipeline. Relative paths in parameters start from the folder of the file. Besides
 * it, only the files are read that it includes with `file:`, and those that they include.
 *
 * @throws LoadError `LOAD_NOT_FOUND` when the file can't be read, and what `loadPipeline` throws
 */
export async function loadPipelineFile(
  path: string,
  { registry, limits }: Pick<LoadOptions, 'registry' | 'limits'>,
): Promise<Pipeline> {
  const { maxBytes } = completeLimits(limits)
  const problems = new ProblemList(new SourceText(''), path)
  const bytes = await read(path, maxBytes, problems)
  if (bytes.length > maxBytes)
    problems.fail('LOAD_LIMIT', `The file is larger than the ${maxBytes} bytes of 'maxBytes'.`)
  const text =
    decodeUtf8(bytes) ?? problems.fail('LOAD_SYNTAX', 'The file is not UTF-8 text. Save it in that encoding.')
  return loadPipeline(text, {
    registry,
    file: path,
    baseDir: dirname(resolve(path)),
    readFile: (included) => readIncluded(included, maxBytes),
    ...(limits ? { limits } : {}),
  })
}

/** The bytes of a file, or one more than `most` of them. Pipes and devices have no size to ask for first. */
async function read(path: string, most: number, problems: ProblemList): Promise<Buffer> {
  try {
    const file = await open(path)
    const pieces: Buffer[] = []
    for await (const piece of file.createReadStream({ end: most })) pieces.push(piece)
    return Buffer.concat(pieces)
  } catch (cause) {
    return problems.fail('LOAD_NOT_FOUND', `The file cannot be read: ${readFailure(cause)}.`, { cause })
  }
}

/**
 * The same for a file that another one names, at once. A stranger may have named it: a pipe would let the process wait
 * for ever.
 */
function readIncluded(path: string, most: number): Buffer {
  if (!statSync(path).isFile()) throw new LoadError('LOAD_NOT_FOUND', 'it is no regular file')
  const file = openSync(path, 'r')
  try {
    const pieces: Buffer[] = []
    for (let length = 0; length <= most; ) {
      const piece = Buffer.alloc(PIECE)
      const read = readSync(file, piece, 0, PIECE, null)
      if (read === 0) break
      pieces.push(piece.subarray(0, read))
      length += read
    }
    return Buffer.concat(pieces)
  } finally {
    closeSync(file)
  }
}
