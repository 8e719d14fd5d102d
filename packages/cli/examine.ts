import { WrongFormat } from '@droplake/lake/format'
import { findDamage } from '@droplake/local/find-damage'
import { UsageError } from '@droplake/local/usage-error'
import { checkLogFormat } from '@droplake/pipeline/log'
import type { Place } from '@droplake/pipeline/place'
import { explainError } from '@droplake/stage/explain-error'
import type { Finding } from '@droplake/stage/finding'
import { datasets, nodeVersion } from './examine-checkout.ts'
import { engine, engineWithout, folder, leftovers } from './examine-folder.ts'
import { holderText, readStatusAnyway } from './read-status.ts'
import type { Session, StageName } from './session.ts'
import { firstLineOf, many, moment } from './text.ts'
import { withFolder } from './with-folder.ts'
import { chosenDatasets, lakeExists } from './with-lake.ts'
import { outputsOf, withStage } from './with-stage.ts'

/** Looks at everything that droplake needs, one finding a thing; what cannot be looked at is itself a finding. */
export async function examine(session: Session): Promise<Finding[]> {
  const findings = [nodeVersion()]
  if (session.stage) return [...findings, ...(await examineThere(session.stage, session))]
  findings.push(await folder(session))
  findings.push(...(await datasets()))
  const looks = [engine, objects, holders, leftovers]
  if (!lakeExists(session)) return [...findings, await engineWithout()]
  try {
    await withFolder(session, { showFaults: false, anyFormat: true }, async (lake) => {
      await checkLogFormat(lake.fx.store, Object.keys(lake.fx.datasets))
      for (const look of looks) findings.push(...(await looked(() => look(session, lake))))
    })
  } catch (error) {
    if (error instanceof UsageError) throw error
    findings.push(failureOf(error))
  }
  return findings
}

/** What a look finds; that it fails is a finding as well, and the others go on. */
async function looked(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look()
  } catch (error) {
    return [failureOf(error)]
  }
}

function failureOf(error: unknown): Finding {
  const message = firstLineOf(error).replace(/^lake: /, '')
  // Errors say what is wrong, and after that what to do.
  const end = error instanceof WrongFormat ? message.indexOf('. ') : message.indexOf('; ')
  if (end < 0) return { state: 'fail', subject: 'lake', text: message, mend: 'droplake doctor --debug shows where' }
  return { state: 'fail', subject: 'lake', text: message.slice(0, end), mend: message.slice(end + 2) }
}

const damagesShown = 10

/** Whether everything that the log names is there as it was written. */
async function objects(session: Session, lake: Place): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of await chosenDatasets(session, lake)) {
    const { entries, files, damages } = await findDamage(lake, name)
    for (const { key, how, mend, harmless } of damages.slice(0, damagesShown))
      findings.push({ state: harmless ? 'warn' : 'fail', subject: name, text: `${key} ${how}`, mend })
    if (damages.length > damagesShown)
      findings.push({
        state: 'fail',
        subject: name,
        text: `… and ${many(damages.length - damagesShown, 'more object')}`,
      })
    if (damages.length === 0)
      findings.push({
        state: 'ok',
        subject: name,
        text: `${many(entries, 'log entry', 'log entries')} and ${many(files, 'data file')} are whole`,
      })
  }
  return findings
}

/** Without outputs there is nothing to examine; what AWS refuses are findings. */
async function examineThere(named: StageName, session: Session): Promise<Finding[]> {
  const { outputs, path } = outputsOf(named)
  const told: Finding = {
    state: 'ok',
    subject: 'outputs',
    text: `stage ${outputs.stage} in ${outputs.region}, of ${path}`,
  }
  const { examineStage } = await import('@droplake/stage/examine-stage')
  return withStage(named, async (stage) => {
    const found = [told, ...(await datasets()), ...(await examineStage(stage))]
    if (found.some(({ state, subject }) => state === 'fail' && (subject === 'credentials' || subject === 'bucket')))
      return found
    try {
      return [...found, ...(await objects(session, stage)), ...(await holders(session, stage))]
    } catch (error) {
      const { text, mend } = explainError(error, outputs) ?? { text: firstLineOf(error), mend: 'run it with --debug' }
      return [...found, { state: 'fail', subject: 'log', text, mend }]
    }
  })
}

async function holders(session: Session, lake: Place): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of await chosenDatasets(session, lake)) {
    const { unfinished, pending, lastRun, damaged } = await readStatusAnyway(lake, name)
    // The look at its objects says what is damaged.
    if (damaged) continue
    const mend = session.hint(`run --dataset ${name}`)
    if (unfinished?.alive)
      findings.push({
        state: 'ok',
        subject: name,
        text: `run ${unfinished.runId} is under way since ${moment(unfinished.startedAt)} UTC, by ${holderText(unfinished.holder)}`,
        mend: `when that process is gone: ${session.hint(`run --dataset ${name} --take-over`)}`,
      })
    else if (unfinished)
      findings.push({
        state: 'warn',
        subject: name,
        text: `run ${unfinished.runId} died; nobody goes on with its work`,
        mend,
      })
    else if (lastRun?.status === 'failed' || lastRun?.status === 'held')
      findings.push({
        state: 'warn',
        subject: name,
        text: `the last run ${lastRun.status}: ${lastRun.runId}`,
        mend: session.hint(`runs show ${lastRun.runId}`),
      })
    else findings.push({ state: 'ok', subject: name, text: 'nobody holds it' })
    if (pending > 0 && !unfinished?.alive)
      findings.push({ state: 'warn', subject: name, text: `${many(pending, 'file')} pending`, mend })
  }
  return findings
}
