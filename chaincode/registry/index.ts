import { RegistryContract } from '../contracts/registry-contract';

/** Contracts of the chaincode `registry`. */
export const contracts = [RegistryContract];
