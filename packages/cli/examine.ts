import type { Place } from '@droplake/pipeline/place'
import { explainError } from '@droplake/stage/explain-error'
import type { Finding } from '@droplake/stage/finding'
import { datasets, nodeVersion } from './examine-checkout.ts'
import { engine, engineWithout, folder, leftovers } from './examine-folder.ts'
import { holderText, readStatus } from './read-status.ts'
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
  const looks = [engine, holders, leftovers]
  if (!lakeExists(session)) return [...findings, await engineWithout()]
  try {
    await withFolder(session, { showFaults: false }, async (lake) => {
      for (const look of looks) findings.push(...(await look(session, lake)))
    })
  } catch (error) {
    findings.push({
      state: 'fail',
      subject: 'lake',
      text: firstLineOf(error),
      mend: 'droplake doctor --debug shows where',
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
      return [...found, ...(await holders(session, stage))]
    } catch (error) {
      const { text, mend } = explainError(error, outputs) ?? { text: firstLineOf(error), mend: 'run it with --debug' }
      return [...found, { state: 'fail', subject: 'log', text, mend }]
    }
  })
}

async function holders(session: Session, lake: Place): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const name of await chosenDatasets(session, lake)) {
    const { unfinished, pending, lastRun } = await readStatus(lake, name)
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
