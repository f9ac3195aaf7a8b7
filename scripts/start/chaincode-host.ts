import './light-shim';
import { Shim, type ChaincodeInterface, type ChaincodeServerOpts, type ChaincodeStub } from 'fabric-shim';
import type { Contract } from 'fabric-contract-api';
import { servicePackageIds } from '../../network/fabric/chaincode-package';
import type { ChaincodeDeployment } from '../../network/material/network-definition';

type ContractClass = new () => Contract;

/** One chaincode server: which contracts, for which member's peer, where. */
export interface HostedChaincode {
  readonly ccid: string;
  readonly address: string;
  readonly mspId: string;
  readonly contracts: readonly ContractClass[];
}

/**
 * Serves contracts to several members' peers from one process, for development.
 *
 * A production chaincode process belongs to one peer and learns its member from `CORE_PEER_LOCALMSPID`; here each
 * server gives its stub the member it was started for.
 */
export async function hostChaincode(hosted: readonly HostedChaincode[]): Promise<void> {
  const built = new Map<readonly ContractClass[], ChaincodeInterface>();
  for (const { ccid, address, mspId, contracts } of hosted) {
    const chaincode = built.get(contracts) ?? fromContracts(contracts);
    built.set(contracts, chaincode);
    // The type asks for TLS; a loopback chaincode of one machine speaks without it, as the shim allows.
    const options = { ccid, address, ...MESSAGE_LIMITS } as unknown as ChaincodeServerOpts;
    await Shim.server(forMember(chaincode, mspId), options).start();
  }
}

/**
 * Serves one deployed contract to the peers of all its members.
 *
 * A real peer takes a contract only under its package's id; the embedded ledger takes any.
 */
export async function hostDeployment(
  chaincode: ChaincodeDeployment,
  contracts: HostedChaincode['contracts'],
): Promise<void> {
  const ids = await servicePackageIds(chaincode);
  await hostChaincode(
    Object.entries(chaincode.services).map(([mspId, address]) => ({
      ccid: ids[mspId] as string,
      address,
      mspId,
      contracts,
    })),
  );
}

const MESSAGE_LIMITS = {
  'grpc.enable_channelz': 0,
  'grpc.max_receive_message_length': 104_857_600,
  'grpc.max_send_message_length': 104_857_600,
};

function fromContracts(contracts: readonly ContractClass[]): ChaincodeInterface {
  // The contract SPI's own entry points read package.json and the command line; this is what they call in the end.
  const ChaincodeFromContract = require('fabric-shim/lib/contract-spi/chaincodefromcontract') as new (
    classes: ContractClass[],
    serializers: object,
    metadata: object,
    title: string,
    version: string,
  ) => ChaincodeInterface;
  const { JSONSerializer } = require('fabric-contract-api') as { JSONSerializer: unknown };
  const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };
  return new ChaincodeFromContract([...contracts], serializers, {}, 'concordat', '0.1.0');
}

function forMember(chaincode: ChaincodeInterface, mspId: string): ChaincodeInterface {
  const own = (stub: ChaincodeStub): ChaincodeStub => Object.assign(stub, { getMspID: () => mspId });
  return { Init: (stub) => chaincode.Init(own(stub)), Invoke: (stub) => chaincode.Invoke(own(stub)) };
}
