import { S3ServiceException } from '@aws-sdk/client-s3'

/** Answers to HEAD have no body, so S3 says there only 404. */
const absent = new Set(['NoSuchKey', 'NoSuchVersion', 'NotFound'])

/** A version that marks a deletion is answered with MethodNotAllowed. */
export const isAbsent = (error: unknown) => isS3(error) && (absent.has(error.name) || statusOf(error) === 405)

export const isPreconditionFailed = (error: unknown) => isS3(error) && statusOf(error) === 412

/** Another write of the key was under way: S3 asks to come again. The SDK does not. */
export const isConflict = (error: unknown) => isS3(error) && statusOf(error) === 409

/** The range begins behind the last byte. */
export const isPastTheEnd = (error: unknown) => isS3(error) && statusOf(error) === 416

const isS3 = (error: unknown) => error instanceof S3ServiceException
const statusOf = (error: S3ServiceException) => error.$metadata.httpStatusCode
