import { create } from 'xmlbuilder2';
import { XmlReader } from '../../gateway/documents/xml/xml-reader';
import { first, textOf, type XmlNode } from '../../gateway/documents/xml/xml-node';

export const ISO = 'urn:iso:std:iso:20022:tech:xsd';

/** What the bank makes of an instruction. */
export interface BankOptions {
  /** Refuse it (pain.002 `RJCT`) instead of paying it. */
  readonly reject?: boolean;
  /** What the creditor's bank charges and the debtor bears (`DEBT`), as a decimal amount of the payment's currency. */
  readonly charge?: string;
}

export interface BankAnswer {
  readonly endToEndId: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export interface Instruction {
  readonly messageId: string;
  readonly paymentId: string;
  readonly endToEndId: string;
  readonly uetr: string;
  readonly currency: string;
  readonly amount: string;
  readonly date: string;
  readonly creditorBic: string;
}

/** An instruction the bank does not accept as a message at all. */
export class InstructionError extends Error {
  override readonly name = 'InstructionError';
}

/**
 * The bank's answer to one pain.001.001.09: camt.054 of the booked debit, or pain.002 with `RJCT`.
 *
 * It stands for a bank's payment system and knows nothing but the message. @throws InstructionError.
 */
export async function answerInstruction(
  pain001: Uint8Array,
  { reject = false, charge }: BankOptions,
): Promise<BankAnswer> {
  const instruction = await readInstruction(pain001);
  const { endToEndId } = instruction;
  const message = reject ? rejection(instruction) : notification(instruction, charge);
  const text = create({ version: '1.0', encoding: 'UTF-8' }, message).end({ prettyPrint: true });
  const fileName = `${endToEndId}.${reject ? 'pain.002' : 'camt.054'}.xml`;
  return { endToEndId, fileName, bytes: Buffer.from(text, 'utf8') };
}

/** What a pain.001.001.09 asks for. @throws InstructionError. */
export async function readInstruction(bytes: Uint8Array): Promise<Instruction> {
  const reader = await XmlReader.open();
  const read = reader.read(bytes, (_name, namespace) =>
    namespace === `${ISO}:pain.001.001.09` ? 'iso20022/xsd/pain.001.001.09.xsd' : undefined,
  );
  if (read.kind !== 'xml' || !read.known) throw new InstructionError('no pain.001.001.09');
  const [problem] = read.problems.list;
  if (problem !== undefined)
    throw new InstructionError(`${problem.code} at ${problem.pointer}, line ${problem.line ?? 0}`);
  return toInstruction(read.root);
}

function toInstruction(root: XmlNode): Instruction {
  const payment = first(root, 'CstmrCdtTrfInitn/PmtInf');
  const transfer = payment && first(payment, 'CdtTrfTxInf');
  const amount = transfer && first(transfer, 'Amt/InstdAmt');
  const value = (node: XmlNode | undefined, path: string): string => textOf(node, path) ?? '';
  return {
    messageId: value(root, 'CstmrCdtTrfInitn/GrpHdr/MsgId'),
    paymentId: value(payment, 'PmtInfId'),
    endToEndId: value(transfer, 'PmtId/EndToEndId'),
    uetr: value(transfer, 'PmtId/UETR'),
    currency: amount?.attributes['Ccy'] ?? '',
    amount: amount?.text ?? '',
    date: value(payment, 'ReqdExctnDt/Dt'),
    creditorBic: value(transfer, 'CdtrAgt/FinInstnId/BICFI'),
  };
}

function notification(instruction: Instruction, charge?: string): object {
  const { endToEndId, uetr, currency, amount, date } = instruction;
  const paid = { '@Ccy': currency, '#': amount };
  const id = endToEndId.slice(0, 35);
  return {
    Document: {
      '@xmlns': `${ISO}:camt.054.001.08`,
      BkToCstmrDbtCdtNtfctn: {
        GrpHdr: { MsgId: id, CreDtTm: `${date}T12:00:00Z` },
        Ntfctn: {
          Id: id,
          Acct: { Id: { Othr: { Id: 'NOTPROVIDED' } } },
          Ntry: {
            Amt: paid,
            CdtDbtInd: 'DBIT',
            Sts: { Cd: 'BOOK' },
            BookgDt: { Dt: date },
            ValDt: { Dt: date },
            BkTxCd: { Domn: { Cd: 'PMNT', Fmly: { Cd: 'ICDT', SubFmlyCd: 'XBCT' } } },
            NtryDtls: {
              TxDtls: {
                Refs: { EndToEndId: endToEndId, UETR: uetr },
                Amt: paid,
                CdtDbtInd: 'DBIT',
                ...(charge === undefined ? {} : charges(instruction, charge)),
              },
            },
          },
        },
      },
    },
  };
}

function charges({ currency, creditorBic }: Instruction, charge: string): object {
  const agent = { FinInstnId: { BICFI: creditorBic } };
  return { Chrgs: { Rcrd: { Amt: { '@Ccy': currency, '#': charge }, CdtDbtInd: 'DBIT', Br: 'DEBT', Agt: agent } } };
}

function rejection({ messageId, paymentId, endToEndId, uetr, currency, amount, date }: Instruction): object {
  return {
    Document: {
      '@xmlns': `${ISO}:pain.002.001.10`,
      CstmrPmtStsRpt: {
        GrpHdr: { MsgId: `R${messageId}`.slice(0, 35), CreDtTm: `${date}T12:00:00Z` },
        OrgnlGrpInfAndSts: { OrgnlMsgId: messageId, OrgnlMsgNmId: 'pain.001.001.09' },
        OrgnlPmtInfAndSts: {
          OrgnlPmtInfId: paymentId,
          TxInfAndSts: {
            OrgnlEndToEndId: endToEndId,
            OrgnlUETR: uetr,
            TxSts: 'RJCT',
            StsRsnInf: { Rsn: { Cd: 'AM04' } },
            OrgnlTxRef: { Amt: { InstdAmt: { '@Ccy': currency, '#': amount } }, ReqdExctnDt: { Dt: date } },
          },
        },
      },
    },
  };
}
