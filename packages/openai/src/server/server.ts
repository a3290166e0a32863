import { HiddenValues, resolveEnvironment } from '@millrace/core/component'
import { invalidOption } from '../options/check-options.ts'
import { OPENAI_URL } from '../options/server-parameters.ts'

/** What the parameters say of a server. */
export interface ServerParameters {
  readonly model: string
  readonly apiBaseUrl?: string | undefined
  readonly apiKey?: string | undefined
  readonly organization?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly timeoutMs?: number | undefined
  readonly maxRetries?: number | undefined
}

/** A server, with everything that stood in the environment. Kept out of messages: it has the key. */
export interface Server {
  readonly model: string
  /** Without a slash at its end. */
  readonly url: string
  readonly apiKey: string | undefined
  readonly organization: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly isOpenAI: boolean
  /** In the words of OpenTelemetry's `gen_ai.provider.name`. */
  readonly provider: string
  readonly address: { readonly address: string; readonly port?: number }
  /** Keeps the key and what stood in the environment out of messages: servers may repeat what they refuse. */
  readonly hidden: HiddenValues
}

/** Names of OpenTelemetry's conventions, by the end of the host. Every other server is one of OpenAI's protocol. */
const providers: Readonly<Record<string, string>> = {
  'openai.azure.com': 'azure.ai.openai',
  'api.deepseek.com': 'deepseek',
  'api.groq.com': 'groq',
  'api.mistral.ai': 'mistral_ai',
  'api.perplexity.ai': 'perplexity',
  'api.x.ai': 'x_ai',
  'generativelanguage.googleapis.com': 'gcp.gemini',
}

/**
 * The server that the parameters name.
 *
 * @throws OpenAIError `OPENAI_OPTION_INVALID` for an address that is none, or headers that are not those of HTTP
 * @throws DefinitionError `COMPONENT_PARAMETERS` where they refer to an environment variable that is not set
 */
export function resolveServer(parameters: ServerParameters): Server {
  try {
    return resolved(parameters)
  } catch (error) {
    throw new HiddenValues(parameters).hideIn(error)
  }
}

function resolved(parameters: ServerParameters): Server {
  const { model, apiBaseUrl = OPENAI_URL, organization, headers = {} } = parameters
  const url = checkedUrl(resolveEnvironment(apiBaseUrl))
  const { hostname, port } = url
  const isOpenAI = hostname === 'api.openai.com'
  const [, provider = 'openai'] =
    Object.entries(providers).find(([host]) => hostname === host || hostname.endsWith(`.${host}`)) ?? []
  const apiKey = resolveEnvironment(parameters.apiKey) ?? defaultKey(isOpenAI && url.protocol === 'https:')
  const sent = resolveEnvironment(headers)
  return {
    model: resolveEnvironment(model),
    url: url.href.replace(/\/+$/, ''),
    apiKey,
    organization: resolveEnvironment(organization),
    headers: sent,
    hidden: new HiddenValues(parameters, [
      apiKey,
      ...Object.values(sent).filter(({ length }) => length >= 8),
    ]),
    isOpenAI,
    provider,
    address: { address: hostname, port: Number(port) || (url.protocol === 'https:' ? 443 : 80) },
  }
}

/** For OpenAI alone: a file must not be able to have the key sent to a host of its choice. */
export function defaultKey(isOpenAI: boolean): string | undefined {
  return isOpenAI ? process.env['OPENAI_API_KEY'] || undefined : undefined
}

/** Refuses what can be seen to be wrong without the environment. */
export function checkServer({ apiBaseUrl, headers = {} }: ServerParameters): void {
  if (apiBaseUrl !== undefined && !apiBaseUrl.includes('${')) checkedUrl(apiBaseUrl)
  for (const name of Object.keys(headers)) {
    if (/^authorization$/i.test(name)) {
      throw invalidOption(
        `headers.${name}`,
        "the key of a server is the parameter 'apiKey', which no dump shows.",
      )
    }
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) {
      throw invalidOption(`headers.${name}`, 'this cannot be the name of a header.')
    }
  }
}

/** A query would go in front of the path, and let a file ask a service of this machine for anything. */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw invalidOption('apiBaseUrl', `'${text}' is not an address. Write it as in http://localhost:8080/v1.`)
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidOption('apiBaseUrl', "it has a name or a password in it. Write a key as 'apiKey'.")
  }
  if (/[?#]/.test(text)) {
    throw invalidOption('apiBaseUrl', `'${text}' has a query or a fragment. Leave that out.`)
  }
  const path = /\/(chat\/completions|completions|embeddings)\/*$/.exec(url.pathname)
  if (path === null) return url
  throw invalidOption('apiBaseUrl', `it ends in '/${path[1]}', which is added to it. Leave that out.`)
}

/** The parameters as a dumped file has them: a key that stands in them becomes a reference to the environment. */
export function withoutKey<Parameters extends ServerParameters>(parameters: Parameters): Parameters {
  const { apiKey } = parameters
  if (apiKey === undefined || /\$\{env:/.test(apiKey)) return parameters
  return { ...parameters, apiKey: '${env:OPENAI_API_KEY}' }
}

/** The value as an object; empty for anything else. What servers send, which is JSON, is looked at through this. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? (value as Readonly<Record<string, unknown>>) : {}
}
