// corepack pnpm bench NAME [ARGUMENT ...]: runs one of the benchmarks; each prints ratios measured in one process.
const benchmarks = {
  agent: () => import('./agent.ts'),
  aborts: () => import('./aborts.ts'),
  clients: () => import('./clients.ts'),
  memory: () => import('./memory.ts'),
  prefix: () => import('./prefix.ts'),
  prompt: () => import('./prompt.ts'),
  runner: () => import('./runner.ts'),
  serve: () => import('./serve.ts'),
  slots: () => import('./slots.ts'),
  templates: () => import('./templates.ts'),
  tokens: () => import('./tokens.ts'),
  types: () => import('./types.ts'),
} as const

const [name] = process.argv.splice(2, 1)
if (name !== undefined && Object.hasOwn(benchmarks, name)) {
  await benchmarks[name as keyof typeof benchmarks]()
} else {
  console.error(`Which benchmark? ${Object.keys(benchmarks).join(', ')}`)
  process.exitCode = 2
}
