import { createHash, randomInt, randomUUID } from 'node:crypto'

/** `nine`: the form that templates of Mistral demand, nine letters and digits. */
export type CallIdForm = 'any' | 'nine'

const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function newCallId(form: CallIdForm): string {
  if (form === 'any') return `call_${randomUUID().replaceAll('-', '')}`
  return Array.from({ length: 9 }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/** An id in a form that the template takes; always the same one for the same id. */
export function callId(id: string, form: CallIdForm): string {
  if (form === 'any' || /^[0-9A-Za-z]{9}$/.test(id)) return id
  const digest = createHash('sha256').update(id).digest()
  return Array.from(digest.subarray(0, 9), (byte) => LETTERS[byte % LETTERS.length]).join('')
}
