import { operationOf } from './operation.ts'

/** What an AWS error means to the person at the keyboard. */
export interface Explanation {
  kind: 'credentials' | 'access' | 'region' | 'gone' | 'network' | 'busy' | 'clock'
  /** One line: what happened. */
  text: string
  /** One line: what to do. */
  mend: string
}

interface AwsError extends Error {
  code?: string
  hostname?: string
  address?: string
  port?: number
  $metadata?: { httpStatusCode?: number }
}

const none = /^(CredentialsProviderError|TokenProviderError)$/
const expired = /^(ExpiredToken(Exception)?|RequestExpired|TokenRefreshRequired|ExpiredTokenException)$/
const refused =
  /^(InvalidAccessKeyId|InvalidClientTokenId|InvalidToken|UnrecognizedClientException|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|NotAuthorized|IncompleteSignature|MissingAuthenticationToken(Exception)?)$/
const denied = /^(AccessDenied(Exception)?|AuthorizationError(Exception)?|UnauthorizedOperation|Forbidden)$/
const elsewhere =
  /^(PermanentRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException|TemporaryRedirect)$/
const gone =
  /^(NoSuchBucket|StateMachineDoesNotExist|ResourceNotFoundException|ResourceNotFound|EntityNotFoundException|NotFoundException|NotFound)$/
const busy =
  /^(Throttling(Exception)?|TooManyRequestsException|SlowDown|RequestLimitExceeded|ServiceUnavailable|InternalError|InternalServerException|InternalFailure)$/
const network =
  /^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EPIPE|UND_ERR_.*|TimeoutError|CERT_.*|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY_LEAF_SIGNATURE)$/
const clock = /^(RequestTimeTooSkewed|RequestInTheFuture)$/

/**
 * What an error of an AWS client, or one that was caused by it, means on a stage; undefined for every other error. Secrets
 * are in none of the texts.
 */
export function explainError(
  error: unknown,
  { stage, region }: { stage: string; region: string },
): Explanation | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const found = explain(at, { stage, region })
    if (found) return found
  }
  return undefined
}

function explain(error: AwsError, { stage, region }: { stage: string; region: string }): Explanation | undefined {
  const { name, code = '', message } = error
  const status = error.$metadata?.httpStatusCode
  // The answer to HEAD has no body, so that only its status tells.
  const is = (names: RegExp, bare?: number) => names.test(name) || (name === 'Unknown' && status === bare)
  const operation = operationOf(error)
  const deploy = `npx sst deploy --stage ${stage}`
  if (none.test(name))
    return {
      kind: 'credentials',
      text: `no AWS credentials: ${firstLine(message)}`,
      mend: 'set AWS_PROFILE to a profile that has some (aws configure sso, aws sso login), or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    }
  if (expired.test(name) || is(/^$/, 400))
    return {
      kind: 'credentials',
      text: `the AWS credentials have expired${name === 'Unknown' ? ', or are malformed' : ''} (${name === 'Unknown' ? 'HTTP 400' : name})`,
      mend: 'renew them, with aws sso login for instance, and try again',
    }
  if (refused.test(name))
    return {
      kind: 'credentials',
      text: `AWS does not accept the credentials (${name})`,
      mend: 'see that AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, are those of the account of the stage',
    }
  if (is(denied, 403)) {
    const { action, target } = authorizationIn(message) ?? operation ?? { action: 'what was asked', target: '' }
    return {
      kind: 'access',
      text: `not allowed: ${action}${target ? ` on ${target}` : ''}`,
      mend: `let the role or user of these credentials do it, or use those that deployed the stage`,
    }
  }
  if (is(elsewhere, 301))
    return {
      kind: 'region',
      text: `${operation?.target || 'the bucket'} is not in region ${region}`,
      mend: `the outputs may be old or another account's; ${deploy} writes them anew`,
    }
  // Athena says of a workgroup that is not there only that the request is invalid.
  const isGone = gone.test(name) || (name === 'InvalidRequestException' && /is not found/i.test(message))
  if (isGone && operation)
    return {
      kind: 'gone',
      text: `${operation.target || operation.action} is not there (${name})`,
      mend: `${deploy} makes it; or the credentials are another account's`,
    }
  if (clock.test(name))
    return { kind: 'clock', text: `this machine's clock is wrong (${name})`, mend: 'set the clock and try again' }
  if (busy.test(name))
    return { kind: 'busy', text: `AWS is busy (${name})`, mend: 'try again in a minute; nothing is lost' }
  if ((network.test(code) || network.test(name)) && (operation || error.$metadata))
    return {
      kind: 'network',
      text: `AWS cannot be reached: ${firstLine(message)}`,
      mend: 'see to the network, VPN or proxy, and to AWS_ENDPOINT_URL if it is set',
    }
  return undefined
}

const firstLine = (text: string) => text.split('\n')[0]?.trim() ?? ''

/** `User: … is not authorized to perform: states:StartExecution on resource: arn:… because …` */
function authorizationIn(message: string): { action: string; target: string } | undefined {
  const found = /not authorized to perform: (?<action>[\w-]+:\w+)(?: on resource: "?(?<target>[^\s"]+))?/.exec(message)
  return found?.groups && { action: found.groups.action ?? '', target: found.groups.target ?? '' }
}

/** An AWS error in words: its message tells what happened. */
export class StageError extends Error {
  override readonly name = 'StageError'
  readonly kind: Explanation['kind']
  /** One line: what to do. */
  readonly mend: string
  constructor({ kind, text, mend }: Explanation, options?: { cause?: unknown }) {
    super(text, options)
    this.kind = kind
    this.mend = mend
  }
}
