import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { common } from '@hyperledger/fabric-protos';
import { ChannelConfig } from '../../protocol/channel-config';
import type { ConfigEdit } from '../../protocol/channel-update';
import { ProtocolError } from '../../protocol/errors';
import { runCommand, until } from '../commands';
import { FabricError } from '../fabric-error';
import type { NodeContext } from '../node-config';
import { administrator, ordererArguments } from './administrators';

/** The channel's configuration as its orderers have it now. */
export interface CurrentConfig {
  /** Serialised configuration block; the file lies until the next fetch. */
  readonly blockFile: string;
  readonly config: common.Config;
}

/** Reads the newest configuration block. @throws FabricError COMMAND_FAILED. */
export async function fetchConfig(context: NodeContext): Promise<CurrentConfig> {
  const { definition, layout, release } = context;
  mkdirSync(layout.updates, { recursive: true, mode: 0o700 });
  const blockFile = join(layout.updates, 'config.block');
  const args = ['channel', 'fetch', 'config', blockFile, '-c', definition.channel, ...ordererArguments(context)];
  const reader = context.topology.peers[0]?.mspId ?? '';
  await runCommand(release.binaries.peer, args, administrator(reader, context));
  return { blockFile, config: ChannelConfig.fromBlock(readFileSync(blockFile)).config };
}

/**
 * Changes the channel's configuration: computes the difference, lets these administrators sign it, submits it, and waits
 * until the orderers have it. Answers whether there was anything to change.
 *
 * For administrators that are all on this host; elsewhere `proposeChange`, `signChange` and `submitChange` are three acts.
 * @throws FabricError CHANGE_REFUSED when the configuration does not allow the edit, COMMAND_FAILED (also when the
 *   signatures do not satisfy the policy), NOT_READY.
 */
export async function changeConfig(
  context: NodeContext,
  edit: ConfigEdit,
  signers: readonly string[],
): Promise<boolean> {
  mkdirSync(context.layout.updates, { recursive: true, mode: 0o700 });
  const folder = mkdtempSync(join(context.layout.updates, 'update-'));
  try {
    const file = join(folder, 'update.pb');
    if (!(await proposeChange(context, edit, file))) return false;
    for (const signer of signers) await signChange(context, file, signer);
    await submitChange(context, file, signers.at(-1) ?? '');
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes a change without signatures; false when there is nothing to change. @throws FabricError CHANGE_REFUSED, COMMAND_FAILED. */
export async function proposeChange(context: NodeContext, edit: ConfigEdit, file: string): Promise<boolean> {
  const { config } = await fetchConfig(context);
  const folder = mkdtempSync(join(context.layout.updates, 'delta-'));
  try {
    const update = await computeUpdate(context, folder, config, allowed(edit, config));
    if (update === undefined) return false;
    writeFileSync(file, updateEnvelope(context.definition.channel, update));
    return true;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Adds one administrator's signature to a change's file. @throws FabricError COMMAND_FAILED, ADMIN_MISSING, MEMBER_UNKNOWN. */
export async function signChange(context: NodeContext, file: string, mspId: string): Promise<void> {
  const args = ['channel', 'signconfigtx', '-f', file];
  await runCommand(context.release.binaries.peer, args, administrator(mspId, context));
}

/** Submits a signed change and waits until the orderers have it. @throws FabricError COMMAND_FAILED, NOT_READY. */
export async function submitChange(context: NodeContext, file: string, mspId: string): Promise<void> {
  const { release, definition } = context;
  const before = (await fetchConfig(context)).config.getSequence();
  const args = ['channel', 'update', '-f', file, '-c', definition.channel, ...ordererArguments(context)];
  await runCommand(release.binaries.peer, args, administrator(mspId, context));
  await until('the orderers have the new configuration', async () =>
    (await fetchConfig(context)).config.getSequence() > before ? true : undefined,
  );
}

function allowed(edit: ConfigEdit, config: common.Config): common.Config {
  try {
    return edit(config);
  } catch (error) {
    if (error instanceof ProtocolError) throw new FabricError('CHANGE_REFUSED', error.message);
    throw error;
  }
}

/** The difference as Fabric's own tool computes it; undefined when there is none. */
async function computeUpdate(
  { release, definition }: NodeContext,
  folder: string,
  original: common.Config,
  updated: common.Config,
): Promise<Uint8Array | undefined> {
  const place = (name: string): string => join(folder, name);
  writeFileSync(place('original.pb'), original.serializeBinary());
  writeFileSync(place('updated.pb'), updated.serializeBinary());
  if (readFileSync(place('original.pb')).equals(readFileSync(place('updated.pb')))) return undefined;
  const files = ['--original', place('original.pb'), '--updated', place('updated.pb'), '--output', place('delta.pb')];
  await runCommand(
    release.binaries.configtxlator,
    ['compute_update', '--channel_id', definition.channel, ...files],
    {},
  );
  return readFileSync(place('delta.pb'));
}

/** The update without signatures, as `peer channel signconfigtx` takes it. */
function updateEnvelope(channel: string, update: Uint8Array): Uint8Array {
  const unsigned = new common.ConfigUpdateEnvelope();
  unsigned.setConfigUpdate(update);
  const channelHeader = new common.ChannelHeader();
  channelHeader.setType(common.HeaderType.CONFIG_UPDATE);
  channelHeader.setChannelId(channel);
  const header = new common.Header();
  header.setChannelHeader(channelHeader.serializeBinary());
  const payload = new common.Payload();
  payload.setHeader(header);
  payload.setData(unsigned.serializeBinary());
  const envelope = new common.Envelope();
  envelope.setPayload(payload.serializeBinary());
  return envelope.serializeBinary();
}
