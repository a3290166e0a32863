// What a browser has in the place of `node.ts`.

/** Only Node.js warns of many listeners. */
export function setMaxListeners(_most: number, ..._targets: readonly EventTarget[]): void {}

export async function access(_path: string): Promise<void> {
  throw new Error('there are no files in a browser')
}
