import { type DrawingFormat, parseDrawingFile, parseDrawingFormat } from '../arguments/drawing.ts'
import { everything } from '../arguments/permissions.ts'
import { drawing } from '../output/drawing.ts'
import { writeFile } from '../output/write.ts'
import type { Terminal } from '../terminal.ts'
import { load } from './load.ts'
import { makeRegistry, type RegistryOptions } from './registry.ts'

/** The options of `millrace draw` as they were written. */
export interface DrawCommandOptions extends RegistryOptions {
  readonly format?: string
  readonly output?: string
}

/** `millrace draw`: shows what a pipeline consists of, on stdout or in a file. */
export async function draw(file: string, options: DrawCommandOptions, terminal: Terminal): Promise<void> {
  const format = formatOf(options)
  const pipeline = await load(file, await makeRegistry(options, terminal), terminal, everything)
  const text = drawing(pipeline, { format })
  if (options.output === undefined) terminal.stdout.write(text)
  else await writeFile(options.output, text)
}

function formatOf({ format, output }: DrawCommandOptions): DrawingFormat {
  if (format !== undefined) return parseDrawingFormat(format)
  return output === undefined ? 'text' : parseDrawingFile('--output without --format', output).format
}
