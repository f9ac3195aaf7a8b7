export type FabricErrorCode =
  | 'BINARIES_MISSING'
  | 'BINARIES_TOO_OLD'
  | 'ADMIN_MISSING'
  | 'COMMAND_FAILED'
  | 'NOT_READY'
  | 'TOPOLOGY_CHANGED'
  | 'NETWORK_MISSING'
  | 'MEMBER_UNKNOWN'
  | 'NODE_UNKNOWN'
  | 'CHANGE_REFUSED'
  | 'IDENTITY_MISSING';

/** Why a real network could not be started or asked; the message names the remedy. */
export class FabricError extends Error {
  override readonly name = 'FabricError';

  constructor(
    readonly code: FabricErrorCode,
    message: string,
  ) {
    super(message);
  }
}
