import { type ChildProcess, spawnSync } from 'node:child_process'

type Stop = 'SIGTERM' | 'SIGKILL'

/** The servers that run now. None of them may outlive this process. */
const live = new Set<ChildProcess>()

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ends a server with this process, unless it ends by itself or is ended before. */
export function endWithProcess(child: ChildProcess): void {
  if (live.size === 0) listen()
  live.add(child)
  child.once('exit', () => {
    live.delete(child)
    if (live.size === 0) stopListening()
  })
}

/**
 * Sends a signal to a server and to everything that it started: on POSIX to its process group, which it leads and which may
 * outlive it; on Windows by `taskkill`, which only ends, and only what still has its parent.
 */
export function stopGroup(child: ChildProcess, signal: Stop): void {
  const { pid } = child
  if (pid === undefined) return
  const hasEnded = child.exitCode !== null || child.signalCode !== null
  if (process.platform === 'win32') {
    if (!hasEnded)
      spawnSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true })
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // Nobody is left in the group.
  }
}

function listen(): void {
  process.on('exit', endAll)
  for (const signal of signals) process.on(signal, onSignal)
}

function stopListening(): void {
  process.off('exit', endAll)
  for (const signal of signals) process.off(signal, onSignal)
}

function endAll(): void {
  for (const child of live) stopGroup(child, 'SIGKILL')
}

/** Without a listener a signal ends the process, and no 'exit' comes. Where the program listens, it is the one to decide. */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return
  endAll()
  stopListening()
  process.kill(process.pid, signal)
}
