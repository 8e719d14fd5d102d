/// <reference path="../.sst/platform/config.d.ts" />
import { arnOf, named, region, settings } from './stage.ts'

const tls = { protocol: 'tcp', fromPort: 443, toPort: 443 }
const endpoints = ['athena', 'glue', 'sns', 'states', ...(settings.stream.enabled ? ['kinesis-streams'] : [])]

/** Two private subnets without a gateway: what a function reaches are the services below. */
function createNetwork() {
  const vpc = new aws.ec2.Vpc('Network', {
    cidrBlock: '10.20.0.0/16',
    enableDnsHostnames: true,
    enableDnsSupport: true,
    tags: { Name: named('network', 255) },
  })
  const routes = new aws.ec2.RouteTable('Routes', { vpcId: vpc.id, tags: { Name: named('routes', 255) } })
  const s3 = new aws.ec2.VpcEndpoint('EndpointS3', {
    vpcId: vpc.id,
    serviceName: $interpolate`com.amazonaws.${region}.s3`,
    vpcEndpointType: 'Gateway',
    routeTableIds: [routes.id],
  })
  const { names } = aws.getAvailabilityZonesOutput({ state: 'available' })
  const subnets = [0, 1].map((n) => {
    const subnet = new aws.ec2.Subnet(`Subnet${n}`, {
      vpcId: vpc.id,
      cidrBlock: `10.20.${n * 16}.0/20`,
      availabilityZone: names.apply((zones) => zones[n] ?? ''),
      tags: { Name: named(`private-${n}`, 255) },
    })
    new aws.ec2.RouteTableAssociation(`Route${n}`, { subnetId: subnet.id, routeTableId: routes.id })
    return subnet
  })
  const security = new aws.ec2.SecurityGroup('Security', {
    vpcId: vpc.id,
    description: 'droplake: functions and the endpoints that they call',
    ingress: [{ ...tls, self: true }],
    egress: [
      { ...tls, self: true },
      { ...tls, prefixListIds: [s3.prefixListId] },
    ],
    tags: { Name: named('functions', 255) },
  })
  for (const service of endpoints)
    new aws.ec2.VpcEndpoint(`Endpoint${service}`, {
      vpcId: vpc.id,
      serviceName: $interpolate`com.amazonaws.${region}.${service}`,
      vpcEndpointType: 'Interface',
      privateDnsEnabled: true,
      subnetIds: subnets.map(({ id }) => id),
      securityGroupIds: [security.id],
    })
  return {
    attach: { privateSubnets: subnets.map(({ id }) => id), securityGroups: [security.id] },
    arns: [...subnets, security].map(({ arn }) => arn),
  }
}

export const network = settings.vpc ? createNetwork() : undefined

/** What Lambda itself does with a function's role to put it into the network. */
export const networkUse = network
  ? [
      {
        actions: ['ec2:CreateNetworkInterface'],
        resources: [...network.arns, arnOf('ec2', 'network-interface/*')],
      },
      {
        actions: ['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
        resources: [arnOf('ec2', 'network-interface/*')],
      },
      // Lambda wants to delete any, and lists all or nothing.
      { actions: ['ec2:DeleteNetworkInterface'], resources: [arnOf('ec2', '*/*')] },
      { actions: ['ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets'], resources: ['*'] },
    ]
  : []
