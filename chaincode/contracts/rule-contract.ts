import { Contract, type Context } from 'fabric-contract-api';
import { canonicalJson } from '../domain/canonical-json';
import { Rejection } from '../domain/errors';
import { isClientCertificate } from './client-role';

/** What a function may touch: `write` no private value, `readPrivate` only on the caller's own peer, `readPublic` anything public. */
export type Access = 'write' | 'readPrivate' | 'readPublic';

/**
 * Base of both contracts: deny by default, authenticate, and turn refusals into the one field Fabric carries back.
 *
 * Fabric lets any member's client run any function on any peer, decorated or not, and read that peer's private data
 * through it; so every function has a row in `access`, and those that read private values serve their own member only.
 */
export abstract class RuleContract extends Contract {
  protected abstract readonly access: ReadonlyMap<string, Access>;

  // The library's type says Function and void; it passes the function's name and takes its answer.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- the signature of the base class
  override async aroundTransaction(ctx: Context, fn: Function, parameters: unknown): Promise<void> {
    try {
      this.#authorise(ctx, fn as unknown as string);
      const answer: unknown = await super.aroundTransaction(ctx, fn, parameters);
      return answer as void;
    } catch (error) {
      throw toFabricError(error);
    }
  }

  override unknownTransaction(): Promise<void> {
    return Promise.reject(toFabricError(new Rejection('FUNCTION_NOT_ALLOWED')));
  }

  #authorise(ctx: Context, name: string): void {
    const access = this.access.get(name);
    if (access === undefined) throw new Rejection('FUNCTION_NOT_ALLOWED');
    if (!isClientCertificate(ctx.clientIdentity.getIDBytes())) throw new Rejection('CERTIFICATE_ROLE_WRONG');
    if (access === 'readPrivate' && ctx.clientIdentity.getMSPID() !== ctx.stub.getMspID())
      throw new Rejection('PEER_NOT_YOURS');
    if (access !== 'readPrivate') forbidPrivateReads(ctx);
  }
}

const PRIVATE_READS = [
  'getPrivateData',
  'getPrivateDataByRange',
  'getPrivateDataByPartialCompositeKey',
  'getPrivateDataQueryResult',
  'getPrivateDataValidationParameter',
] as const;

/** Participants' peers hold different collections: a private read in a submitted transaction would make them disagree. */
function forbidPrivateReads(ctx: Context): void {
  const refuse = (): never => {
    throw new Rejection('PEER_NOT_YOURS');
  };
  for (const name of PRIVATE_READS) Object.defineProperty(ctx.stub, name, { value: refuse });
}

function toFabricError(error: unknown): unknown {
  if (!(error instanceof Rejection)) return error;
  return new Error(canonicalJson({ code: error.code, details: error.details, message: error.message }));
}
