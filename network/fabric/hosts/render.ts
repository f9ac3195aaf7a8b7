import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { ensureMaterial, type Material } from '../../material/material';
import type { NetworkDefinition } from '../../material/network-definition';
import { channelProfile, PROFILE } from '../channel-profile';
import { runCommand } from '../commands';
import { FabricError } from '../fabric-error';
import { Layout } from '../layout';
import { writeOrganisationMsp } from '../msp-folders';
import type { NodeContext } from '../node-config';
import type { FabricRelease } from '../release';
import { organisationOf, writeHostFiles, writeHostKeys } from './host-folder';
import { planHosts, type HostPlan, type NetworkPlan } from './host-plan';
import type { HostsDefinition } from './hosts-file';
import { runBook } from './run-book';
import { servicesOf } from './units';

export interface RenderOptions {
  readonly definition: NetworkDefinition;
  readonly hosts: HostsDefinition;
  /** The release on this machine: for its stock configuration and `configtxgen`. */
  readonly release: FabricRelease;
  /** Output folder; what it has of keys and block 0 stays. */
  readonly out: string;
}

/**
 * Writes a network for several hosts: one folder for each, and a run book.
 *
 * A second run with the same nodes writes configuration anew and leaves keys and block 0 as they are.
 *
 * @throws NetworkDefinitionError, FabricError TOPOLOGY_CHANGED, ADMIN_MISSING, COMMAND_FAILED, FabricCaError.
 */
export async function renderNetwork({ definition, hosts, release, out }: RenderOptions): Promise<NetworkPlan> {
  const plan = planHosts(definition, hosts);
  keepTopology(plan, join(out, 'topology.json'));
  const material = await ensureMaterial(definition);
  const fingerprintKey = keptKey(join(out, 'fingerprint-key'));
  const folderOf = (host: HostPlan): string => join(out, 'hosts', host.name);
  for (const host of plan.hosts) await writeHostKeys({ host, material, fingerprintKey, out: folderOf(host) });
  const genesisBlock = await writeChannel(plan, material, release, out);
  for (const host of plan.hosts) {
    const context = contextOn(host, plan, release);
    const services = await servicesOf(host, plan);
    await writeHostFiles({ host, context, material, services, fingerprintKey, out: folderOf(host) });
    copyFileSync(genesisBlock, join(folderOf(host), 'genesis.block'));
    if (plan.membersFile !== undefined) copyFileSync(plan.membersFile, join(folderOf(host), 'members.yaml'));
  }
  writeFileSync(join(out, 'RUNBOOK.md'), await runBook(plan));
  return plan;
}

/** The network as a host's nodes see it: stock configuration from here, all other paths are the host's. */
function contextOn(host: HostPlan, plan: NetworkPlan, release: FabricRelease): NodeContext {
  const layout = new Layout({ folder: host.folder }, '');
  const builderFolder = join(plan.release, 'builders', 'ccaas');
  return { definition: plan.definition, topology: plan.topology, layout, release: { ...release, builderFolder } };
}

/** Block 0, once, from certificates alone: a folder with what `configtxgen` reads, and no key in it. */
async function writeChannel(
  { definition, topology, hosts }: NetworkPlan,
  material: Material,
  release: FabricRelease,
  out: string,
): Promise<string> {
  const layout = new Layout({ folder: out }, 'channel');
  if (existsSync(layout.genesisBlock)) return layout.genesisBlock;
  for (const { mspId } of [...definition.members, definition.orderer]) {
    writeOrganisationMsp(layout.organisation(mspId), organisationOf(material, mspId));
  }
  for (const host of hosts) {
    const from = new Layout({ folder: join(out, 'hosts', host.name) }, '');
    for (const { name } of host.orderers) {
      copy(from.tls(name, 'server.crt'), layout.tls(name, 'server.crt'));
      copy(join(from.msp(name), 'signcerts', 'cert.pem'), join(layout.msp(name), 'signcerts', 'cert.pem'));
    }
  }
  const profile = channelProfile({ definition, topology, layout, release });
  writeFileSync(join(layout.folder, 'configtx.yaml'), stringify(profile), { mode: 0o600 });
  const args = ['-profile', PROFILE, '-channelID', definition.channel, '-outputBlock', layout.genesisBlock];
  await runCommand(release.binaries.configtxgen, args, { FABRIC_CFG_PATH: layout.folder });
  return layout.genesisBlock;
}

/** Block 0 names the nodes and their addresses: another layout is another network. @throws FabricError TOPOLOGY_CHANGED. */
function keepTopology({ definition, topology }: NetworkPlan, file: string): void {
  const nodes = [...topology.orderers, ...topology.peers].map(
    ({ name, host, ports }) => `${name} at ${host}:${ports.listen}`,
  );
  const now = [`channel ${definition.channel}`, topology.consensus, ...nodes];
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, `${JSON.stringify(now, null, 2)}\n`);
    return;
  }
  const kept = JSON.parse(readFileSync(file, 'utf8')) as string[];
  const changed = [...now.filter((line) => !kept.includes(line)), ...kept.filter((line) => !now.includes(line))];
  if (changed.length === 0) return;
  throw new FabricError(
    'TOPOLOGY_CHANGED',
    `${dirname(file)} was rendered with other nodes (${changed.join('; ')}): render into another folder, or delete it first`,
  );
}

function keptKey(file: string): string {
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  return readFileSync(file, 'utf8');
}

function copy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, to);
}
