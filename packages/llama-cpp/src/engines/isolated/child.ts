// The program of a child process: an engine, and nothing else. It ends with its host, however that ends.
import type { EngineName } from '../../options/options.ts'
import type { Engine } from '../engine.ts'
import { EngineHost } from './engine-host.ts'
import type { ToEngine } from './engine-messages.ts'

async function findEngine(name: EngineName): Promise<Engine> {
  if (name === 'llama.node') return (await import('../llama-node.ts')).llamaNode
  return (await import('../node-llama-cpp.ts')).nodeLlamaCpp
}

const host = new EngineHost(findEngine, (message) => {
  // A host that is gone hears nothing: the error goes to the listener of 'disconnect'.
  if (process.connected) process.send?.(message, undefined, undefined, () => {})
})

// A terminal sends Ctrl-C to both, and a service manager its signals to all: when to end is the host's to decide.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
// Native threads may be at work, and nobody is left to wait for them.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
process.on('message', (message) => host.receive(message as ToEngine))
