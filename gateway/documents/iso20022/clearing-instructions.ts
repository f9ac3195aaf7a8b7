import { create } from 'xmlbuilder2';
import { toDecimal } from '../../../chaincode/domain/money';
import type { Clearing, ClearingMember } from '../../../chaincode/domain/operations/clearing/types';
import { isIban } from '../../../chaincode/domain/trade-terms';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';

/**
 * pain.001.001.09 of one member's payments of a clearing; undefined when it pays nothing. The same record gives the same
 * bytes.
 *
 * @see ISO 20022 CustomerCreditTransferInitiationV09
 */
export function clearingInstructions(id: string, { clearing }: Clearing, debtor: string): Uint8Array | undefined {
  const own = clearing.instructions.filter((instruction) => instruction.debtor === debtor);
  const memberOf = (mspId: string): ClearingMember =>
    clearing.members.find(({ member }) => member === mspId) as ClearingMember;
  if (own.length === 0) return undefined;
  const payer = memberOf(debtor);
  const sum = own.reduce((total, { amountMinor }) => total + BigInt(amountMinor), 0n);
  const totals = { NbOfTxs: String(own.length), CtrlSum: toDecimal(sum, clearing.currency) };
  const message = {
    Document: {
      '@xmlns': NAMESPACE,
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: id,
          CreDtTm: `${clearing.date}T00:00:00Z`,
          ...totals,
          InitgPty: { Nm: payer.name },
        },
        PmtInf: {
          PmtInfId: id,
          PmtMtd: 'TRF',
          ...totals,
          ReqdExctnDt: { Dt: clearing.date },
          Dbtr: { Nm: payer.name },
          DbtrAcct: accountOf(payer),
          DbtrAgt: { FinInstnId: { BICFI: payer.bic } },
          CdtTrfTxInf: own.map((instruction) => transfer(instruction, clearing, memberOf(instruction.creditor))),
        },
      },
    },
  };
  return Buffer.from(create({ version: '1.0', encoding: 'UTF-8' }, message).end({ prettyPrint: true }), 'utf8');
}

function transfer(
  { endToEndId, uetr, amountMinor }: Clearing['clearing']['instructions'][number],
  { currency, legalBasis }: Clearing['clearing'],
  creditor: ClearingMember,
): object {
  return {
    PmtId: { InstrId: endToEndId, EndToEndId: endToEndId, UETR: uetr },
    Amt: { InstdAmt: { '@Ccy': currency, '#': toDecimal(BigInt(amountMinor), currency) } },
    ChrgBr: 'SHAR',
    CdtrAgt: { FinInstnId: { BICFI: creditor.bic } },
    Cdtr: { Nm: creditor.name },
    CdtrAcct: accountOf(creditor),
    RmtInf: { Ustrd: legalBasis },
  };
}

function accountOf({ account }: ClearingMember): object {
  return { Id: isIban(account) ? { IBAN: account } : { Othr: { Id: account } } };
}
