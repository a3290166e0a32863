import { ImageContent, MillraceError } from '@millrace/core'
import { CliError } from '../errors.ts'

/**
 * The image in a file.
 *
 * @param written what named it, which begins the message of an error
 * @param wanted what to write for a file
 * @throws CliError `USAGE_UNREADABLE`
 */
export async function readImageFile(written: string, file: string, wanted: string): Promise<ImageContent> {
  if (/^https?:/i.test(file)) {
    throw new CliError(
      'USAGE_UNREADABLE',
      `${written}: nothing is fetched from the network. Download the image, and write ${wanted}.`,
    )
  }
  try {
    return await ImageContent.fromFile(file)
  } catch (cause) {
    if (!MillraceError.isInstance(cause)) throw cause
    throw new CliError('USAGE_UNREADABLE', `${written}: ${cause.message}`, { cause })
  }
}
