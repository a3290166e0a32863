import type { Finding } from '@millrace/core'
import { OPENAI_URL } from '../options/server-parameters.ts'
import { defaultKey, type ServerParameters } from './server.ts'

/** What can be known without asking: OpenAI answers nobody without a key. */
export function checkKey({ apiBaseUrl = OPENAI_URL, apiKey }: ServerParameters): Finding[] {
  if (apiKey !== undefined) return []
  const { hostname } = URL.canParse(apiBaseUrl) ? new URL(apiBaseUrl) : { hostname: '' }
  const isOpenAI = hostname === 'api.openai.com'
  if (!isOpenAI || defaultKey(isOpenAI) !== undefined) return []
  const message =
    "There is no key for api.openai.com: set 'apiKey' to ${env:OPENAI_API_KEY}, or the environment variable OPENAI_API_KEY. For a server of your own set 'apiBaseUrl'."
  return [{ level: 'warning', code: 'MISSING_KEY', message, option: 'apiKey' }]
}
