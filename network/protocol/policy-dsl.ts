import { common, msp } from '@hyperledger/fabric-protos';
import { ProtocolError } from './errors';

const { MSPRoleType } = msp.MSPRole;
const ROLES: Readonly<Record<string, number>> = {
  member: MSPRoleType.MEMBER,
  admin: MSPRoleType.ADMIN,
  client: MSPRoleType.CLIENT,
  peer: MSPRoleType.PEER,
  orderer: MSPRoleType.ORDERER,
};

/** A rule before it is a protobuf: a principal `Msp.role`, or n of some rules. */
export type PolicyRule =
  { readonly mspId: string; readonly role: string } | { readonly n: number; readonly rules: readonly PolicyRule[] };

/** `common.SignaturePolicyEnvelope` bytes of a rule; principals are numbered in order of appearance. */
export function encodePolicy(rule: PolicyRule): Uint8Array {
  const principals: msp.MSPPrincipal[] = [];
  const numbers = new Map<string, number>();
  const encode = (part: PolicyRule): common.SignaturePolicy => {
    const policy = new common.SignaturePolicy();
    if ('mspId' in part) {
      const name = `${part.mspId}.${part.role}`;
      const number = numbers.get(name) ?? principals.length;
      if (!numbers.has(name)) {
        numbers.set(name, number);
        principals.push(rolePrincipal(part.mspId, part.role));
      }
      policy.setSignedBy(number);
      return policy;
    }
    const nOutOf = new common.SignaturePolicy.NOutOf();
    nOutOf.setN(part.n);
    nOutOf.setRulesList(part.rules.map(encode));
    policy.setNOutOf(nOutOf);
    return policy;
  };
  const envelope = new common.SignaturePolicyEnvelope();
  envelope.setVersion(0);
  envelope.setRule(encode(rule));
  envelope.setIdentitiesList(principals);
  return envelope.serializeBinary();
}

function rolePrincipal(mspId: string, role: string): msp.MSPPrincipal {
  const type = ROLES[role];
  if (type === undefined) throw new ProtocolError(`no such role: ${role}`);
  const mspRole = new msp.MSPRole();
  mspRole.setMspIdentifier(mspId);
  mspRole.setRole(type as msp.MSPRole.MSPRoleTypeMap[keyof msp.MSPRole.MSPRoleTypeMap]);
  const principal = new msp.MSPPrincipal();
  principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
  principal.setPrincipal(mspRole.serializeBinary());
  return principal;
}

/** Bytes of AND over one role of several members. */
export function allOf(mspIds: readonly string[], role = 'peer'): Uint8Array {
  return encodePolicy({ n: mspIds.length, rules: mspIds.map((mspId) => ({ mspId, role })) });
}

/**
 * Reads a policy text, `OR('A.peer', AND('B.member','C.admin'))` or `OutOf(2,'A.peer',…)`, into envelope bytes.
 *
 * @throws ProtocolError naming the place.
 * @see fabric common/policydsl/policyparser.go
 */
export function parsePolicyDsl(text: string): Uint8Array {
  const reader = new Reader(text);
  const rule = reader.rule(0);
  reader.end();
  return encodePolicy(rule);
}

class Reader {
  #at = 0;
  constructor(private readonly text: string) {}

  rule(depth: number): PolicyRule {
    if (depth > 16) throw new ProtocolError('policy nested too deeply');
    const principal = this.#take(/^'([A-Za-z0-9.-]+)\.(member|admin|client|peer|orderer)'/);
    if (principal !== undefined) return { mspId: principal[1] as string, role: principal[2] as string };
    const gate = this.#take(/^(AND|OR|OUTOF)\s*\(/i)?.[1]?.toUpperCase();
    if (gate === undefined) throw this.#wrong();
    const n = gate === 'OUTOF' ? Number(this.#take(/^(\d{1,4})\s*,/)?.[1] ?? NaN) : undefined;
    if (n !== undefined && !Number.isInteger(n)) throw this.#wrong();
    const rules = [this.rule(depth + 1)];
    while (this.#take(/^,/) !== undefined) rules.push(this.rule(depth + 1));
    if (this.#take(/^\)/) === undefined) throw this.#wrong();
    const needed = n ?? (gate === 'AND' ? rules.length : 1);
    if (needed < 1 || needed > rules.length) throw this.#wrong();
    return { n: needed, rules };
  }

  end(): void {
    if (this.text.slice(this.#at).trim() !== '') throw this.#wrong();
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    const rest = this.text.slice(this.#at).trimStart();
    const match = pattern.exec(rest);
    if (match === null) return undefined;
    this.#at = this.text.length - rest.length + match[0].length;
    return match;
  }

  #wrong(): ProtocolError {
    return new ProtocolError(`policy text is wrong at character ${this.#at + 1}`);
  }
}
