import { onOneLine, shorten } from '@millrace/core/component'

/** How to start a server that speaks on its standard input and output. */
export interface Command {
  readonly command: string
  readonly args: readonly string[]
  /** Beside the few variables that every server gets. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string | undefined
}

/** Where a server listens that speaks streamable HTTP. */
export interface Endpoint {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** What messages call a server: its command with the arguments, or its URL without what may be secret. */
export function addressText(address: Command | Endpoint): string {
  if ('command' in address) return shorten(onOneLine([address.command, ...address.args].join(' ')), 120)
  try {
    const { origin, pathname } = new URL(address.url)
    return origin + pathname
  } catch {
    return address.url
  }
}
