import 'reflect-metadata';
import './light-shim';
import { contracts as records } from '../../chaincode/index';
import { contracts as registry } from '../../chaincode/registry/index';
import type { HostedChaincode } from './chaincode-host';

const CONTRACTS: Readonly<Record<string, HostedChaincode['contracts']>> = { records, registry };

/** The classes of one of our contracts. @throws Error naming those there are. */
export function contractsOf(name: string): HostedChaincode['contracts'] {
  const found = CONTRACTS[name];
  if (found !== undefined) return found;
  throw new Error(`there is no contract ${name}: name one of ${Object.keys(CONTRACTS).join(', ')}`);
}
