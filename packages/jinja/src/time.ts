import { Fault } from './jinja-error.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** The parts of a moment as a clock in a time zone shows them. */
interface Clock {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly microsecond: number
  /** Minutes ahead of UTC. */
  readonly offset: number | undefined
  readonly zone: string
}

function pad(value: number, width = 2, fill = '0'): string {
  return String(value).padStart(width, fill)
}

/** Python's `strftime`. @throws Fault `ARGUMENTS` for a code that there is not */
function format(clock: Clock, pattern: string): string {
  const date = new Date(Date.UTC(clock.year, clock.month - 1, clock.day))
  const weekday = date.getUTCDay()
  const yearDay = Math.round((date.getTime() - Date.UTC(clock.year, 0, 1)) / 86_400_000)
  const hour12 = clock.hour % 12 || 12
  const write = (code: string): string => {
    switch (code.at(-1)) {
      case 'Y':
        return String(clock.year)
      case 'y':
        return pad(clock.year % 100)
      case 'm':
        return pad(clock.month)
      case 'B':
        return MONTHS[clock.month - 1] as string
      case 'b':
      case 'h':
        return (MONTHS[clock.month - 1] as string).slice(0, 3)
      case 'd':
        return pad(clock.day)
      case 'e':
        return pad(clock.day, 2, ' ')
      case 'j':
        return pad(yearDay + 1, 3)
      case 'A':
        return DAYS[weekday] as string
      case 'a':
        return (DAYS[weekday] as string).slice(0, 3)
      case 'w':
        return String(weekday)
      case 'u':
        return String(weekday || 7)
      case 'H':
        return pad(clock.hour)
      case 'I':
        return pad(hour12)
      case 'M':
        return pad(clock.minute)
      case 'S':
        return pad(clock.second)
      case 'f':
        return pad(clock.microsecond, 6)
      case 'p':
        return clock.hour < 12 ? 'AM' : 'PM'
      case 'z':
        return clock.offset === undefined ? '' : offsetText(clock.offset)
      case 'Z':
        return clock.zone
      case 'F':
        return format(clock, '%Y-%m-%d')
      case 'T':
        return format(clock, '%H:%M:%S')
      case 'R':
        return format(clock, '%H:%M')
      case 'D':
      case 'x':
        return format(clock, '%m/%d/%y')
      case 'X':
        return format(clock, '%H:%M:%S')
      case 'c':
        return format(clock, '%a %b %e %H:%M:%S %Y')
      case 'U':
        return pad(Math.floor((yearDay + 7 - weekday) / 7))
      case 'W':
        return pad(Math.floor((yearDay + 7 - ((weekday + 6) % 7)) / 7))
      case 'n':
        return '\n'
      case 't':
        return '\t'
      case '%':
        return '%'
    }
    throw new Fault(
      'ARGUMENTS',
      `'${code}' is not a code of a date, as %Y, %m, %d, %H, %M, %S, %A and %B are.`,
    )
  }
  // `%-d` and its like are glibc's: without zeros in front.
  return pattern.replace(/%(-?)([\s\S])/g, (code: string, minus: string) => {
    const text = write(code)
    return minus === '' ? text : text.replace(/^[0 ]+(?=.)/, '')
  })
}

function offsetText(offset: number): string {
  const minutes = Math.abs(offset)
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}${pad(minutes % 60)}`
}

/** `strftime_now`: the local time, without a zone. */
export function formatLocal(now: Date, pattern: string): string {
  return format(
    {
      year: now.getFullYear(),
      month: now.getMonth() + 1,
      day: now.getDate(),
      hour: now.getHours(),
      minute: now.getMinutes(),
      second: now.getSeconds(),
      microsecond: now.getMilliseconds() * 1000,
      offset: undefined,
      zone: '',
    },
    pattern,
  )
}

const UNITS: Readonly<Record<string, number>> = {
  weeks: 604_800_000,
  days: 86_400_000,
  hours: 3_600_000,
  minutes: 60_000,
  seconds: 1000,
}

/** Haystack's `now`: the time in a zone, moved on or back by an offset such as `hours=2, minutes=30`. */
export function formatInZone(
  now: Date,
  zone: string,
  offset: string,
  isBack: boolean,
  pattern: string,
): string {
  const moved = new Date(now.getTime() + milliseconds(offset, isBack, now))
  if (Number.isNaN(moved.getTime())) throw new Fault('ARGUMENTS', `'${offset}' leads beyond all dates.`)
  let parts: Intl.DateTimeFormatPart[]
  try {
    parts = new Intl.DateTimeFormat('en-US', {
      timeZone: zone === 'local' ? undefined : zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      timeZoneName: 'short',
    }).formatToParts(moved)
  } catch (cause) {
    throw new Fault('ARGUMENTS', `'${zone}' is not a time zone, as 'UTC' and 'Europe/Paris' are.`, { cause })
  }
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value)
  const clock = {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
  const shown = Date.UTC(clock.year, clock.month - 1, clock.day, clock.hour, clock.minute, clock.second)
  const ahead = Math.round((shown - Math.floor(moved.getTime() / 1000) * 1000) / 60_000)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''
  return format({ ...clock, microsecond: moved.getMilliseconds() * 1000, offset: ahead, zone: name }, pattern)
}

function milliseconds(offset: string, isBack: boolean, now: Date): number {
  const sign = isBack ? -1 : 1
  let sum = 0
  for (const each of offset.split(',').filter((text) => text.trim() !== '')) {
    const [, unit = '', amount = ''] = /^\s*(\w+)\s*=\s*([-+]?\d+(?:\.\d+)?)\s*$/.exec(each) ?? []
    if (unit === 'months' || unit === 'years') {
      const moved = new Date(now)
      if (unit === 'months') moved.setUTCMonth(moved.getUTCMonth() + sign * Number(amount))
      else moved.setUTCFullYear(moved.getUTCFullYear() + sign * Number(amount))
      sum += moved.getTime() - now.getTime()
    } else if (UNITS[unit] === undefined) {
      throw new Fault('ARGUMENTS', `'${each.trim()}' is not an offset, as 'hours=2' and 'days=-1' are.`)
    } else sum += sign * UNITS[unit] * Number(amount)
  }
  return sum
}
