import { formatDuration, formatShare } from './duration.ts'
import type { ComponentRun } from './run-overlay.ts'

/** `×3 · 1.24 s · 45 %`, or `did not run`. */
export function runSummary({ visits, totalMs, share, unfinished }: ComponentRun): string {
  if (visits === 0) return 'did not run'
  const time = `×${visits} · ${formatDuration(totalMs)}`
  return unfinished ? `${time} · did not end` : `${time} · ${formatShare(share)}`
}
