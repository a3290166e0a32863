import { useEffect, useState } from 'preact/hooks'

export type Tab = 'run' | 'chat' | 'file'

/** Where the page is: `#/NAME/TAB`. */
export interface Route {
  readonly name: string | undefined
  readonly tab: Tab | undefined
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const listen = () => setHash(location.hash)
    addEventListener('hashchange', listen)
    return () => removeEventListener('hashchange', listen)
  }, [])
  const [, name = '', tab = ''] = hash.split('/')
  return {
    name: name === '' ? undefined : decodeURIComponent(name),
    tab: tab === 'run' || tab === 'chat' || tab === 'file' ? tab : undefined,
  }
}

export function hrefOf(name: string, tab?: Tab): string {
  return `#/${encodeURIComponent(name)}${tab === undefined ? '' : `/${tab}`}`
}
