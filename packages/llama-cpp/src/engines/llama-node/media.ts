import type { FileContent, ImageContent } from '@millrace/core'
import { listNames, messageOf } from '@millrace/core/component'
import { LlamaCppError } from '../../errors.ts'
import { webpAsBitmap } from './webp-image.ts'

/** What the projector of a model takes in. */
export interface Modalities {
  readonly vision: boolean
  readonly audio: boolean
}

/** Where a part stands, for errors. */
export interface Place {
  readonly role: string
  /** From 0. */
  readonly part: number
}

type Medium = ImageContent | FileContent

/** How the files of each type begin. The binding goes by that alone, and calls a program for what it does not know. */
const IMAGES: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG\r\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/gif': /^GIF8[79]a/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
}
const SOUNDS: Readonly<Record<string, RegExp>> = {
  'audio/wav': /^RIFF[\s\S]{4}WAVE/,
  'audio/mpeg': /^(ID3|\xff[\xe2-\xff])/,
}
const OTHER_NAMES: Readonly<Record<string, string>> = {
  'image/jpg': 'image/jpeg',
  'audio/x-wav': 'audio/wav',
  'audio/wave': 'audio/wav',
  'audio/mp3': 'audio/mpeg',
}

/**
 * An image or a sound as the binding takes it.
 *
 * @throws LlamaCppError `MODALITY_UNSUPPORTED` for what the model does not take, and for what would not be decoded
 */
export function mediaUrl(medium: Medium, place: Place, modalities: Modalities): string {
  const mimeType = OTHER_NAMES[medium.mimeType] ?? medium.mimeType
  const isSound = mimeType.startsWith('audio/')
  if (medium.type === 'file' && !isSound) throw refused(medium, place, 'a model reads images and sound')
  if (!(isSound ? modalities.audio : modalities.vision)) throw refused(medium, place, missing(isSound))
  const types = isSound ? SOUNDS : IMAGES
  const beginning = types[mimeType]
  if (!beginning) {
    const possible = listNames(Object.keys(types))
    throw refused(medium, place, `engine 'llama.node' decodes ${possible}. Convert it to one of them`)
  }
  const start = Buffer.from(medium.base64.slice(0, 24), 'base64').toString('latin1')
  if (!beginning.test(start)) throw refused(medium, place, 'its bytes are of another type')
  return mimeType === 'image/webp' ? bitmapUrl(medium, place) : `data:${mimeType};base64,${medium.base64}`
}

/** llama.cpp reads no WebP. */
function bitmapUrl(medium: Medium, place: Place): string {
  try {
    return `data:image/bmp;base64,${webpAsBitmap(Buffer.from(medium.base64, 'base64')).toString('base64')}`
  } catch (cause) {
    throw refused(medium, place, `it cannot be decoded (${messageOf(cause)})`)
  }
}

function missing(isSound: boolean): string {
  return isSound
    ? "this model takes no sound. Give 'modelClipPath' the mmproj of a model that does"
    : "this model takes text alone. Give 'modelClipPath' the mmproj that belongs to it, if there is one"
}

/** An error about a part of a message, before anything is evaluated. */
export function refused(part: Medium, place: Place, reason: string): LlamaCppError {
  return new LlamaCppError(
    'MODALITY_UNSUPPORTED',
    `Part ${place.part} of a message of role '${place.role}' is of type '${part.type}' (${part.mimeType}): ${reason}.`,
    { engine: 'llama.node', actual: part.mimeType },
  )
}
