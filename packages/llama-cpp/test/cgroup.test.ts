import { describe, expect, test } from '@jest/globals'
import { cgroupsOf } from '../src/cgroup.ts'

const filesOf = (files: Readonly<Record<string, string>>) => (path: string) => files[path]

/** Which file each group has, as the text of a path that echoes. */
const pathsOf = (controller: 'cpu' | 'memory', groups: string | undefined) =>
  cgroupsOf(controller, (path) => (path === '/proc/self/cgroup' ? groups : path)).map(
    ({ version, read }) => `${version} ${read('file')}`,
  )

describe('the control groups of a process', () => {
  test('are none where the system has none', () => {
    expect(pathsOf('cpu', undefined)).toEqual([])
  })

  test('of version 2 are its own and those above, up to the root', () => {
    expect(pathsOf('memory', '0::/user.slice/a.scope\n')).toEqual([
      '2 /sys/fs/cgroup/user.slice/a.scope/file',
      '2 /sys/fs/cgroup/user.slice/file',
      '2 /sys/fs/cgroup/file',
    ])
  })

  test('of version 1 are those of the controller, also where it shares its folder', () => {
    const groups = '9:cpu,cpuacct:/docker/a\n4:memory:/docker/b\n'
    expect(pathsOf('cpu', groups)).toEqual([
      '1 /sys/fs/cgroup/cpu/docker/a/file',
      '1 /sys/fs/cgroup/cpu/docker/file',
      '1 /sys/fs/cgroup/cpu/file',
    ])
    expect(pathsOf('memory', groups)[0]).toBe('1 /sys/fs/cgroup/memory/docker/b/file')
  })

  test('of both versions count at once', () => {
    expect(pathsOf('memory', '4:memory:/\n0::/\n')).toEqual([
      '2 /sys/fs/cgroup/file',
      '1 /sys/fs/cgroup/memory/file',
    ])
  })

  test('have no text where a file cannot be read', () => {
    const [group] = cgroupsOf('cpu', filesOf({ '/proc/self/cgroup': '0::/\n' }))
    expect(group?.read('cpu.max')).toBeUndefined()
  })
})
