import type { CheckContext, Finding, Socket, WarmUpContext } from '@millrace/core'
import { readParameters } from '@millrace/core/component'
import { checkParameters } from '../options/check-options.ts'
import { loadLibrary } from '../server/ask.ts'
import { checkKey } from '../server/check-key.ts'
import { checkServer, resolveServer, type ServerParameters, withoutKey } from '../server/server.ts'

/** What the embedders do alike: their parameters are checked, and their server and its key are looked up. */
export abstract class Embedder<Parameters extends ServerParameters> {
  readonly initParameters: Parameters

  protected constructor(
    component: { readonly type: string; readonly parameters: Socket },
    given: Parameters,
  ) {
    const parameters = readParameters(component, given)
    checkParameters(component.parameters, parameters)
    checkServer(parameters)
    this.initParameters = parameters
  }

  /** Loads the library and looks up the environment. Asks nothing of the server. */
  async warmUp(_: WarmUpContext = {}): Promise<void> {
    resolveServer(this.initParameters)
    await loadLibrary()
  }

  /** A key that OpenAI would miss is a warning. Connects to nothing. */
  check(_: CheckContext = {}): Finding[] {
    return checkKey(this.initParameters)
  }

  /** The parameters as a file has them: a key in them becomes `${env:OPENAI_API_KEY}`. */
  toJSON(): object {
    return withoutKey(this.initParameters)
  }
}
