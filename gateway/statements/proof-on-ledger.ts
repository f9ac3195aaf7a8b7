import { canonicalJson } from '../../chaincode/domain/canonical-json';
import type { Json } from '../../chaincode/domain/json';
import type { Statement } from '../../chaincode/domain/operations/reconciliation/types';
import type { TrustFile } from '../../evidence/trust-file';
import type { EntryProof, ProofCode } from './entry-proof';
import { findCommitment, type CommitmentCode, type LedgerCommitment } from './ledger-commitment';
import { dayOf } from './statement-index';

export type LedgerProofCode = ProofCode | CommitmentCode | 'STATEMENT_NOT_COUNTERSIGNED' | 'STATEMENT_RECORD_DIFFERS';

/**
 * Whether the statement that a proof is about is the ledger's latest, with the very signatures the proof carries.
 *
 * For a proof that `verifyProof` accepted. Codes: those of `findCommitment`, STATEMENT_NOT_COUNTERSIGNED,
 * STATEMENT_RECORD_DIFFERS (other signatures stand on the ledger).
 */
export function proofOnLedger(
  proof: EntryProof,
  evidence: Uint8Array,
  trust?: TrustFile,
): { readonly commitment?: LedgerCommitment; readonly problems: readonly { code: LedgerProofCode; place: string }[] } {
  const { channel, statement: id, pair, currency, date, edition, root, signatures } = proof;
  const held = { channel, id, edition, content: { pair, currency, date, edition, root } };
  const found = findCommitment(evidence, held, shown, trust);
  const { commitment } = found;
  if (commitment === undefined) return found;
  const { status, content } = commitment;
  if (status !== 'countersigned') return { problems: [{ code: 'STATEMENT_NOT_COUNTERSIGNED', place: status }] };
  const isSame = canonicalJson(signatures as unknown as Json) === canonicalJson(content.signatures as unknown as Json);
  return isSame ? found : { problems: [{ code: 'STATEMENT_RECORD_DIFFERS', place: 'signatures' }] };
}

function shown(statement: Statement['statement']): object {
  return { ...dayOf(statement), root: statement.root };
}
