import type { MembershipProposal } from '../../chaincode/domain/membership';
import type { CalendarBook } from '../../chaincode/domain/calendar';
import type { FinancingClaim, KeyBinding, Member, NetworkDescription } from '../../chaincode/domain/registry';
import type { Succession } from '../../chaincode/domain/succession';
import type { CommittedTransaction } from '../ports/ledger-port';
import type { TypedData } from './signing-requests';

export interface MembershipVote extends Member {
  readonly action: MembershipProposal['action'];
}

export interface NewKeyBinding {
  readonly address: string;
  readonly partyId: string;
  readonly platform: string;
  readonly bank: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly nonce: string;
  /** Proof of possession over the EIP-712 type `KeyBinding`. */
  readonly signature: string;
}

export interface NewCalendar {
  readonly version: number;
  readonly effectiveFrom: string;
  /** 0 Sunday to 6 Saturday; Saturday and Sunday when absent. */
  readonly weekend?: readonly number[];
  readonly holidays: readonly string[];
  /** Days of the weekend that are business days. */
  readonly workdays?: readonly string[];
  /** hh:mm in `timeZone`. */
  readonly cutOff: string;
  readonly timeZone: string;
}

export interface NewFinancingClaim {
  readonly fingerprint: string;
  readonly terms: string;
  readonly nonce: string;
  readonly deadline: number;
  readonly address: string;
  /** Business date of this bank's pair by which the deadline is judged. */
  readonly businessDay: string;
  readonly signature: string;
}

type Sent = Promise<Omit<CommittedTransaction, 'result'>>;

/** The public registry: network, key bindings, calendars, fingerprints of financed documents. */
export interface Registry {
  /** @throws Rejection NETWORK_NOT_SET. */
  network(): Promise<NetworkDescription>;
  setNetwork(description: NetworkDescription, reference?: string): Sent;
  /** Everything ever voted on about members. */
  membershipProposals(): Promise<readonly MembershipProposal[]>;
  voteMembership(vote: MembershipVote, reference?: string): Sent;
  /** Everything ever voted on about who follows whom. */
  successions(): Promise<readonly Succession[]>;
  voteSuccession(vote: Pick<Succession, 'from' | 'to'>, reference?: string): Sent;
  binding(address: string): Promise<KeyBinding | undefined>;
  bindings(): Promise<readonly KeyBinding[]>;
  proposeKeyBinding(binding: NewKeyBinding, reference?: string): Sent;
  attestKeyBinding(address: string, reference?: string): Sent;
  revokeKeyBinding(address: string, reference?: string): Sent;
  keyBindingTypedData(binding: Omit<NewKeyBinding, 'signature'>): Promise<TypedData>;
  /** A member's calendars that may still matter; undefined when it published none. */
  calendar(member: string): Promise<CalendarBook | undefined>;
  publishCalendar(calendar: NewCalendar, reference?: string): Sent;
  claim(fingerprint: string): Promise<FinancingClaim | undefined>;
  registerFingerprint(fingerprint: string, recordId: string, reference?: string): Sent;
  claimFingerprint(claim: NewFinancingClaim, reference?: string): Sent;
  claimTypedData(claim: Omit<NewFinancingClaim, 'signature' | 'address' | 'businessDay'>): Promise<TypedData>;
  cancelClaim(fingerprint: string, reference?: string): Sent;
}
