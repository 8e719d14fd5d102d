/// <reference path="../.sst/platform/config.d.ts" />
import { account, named } from './stage.ts'

export interface Statement {
  actions: string[]
  resources: $util.Input<string>[]
}

const json = ({ actions, resources }: Statement) => ({ Effect: 'Allow', Action: actions, Resource: resources })

const ofThisAccount = { StringEquals: { 'aws:SourceAccount': account } }

/** A resource's policy: what these AWS services may do with it for this account, and that nobody does it without TLS. */
export const resourcePolicy = (
  resource: $util.Input<string>,
  options: { secured: string[]; allowed: { service: string; actions: string[]; from?: $util.Input<string>[] }[] },
) =>
  $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      ...options.allowed.map(({ service, actions, from }) => ({
        ...json({ actions, resources: [resource] }),
        Principal: { Service: service },
        Condition: from ? { ArnLike: { 'aws:SourceArn': from } } : ofThisAccount,
      })),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: options.secured,
        Resource: resource,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  })

/** A role of one AWS service, for this account's resources only. */
export function serviceRole(name: string, service: string, statements: Statement[]): aws.iam.Role {
  return new aws.iam.Role(`${name}Role`, {
    name: named(`${name}-role`),
    assumeRolePolicy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: service },
          Action: 'sts:AssumeRole',
          Condition: ofThisAccount,
        },
      ],
    }),
    inlinePolicies: [
      { name: 'needs', policy: $jsonStringify({ Version: '2012-10-17', Statement: statements.map(json) }) },
    ],
  })
}
