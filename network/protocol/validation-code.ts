import { peer } from '@hyperledger/fabric-protos';

/** Fabric's validation codes by name. @see fabric-protos peer/transaction.proto TxValidationCode */
export const VALIDATION_CODES = peer.TxValidationCode;

const NAMES = new Map<number, string>(Object.entries(peer.TxValidationCode).map(([name, code]) => [code, name]));

/** Fabric's name of a validation code, or its number as text when it is none. */
export function validationCodeName(code: number): string {
  return NAMES.get(code) ?? String(code);
}
