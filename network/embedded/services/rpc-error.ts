import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';
import { Any } from 'google-protobuf/google/protobuf/any_pb';

/** One member's part in a failure, as the gateway's clients read it. */
export interface ErrorDetail {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
}

/** A failure with its gRPC code and, as google.rpc.Status, its details. */
export class RpcError extends Error {
  readonly code: status;
  readonly details: readonly ErrorDetail[];

  constructor(code: status, message: string, details: readonly ErrorDetail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The form in which grpc-js sends a failure. An unforeseen one is UNKNOWN, as a Go server's plain error is. */
export function toServiceError(error: unknown): Partial<ServiceError> {
  const { code, message, details } =
    error instanceof RpcError
      ? error
      : new RpcError(status.UNKNOWN, error instanceof Error ? error.message : String(error));
  const metadata = new Metadata();
  if (details.length > 0) metadata.set('grpc-status-details-bin', statusBytes(code, message, details));
  return { code, details: message, metadata };
}

function statusBytes(code: number, message: string, details: readonly ErrorDetail[]): Buffer {
  const rpcStatus = new google.rpc.Status();
  rpcStatus.setCode(code);
  rpcStatus.setMessage(message);
  rpcStatus.setDetailsList(
    details.map((detail) => {
      const body = new gateway.ErrorDetail();
      body.setAddress(detail.address);
      body.setMspId(detail.mspId);
      body.setMessage(detail.message);
      const any = new Any();
      any.setTypeUrl('type.googleapis.com/gateway.ErrorDetail');
      any.setValue(body.serializeBinary());
      return any;
    }),
  );
  return Buffer.from(rpcStatus.serializeBinary());
}
