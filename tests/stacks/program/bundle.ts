import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { platform, root } from '../paths.ts'

const banner = [
  `import { createRequire as topLevelCreateRequire } from 'module'`,
  `import { fileURLToPath as topLevelFileUrlToPath, URL as topLevelURL } from 'url'`,
  'const require = topLevelCreateRequire(import.meta.url)',
  'const __filename = topLevelFileUrlToPath(import.meta.url)',
  `const __dirname = topLevelFileUrlToPath(new topLevelURL('.', import.meta.url))`,
].join('\n')

interface ProgramBundle {
  code: string
  outfile: string
  banner?: string
  define?: Record<string, string>
  inject?: string[]
  /** Put before every file of the project. */
  globals?: string
  /** Texts in place of files of the project, by path. */
  replaced: Record<string, string>
}

/** A program of SST, bundled as its CLI does; it lies in the platform's folder, so that Pulumi resolves. */
export async function bundleProgram(options: ProgramBundle): Promise<void> {
  const globals: Plugin = {
    name: 'globals',
    setup(build) {
      build.onLoad({ filter: /\.(js|ts)$/ }, ({ path }) => {
        if (path.startsWith(join(root, '.sst')) || path.includes('/node_modules/')) return undefined
        const contents = options.replaced[path] ?? readFileSync(path, 'utf8')
        return { contents: `${options.globals ?? ''}\n${contents}`, loader: path.endsWith('.ts') ? 'ts' : 'js' }
      })
    },
  }
  await build({
    stdin: { contents: options.code, resolveDir: root, sourcefile: 'eval.ts', loader: 'ts' },
    outfile: options.outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    nodePaths: [join(platform, 'node_modules')],
    external: [
      '@pulumi/*',
      'undici',
      '@pulumiverse/*',
      '@sst-provider/*',
      '@aws-sdk/*',
      'esbuild',
      'archiver',
      'glob',
      'vite',
    ],
    banner: { js: `${banner}\n${options.banner ?? ''}` },
    define: options.define ?? {},
    inject: options.inject ?? [],
    plugins: [globals],
    logLevel: 'silent',
  })
}

/** A service's bundle, as SST makes it for `nodejs` functions. */
export async function bundleHandler(options: {
  handler: string
  out: string
  minify: boolean
}): Promise<{ handler: string; out: string; errors: string[]; sourcemaps: string[] }> {
  const at = options.handler.lastIndexOf('.')
  const [path, name] = [options.handler.slice(0, at), options.handler.slice(at + 1)]
  const file = join(root, `${path}.ts`)
  if (!existsSync(file))
    return { handler: '', out: options.out, errors: [`Handler not found: ${options.handler}`], sourcemaps: [] }
  await build({
    entryPoints: [file],
    outfile: join(options.out, `${path}.mjs`),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'esnext',
    mainFields: ['module', 'main'],
    external: ['sharp', 'pg-native'],
    keepNames: true,
    minify: options.minify,
    banner: { js: banner },
    logLevel: 'silent',
  })
  return { handler: `${path}.${name}`, out: options.out, errors: [], sourcemaps: [] }
}
