const DAY = [
  '[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))',
  '(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29',
].join('|')
const HOUR = '(?:[01][0-9]|2[0-3])'
const TIME = `${HOUR}:[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-]${HOUR}:[0-5][0-9])`
const BYTE = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])'
const HEX = '[0-9a-fA-F]'
const WORDS = '[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*'

/**
 * The formats of strings, as patterns. They allow less than the standards do: no week dates, no leap seconds, no
 * quoted mailboxes.
 */
export const FORMATS: Readonly<Record<string, string>> = {
  date: `^(?:${DAY})$`,
  time: `^${TIME}$`,
  'date-time': `^(?:${DAY})T${TIME}$`,
  uuid: `^${HEX}{8}-${HEX}{4}-${HEX}{4}-${HEX}{4}-${HEX}{12}$`,
  ipv4: `^${BYTE}(?:\\.${BYTE}){3}$`,
  email: `^[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@(?:${WORDS}\\.)+[A-Za-z]{2,24}$`,
}
