// Lambda's Runtime API for a bundle as it is deployed: work-arounds.md says why not the emulator's own Node runtime.
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

const { AWS_LAMBDA_RUNTIME_API, AWS_LAMBDA_FUNCTION_NAME, AWS_LAMBDA_FUNCTION_VERSION } = process.env
const { AWS_LAMBDA_FUNCTION_MEMORY_SIZE, LAMBDA_TASK_ROOT, _HANDLER } = process.env
const base = `http://${AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`
const post = (path, body) => fetch(`${base}${path}`, { method: 'POST', body: JSON.stringify(body) ?? 'null' })
const failure = (error) =>
  error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] }

async function load() {
  const dot = _HANDLER.lastIndexOf('.')
  const module = resolve(LAMBDA_TASK_ROOT, _HANDLER.slice(0, dot))
  const file = ['.mjs', '.js', '.cjs'].map((ending) => module + ending).find(existsSync)
  if (!file) throw new Error(`no module ${module}`)
  return (await import(pathToFileURL(file).href))[_HANDLER.slice(dot + 1)]
}

/** A fault that a test laid down for this function befalls one invocation: see faults.ts. */
async function fault(event) {
  const folder = process.env.EMULATOR_FAULTS
  for (const name of folder && existsSync(folder) ? readdirSync(folder).sort() : []) {
    if (!name.startsWith(`${AWS_LAMBDA_FUNCTION_NAME}.`)) continue
    const file = join(folder, name)
    const { matches, error, message, pausedBy } = JSON.parse(readFileSync(file, 'utf8'))
    if (matches && !JSON.stringify(event).includes(matches)) continue
    unlinkSync(file)
    while (pausedBy && existsSync(pausedBy)) await sleep(50)
    if (error) throw Object.assign(new Error(message), { name: error })
    return (outcome) => pausedBy && writeFileSync(`${pausedBy}.done`, outcome)
  }
}

let handler
try {
  handler = await load()
} catch (error) {
  await post('/init/error', failure(error))
  process.exit(1)
}
for (;;) {
  const next = await fetch(`${base}/invocation/next`)
  const id = next.headers.get('lambda-runtime-aws-request-id')
  const deadline = Number(next.headers.get('lambda-runtime-deadline-ms'))
  const context = {
    awsRequestId: id,
    invokedFunctionArn: next.headers.get('lambda-runtime-invoked-function-arn'),
    functionName: AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
  try {
    const event = await next.json()
    const tell = await fault(event)
    const answer = handler(event, context)
    if (tell)
      answer.then(
        () => tell('done'),
        (error) => tell(error.name),
      )
    await post(`/invocation/${id}/response`, await answer)
  } catch (error) {
    await post(`/invocation/${id}/error`, failure(error))
  }
}
