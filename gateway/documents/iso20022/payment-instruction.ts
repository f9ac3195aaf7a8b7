import { create } from 'xmlbuilder2';
import { toDecimal } from '../../../chaincode/domain/money';
import { isIban } from '../../../chaincode/domain/trade-terms';
import type { Payment } from '../../../chaincode/domain/trade-types';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
/** Longest name of a party. @see ISO 20022 Max140Text */
const MAX_NAME = 140;

/**
 * pain.001.001.09 of one instructed payment; the same record gives the same bytes.
 *
 * The debtor's own account is its bank's business and stands in no record: the bank's system fills it in.
 * @see ISO 20022 CustomerCreditTransferInitiationV09
 */
export function paymentInstruction({ payment, roles }: Payment): Uint8Array {
  const sum = toDecimal(BigInt(payment.amountMinor), payment.currency);
  const debtor = payment.debtorName.slice(0, MAX_NAME);
  const message = {
    Document: {
      '@xmlns': NAMESPACE,
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: payment.endToEndId,
          CreDtTm: `${payment.requestedDate}T00:00:00Z`,
          NbOfTxs: '1',
          CtrlSum: sum,
          InitgPty: { Nm: debtor },
        },
        PmtInf: {
          PmtInfId: payment.endToEndId,
          PmtMtd: 'TRF',
          NbOfTxs: '1',
          CtrlSum: sum,
          ReqdExctnDt: { Dt: payment.requestedDate },
          Dbtr: { Nm: debtor },
          DbtrAcct: { Id: { Othr: { Id: 'NOTPROVIDED' } } },
          DbtrAgt: { FinInstnId: { Othr: { Id: roles.buyerBank.slice(0, 35) } } },
          CdtTrfTxInf: transfer(payment, sum),
        },
      },
    },
  };
  return Buffer.from(create({ version: '1.0', encoding: 'UTF-8' }, message).end({ prettyPrint: true }), 'utf8');
}

function transfer(payment: Payment['payment'], sum: string): object {
  const { creditorAccount: account } = payment;
  return {
    PmtId: { InstrId: payment.endToEndId, EndToEndId: payment.endToEndId, UETR: payment.uetr },
    Amt: { InstdAmt: { '@Ccy': payment.currency, '#': sum } },
    ChrgBr: 'SHAR',
    CdtrAgt: { FinInstnId: { BICFI: payment.creditorBic } },
    Cdtr: { Nm: payment.creditorName.slice(0, MAX_NAME) },
    CdtrAcct: { Id: isIban(account) ? { IBAN: account } : { Othr: { Id: account } } },
    RmtInf: { Strd: { RfrdDocInf: { Tp: { CdOrPrtry: { Cd: 'CINV' } }, Nb: payment.invoiceNumber } } },
  };
}
