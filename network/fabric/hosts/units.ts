import { join } from 'node:path';
import { servicePackageIds } from '../chaincode-package';
import type { HostPlan, NetworkPlan } from './host-plan';
import type { Unit } from './systemd';

/** A unit with what its environment file says. */
export interface Service extends Unit {
  readonly kind: 'orderer' | 'peer' | 'contract' | 'gateway' | 'authority';
  readonly environment: Readonly<Record<string, string>>;
}

/** Every service of a host, in the order in which they are first started. */
export async function servicesOf(host: HostPlan, plan: NetworkPlan): Promise<Service[]> {
  const { release, program, node } = plan;
  const concordat = [node, join(program, 'bin', 'concordat.js')];
  const nodes = [...host.orderers, ...host.peers].map(({ name }): Service => {
    const isPeer = name.startsWith('peer');
    const folder = join(host.folder, 'nodes', name);
    return {
      ...common(host, name),
      kind: isPeer ? 'peer' : 'orderer',
      description: `Concordat ${plan.definition.channel}: ${name}`,
      command: isPeer ? [join(release, 'bin', 'peer'), 'node', 'start'] : [join(release, 'bin', 'orderer')],
      workingFolder: folder,
      environment: { FABRIC_CFG_PATH: folder, HOME: join(folder, 'state') },
      writes: isPeer ? [join(folder, 'state'), join(folder, 'snapshots')] : [join(folder, 'state')],
    };
  });
  const authorities = host.authorities.map(({ member: { mspId } }): Service => {
    const folder = join(host.folder, 'authorities', mspId);
    return {
      ...common(host, `ca.${mspId}`),
      kind: 'authority',
      description: `Concordat: certificate authority of ${mspId}`,
      command: [join(release, 'bin', 'fabric-ca-server'), 'start'],
      workingFolder: folder,
      environment: { FABRIC_CA_SERVER_HOME: folder },
      writes: [folder],
    };
  });
  const gateways = host.gateways.map(({ member: { mspId } }): Service => {
    const folder = join(host.folder, 'gateways', mspId);
    return {
      ...common(host, `gateway.${mspId}`),
      kind: 'gateway',
      description: `Concordat: gateway of ${mspId}`,
      command: [...concordat, 'gateway', 'start', '--config', join(folder, 'gateway.yaml')],
      workingFolder: folder,
      environment: { NODE_ENV: 'production' },
      writes: [join(folder, 'data')],
    };
  });
  return [...authorities, ...nodes, ...(await contractServices(host, plan, concordat)), ...gateways];
}

async function contractServices(host: HostPlan, plan: NetworkPlan, concordat: readonly string[]): Promise<Service[]> {
  const ids = new Map<string, Record<string, string>>();
  for (const chaincode of plan.definition.chaincodes) ids.set(chaincode.name, await servicePackageIds(chaincode));
  return host.contracts.map(({ chaincode, mspId, port }): Service => {
    const folder = join(host.folder, 'contracts', `${chaincode}.${mspId}`);
    return {
      ...common(host, `${chaincode}.${mspId}`),
      kind: 'contract',
      description: `Concordat: contract ${chaincode} of ${mspId}`,
      command: [...concordat, 'chaincode', 'serve', chaincode],
      workingFolder: folder,
      environment: {
        NODE_ENV: 'production',
        CHAINCODE_ID: ids.get(chaincode)?.[mspId] ?? '',
        CHAINCODE_SERVER_ADDRESS: `${host.listen}:${port}`,
        CORE_PEER_LOCALMSPID: mspId,
      },
      writes: [folder],
    };
  });
}

function common({ user, folder }: HostPlan, name: string): Pick<Unit, 'name' | 'user' | 'environmentFile'> {
  return { name: `concordat-${name}`, user, environmentFile: join(folder, 'env', `${name}.env`) };
}
