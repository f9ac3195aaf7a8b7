import type { peer } from '@hyperledger/fabric-protos';
import type { ErrorDetail } from './rpc-error';

/** A set of members whose endorsements together suffice. */
interface Layout {
  readonly required: Set<string>;
  readonly endorsements: peer.Endorsement[];
}

/**
 * The members to ask for one transaction, set after set, until one set has endorsed alike.
 *
 * @see fabric internal/pkg/gateway/endorsement.go; here every member has one peer, so each group has one endorser
 */
export class EndorsementPlan {
  readonly errors: ErrorDetail[] = [];
  readonly #layouts: (Layout | undefined)[];
  readonly #unasked: Set<string>;
  #next = 0;
  #payload: Uint8Array | undefined;
  #completed: Layout | undefined;

  constructor(layouts: readonly (readonly string[])[]) {
    this.#layouts = layouts.map((members) => ({ required: new Set(members), endorsements: [] }));
    this.#unasked = new Set(layouts.flat());
  }

  /** The endorsed answer and its endorsements, each endorser once, when a set is complete. */
  get result(): { payload: Uint8Array; endorsements: peer.Endorsement[] } | undefined {
    if (!this.#completed || !this.#payload) return undefined;
    return { payload: this.#payload, endorsements: this.#completed.endorsements };
  }

  /** The members to ask next, or undefined when no set is left. */
  nextMembers(): string[] | undefined {
    for (; this.#next < this.#layouts.length; this.#next++) {
      const layout = this.#layouts[this.#next];
      if (!layout) continue;
      const members = [...layout.required];
      if (members.every((member) => this.#unasked.has(member))) {
        for (const member of members) this.#unasked.delete(member);
        return members;
      }
      this.#layouts[this.#next] = undefined;
    }
    return undefined;
  }

  /** Takes a member's endorsement; false when it disagrees with an earlier one, which `detail` then reports. */
  accept(member: string, response: peer.ProposalResponse, detail: (message: string) => ErrorDetail): boolean {
    this.#unasked.delete(member);
    const payload = response.getPayload_asU8();
    if (!this.#payload) {
      this.#payload = payload;
    } else if (Buffer.compare(this.#payload, payload) !== 0) {
      this.errors.push(detail('ProposalResponsePayloads do not match'));
      return false;
    }
    const endorsement = response.getEndorsement();
    for (const layout of this.#layouts.slice(this.#next)) {
      if (!layout?.required.delete(member)) continue;
      if (endorsement) layout.endorsements.push(endorsement);
      if (layout.required.size === 0) this.#completed ??= layout;
    }
    return true;
  }

  /** Goes on without members that could not endorse. */
  abandon(members: readonly string[]): void {
    for (let index = this.#next; index < this.#layouts.length; index++) {
      if (members.some((member) => this.#layouts[index]?.required.has(member))) this.#layouts[index] = undefined;
    }
    this.#next++;
  }
}
