import type { common } from '@hyperledger/fabric-protos';

/** MSP ids of the members a configuration names, sorted. */
export function memberIds(config: common.Config): string[] {
  const ids: string[] = [];
  const members = config.getChannelGroup()?.getGroupsMap().get('Application')?.getGroupsMap();
  members?.forEach((_: common.ConfigGroup, mspId: string) => ids.push(mspId));
  return ids.sort();
}
