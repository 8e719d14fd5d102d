/// <reference path="../.sst/platform/config.d.ts" />
/** EventBridge's longest: a day. What is not delivered then goes to the dead letters. */
export const patience = { maximumEventAgeInSeconds: 24 * 3600, maximumRetryAttempts: 185 }
