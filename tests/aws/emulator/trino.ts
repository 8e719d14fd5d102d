import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { start, untilReady } from './process.ts'
import { trinoHome } from './trino-install.ts'
import { findJava } from './trino-java.ts'
import { runStatement } from './trino-statement.ts'

export interface Trino {
  endpoint: string
  pid: number
  stop(): Promise<void>
}

/** Starts Trino over a Glue and an S3, as Athena's engine is over AWS's; up in ten to thirty seconds. */
export async function startTrino(over: { glue: string; s3: string }): Promise<Trino> {
  const [java, home] = await Promise.all([findJava(), trinoHome()])
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOn(await freePort(), { java, home, over })
    } catch (error) {
      if (attempt === 2) throw error
    }
  }
}

async function startOn(
  port: number,
  { java, home, over }: { java: string; home: string; over: { glue: string; s3: string } },
): Promise<Trino> {
  const folder = await mkdtemp(join(tmpdir(), 'droplake-trino-'))
  const endpoint = `http://127.0.0.1:${port}`
  await mkdir(join(folder, 'catalog'))
  await writeFile(join(folder, 'config.properties'), properties(server(endpoint, port)))
  await writeFile(join(folder, 'catalog/awsdatacatalog.properties'), properties(catalog(over)))
  await writeFile(join(folder, 'log.properties'), 'io.trino=WARN\n')
  const running = await start({
    command: join(java, 'bin/java'),
    args: [...machine, ...settings(folder, home), '-cp', join(home, 'lib/*'), 'io.trino.server.TrinoServer'],
    cwd: folder,
    log: join(folder, 'trino.log'),
    env: { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8' },
  })
  const stop = async () => {
    await running.stop()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await untilReady(running, () => readsTables(endpoint, over.s3), 180_000)
  } catch (error) {
    await stop()
    throw error
  }
  return { endpoint, pid: running.pid, stop }
}

/** It answers constants some seconds before it knows that it may read tables itself. */
async function readsTables(endpoint: string, s3: string): Promise<boolean> {
  await fetch(`${s3}/trino-ready`, { method: 'PUT' })
  const statements = [
    `create schema if not exists trino_ready with (location = 's3://trino-ready/')`,
    'create table if not exists trino_ready.nothing (a integer)',
    'select * from trino_ready.nothing',
    'drop table trino_ready.nothing',
    'drop schema trino_ready',
  ]
  for (const sql of statements) await runStatement(endpoint, sql)
  await fetch(`${s3}/trino-ready`, { method: 'DELETE' })
  return true
}

const machine = [
  '-Xmx1G',
  '-XX:+UseSerialGC',
  // A suite of minutes does not pay for the optimising compiler: a third of the processor time.
  '-XX:TieredStopAtLevel=1',
  '-XX:ReservedCodeCacheSize=256M',
  '-Djdk.attach.allowAttachSelf=true',
  '-Dfile.encoding=UTF-8',
  '--add-modules=jdk.incubator.vector',
  '--enable-native-access=ALL-UNNAMED',
  '--sun-misc-unsafe-memory-access=allow',
]

const settings = (folder: string, home: string) => [
  '-Dnode.environment=test',
  '-Dnode.id=test',
  '-Dnode.internal-address=127.0.0.1',
  '-Dnode.bind-ip=127.0.0.1',
  `-Dnode.data-dir=${join(folder, 'data')}`,
  `-Dconfig=${join(folder, 'config.properties')}`,
  `-Dlog.levels-file=${join(folder, 'log.properties')}`,
  `-Dcatalog.config-dir=${join(folder, 'catalog')}`,
  `-Dplugin.dir=${join(home, 'plugin')}`,
]

const server = (endpoint: string, port: number) => ({
  coordinator: true,
  'node-scheduler.include-coordinator': true,
  'http-server.http.port': port,
  'discovery.uri': endpoint,
  'catalog.management': 'static',
  'query.max-memory': '300MB',
  'query.max-memory-per-node': '300MB',
  'memory.heap-headroom-per-node': '200MB',
  // One writer, so that the limit of partitions that it holds open is Athena's limit of a statement.
  'task.max-writer-count': 1,
  'task.min-writer-count': 1,
  'task.scale-writers.enabled': false,
  'query.determine-partition-count-for-write-enabled': false,
})

const catalog = ({ glue, s3 }: { glue: string; s3: string }) => ({
  'connector.name': 'hive',
  'hive.metastore': 'glue',
  'hive.metastore.glue.region': 'us-east-1',
  'hive.metastore.glue.endpoint-url': glue,
  'hive.metastore.glue.aws-access-key': 'test',
  'hive.metastore.glue.aws-secret-key': 'test',
  'hive.metastore-cache-ttl': '0s',
  'hive.non-managed-table-writes-enabled': true,
  'fs.native-s3.enabled': true,
  's3.endpoint': s3,
  's3.region': 'us-east-1',
  's3.path-style-access': true,
  's3.aws-access-key': 'test',
  's3.aws-secret-key': 'test',
})

const properties = (of: Record<string, string | number | boolean>) =>
  Object.entries(of)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
