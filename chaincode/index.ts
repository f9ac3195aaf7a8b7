import { RecordsContract } from './contracts/records-contract';

/** Contracts of the chaincode `records`; `chaincode/registry` has those of `registry`. */
export const contracts = [RecordsContract];
