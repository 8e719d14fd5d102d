import { inject } from 'vitest'

/** Lets clients of the AWS SDK in this process, and in those that it starts, speak to the emulators. */
export function emulatedAws() {
  const aws = inject('aws')
  Object.assign(process.env, aws.env)
  return aws
}
