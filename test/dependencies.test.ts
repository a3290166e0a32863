// A direct dependency is pinned exactly and has a reason in CONTRIBUTING.md.
import { expect, test } from '@jest/globals'
import { filesBelow, packages, read } from './workspace.ts'

const manifests = [
  ...['package.json', 'bench/package.json', 'examples/package.json'],
  'examples/packages/acme-summaries/package.json',
  ...packages.map((name) => `packages/${name}/package.json`),
]

function dependenciesOf(manifest: string): [string, string][] {
  const { dependencies = {}, devDependencies = {}, optionalDependencies = {} } = JSON.parse(read(manifest))
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
}

test.each(manifests)('%s pins what it depends on', (manifest) => {
  const loose = dependenciesOf(manifest).filter(
    ([, version]) => version !== 'workspace:*' && !/^(npm:[\w/-]+@)?\d+\.\d+\.\d+$/.test(version),
  )
  expect(loose).toEqual([])
})

test('what extends core has it as a peer, so that a program has one copy; a program has it as a dependency', () => {
  for (const name of packages) {
    const { dependencies = {}, peerDependencies = {} } = JSON.parse(read(`packages/${name}/package.json`))
    const isProgram = name === 'cli'
    const { '@millrace/core': dependency } = dependencies
    const { '@millrace/core': peer } = peerDependencies
    const uses = filesBelow(`packages/${name}/src`).some((file) =>
      read(`packages/${name}/src/${file}`).includes("from '@millrace/core"),
    )
    expect([name, dependency, peer]).toEqual([
      name,
      uses && isProgram ? 'workspace:*' : undefined,
      uses && !isProgram ? 'workspace:^' : undefined,
    ])
  }
})

test('every dependency has a reason in CONTRIBUTING.md, and every reason a dependency', () => {
  const reasons = [...read('CONTRIBUTING.md').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1])
  const names = manifests
    .flatMap(dependenciesOf)
    .filter(([, version]) => version !== 'workspace:*')
    .map(([name]) => name)
  expect([...new Set(names)].sort()).toEqual([...reasons].sort())
})

test.each(['docs/deploying.md', 'docs/llama-cpp.md', 'packages/llama-cpp/README.md'])(
  '%s installs the native packages in the versions of the manifest',
  (page) => {
    const { dependencies, peerDependencies } = JSON.parse(read('packages/llama-cpp/package.json'))
    const shown = [...read(page).matchAll(/@(fugood|node-llama-cpp)\/[\w.-]+?@(\d+\.\d+\.\d+)/g)]
    expect(shown.length).toBeGreaterThan(0)
    for (const [, scope, version] of shown) {
      const binding =
        scope === 'fugood' ? peerDependencies['@fugood/llama.node'] : dependencies['node-llama-cpp']
      expect(version).toBe(binding)
    }
  },
)

test('the optional packages that are left out are listed as pnpm keeps them, or it installs before every command', () => {
  const [, list = ''] =
    /^ignoredOptionalDependencies:\n((?: {2}- .*\n)+)/m.exec(read('pnpm-workspace.yaml')) ?? []
  const patterns = list.trimEnd().split('\n')
  expect(patterns.length).toBeGreaterThan(5)
  expect(patterns).toEqual([...patterns].sort())
})
